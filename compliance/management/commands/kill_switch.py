"""manage.py kill_switch engage|release|show: stop new calls at once, or let them go on."""

from argparse import ArgumentParser
from datetime import datetime
from types import MappingProxyType

from compliance.models import KillSwitch
from compliance.services.kill_switch import (
    NotAReleaserError,
    NotTwoPeopleError,
    SwitchNotEngagedError,
    kill_switch_engage,
    kill_switch_release,
)
from compliance.verbs import (
    Options,
    Told,
    Verb,
    VerbCommand,
    account,
    by_argument,
    nothing_more,
    one,
)


def _engage_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--scope", required=True, choices=KillSwitch.Scope.values)
    parser.add_argument(
        "--target", default="", help="委托主体编号、行业或省份 / principal id, industry or CN-XX"
    )
    parser.add_argument("--reason", required=True)
    by_argument(parser)


def _engage(options: Options, now: datetime) -> Told:
    switch = kill_switch_engage(
        scope=options["scope"],
        target=options["target"],
        reason=options["reason"],
        actor=f"u:{account(options['by']).pk}",
        now=now,
    )
    return {"switch": switch.pk, "scope": switch.scope, "target": switch.target, "engaged": True}


def _release_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("switch", type=int, metavar="ID")
    parser.add_argument(
        "--asked-by",
        required=True,
        metavar="USERNAME",
        help="提请解除的另一人 / the other person, who asks for it",
    )
    by_argument(parser)


def _release(options: Options, now: datetime) -> Told:
    switch, by = one(KillSwitch, pk=options["switch"]), account(options["by"])
    asked_by = account(options["asked_by"])
    kill_switch_release(switch=switch, asked_by=asked_by, by=by, now=now)
    return {"switch": switch.pk, "scope": switch.scope, "target": switch.target, "engaged": False}


def _show(_: Options, now: datetime) -> Told:
    del now
    engaged = KillSwitch.objects.filter(released_at=None).order_by("pk")
    return {
        "engaged": [
            {
                "switch": one.pk,
                "scope": one.scope,
                "target": one.target,
                "since": one.engaged_at.isoformat(),
                "reason": one.reason,
            }
            for one in engaged
        ]
    }


class Command(VerbCommand):
    """Engage, release or show the switches."""

    help = "一键停呼 / The kill switch: engage, release, show"
    refusals = MappingProxyType(
        {
            NotAReleaserError: "恢复外呼须由有权启用任务的另一角色决定",
            NotTwoPeopleError: "解除停呼须两人",
            SwitchNotEngagedError: "该开关此前已解除",
            ValueError: "范围或对象填写有误",
        }
    )
    verbs = (
        Verb(name="engage", help="停呼 / stop", arguments=_engage_arguments, run=_engage),
        Verb(name="release", help="解除 / let go", arguments=_release_arguments, run=_release),
        Verb(name="show", help="查看 / what stands", arguments=nothing_more, run=_show),
    )
