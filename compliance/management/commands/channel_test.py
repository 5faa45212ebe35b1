"""manage.py channel_test CHANNEL --alive|--dead: record the test of a channel of refusal."""

from argparse import ArgumentParser
from datetime import datetime

from django.db.models import Max

from compliance.models import ChannelTest
from compliance.services.channel_test_record import channel_test_record
from compliance.verbs import (
    Options,
    Told,
    Verb,
    VerbCommand,
    account,
    by_argument,
    nothing_more,
)


def _record_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("channel", choices=ChannelTest.Channel.values)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--alive", action="store_true", help="可用 / it works")
    which.add_argument("--dead", action="store_true", help="不可用，任务随即停呼 / calls stop")
    parser.add_argument("--evidence", required=True)
    by_argument(parser)


def _record(options: Options, now: datetime) -> Told:
    test = channel_test_record(
        channel=options["channel"],
        alive=options["alive"],
        evidence=options["evidence"],
        actor=f"u:{account(options['by']).pk}",
        now=now,
    )
    return {"test": test.pk, "channel": test.channel, "alive": test.alive}


def _show(_: Options, now: datetime) -> Told:
    del now
    newest = ChannelTest.objects.values("channel").annotate(last=Max("pk")).values("last")
    tests = ChannelTest.objects.filter(pk__in=newest).order_by("channel")
    return {
        "channels": [
            {"channel": one.channel, "alive": one.alive, "tested_at": one.tested_at.isoformat()}
            for one in tests
        ]
    }


class Command(VerbCommand):
    """Record or show tests."""

    help = "撤回渠道测试 / Tests of the channels by which people say no"
    verbs = (
        Verb(name="record", help="登记 / record", arguments=_record_arguments, run=_record),
        Verb(name="show", help="查看 / show", arguments=nothing_more, run=_show),
    )
