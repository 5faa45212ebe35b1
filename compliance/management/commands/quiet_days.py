"""manage.py quiet_days: declare days on which nobody somewhere is called, or end them by two."""

from argparse import ArgumentParser
from datetime import datetime
from types import MappingProxyType

from django.db.models import QuerySet

from compliance.models import QuietDays
from compliance.services.quiet_days import (
    QuietDaysError,
    quiet_days_declare,
    quiet_days_revoke,
    quiet_days_revoke_ask,
)
from compliance.verbs import (
    Options,
    Told,
    Verb,
    VerbCommand,
    account,
    by_argument,
    day_argument,
    one,
    show,
)


def _declare_arguments(parser: ArgumentParser) -> None:
    day_argument(parser, "--first", "--last")
    parser.add_argument(
        "--province",
        action="append",
        required=True,
        metavar="CN-XX",
        help="CN-*：全国 / everywhere",
    )
    parser.add_argument("--reason", required=True)
    parser.add_argument("--source", required=True, help="依据的通知 / the announcement")
    by_argument(parser)


def _declare(options: Options, now: datetime) -> Told:
    days = quiet_days_declare(
        first_day=options["first"],
        last_day=options["last"],
        provinces=options["province"],
        reason=options["reason"],
        source=options["source"],
        declared_by=account(options["by"]),
        now=now,
    )
    return _told(days)


def _told(days: QuietDays) -> Told:
    return {
        "quiet_days": days.pk,
        "first": days.first_day.isoformat(),
        "last": days.last_day.isoformat(),
        "provinces": list(days.provinces),
        "stands": days.revoked_at is None,
    }


def _end_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("days", type=int, metavar="ID")
    by_argument(parser)


def _end(options: Options, now: datetime) -> Told:
    """Ask for the end, or agree to what somebody else asked for."""
    days, by = one(QuietDays, pk=options["days"]), account(options["by"])
    if days.revoke_asked_by_id is None:
        quiet_days_revoke_ask(days=days, asked_by=by, now=now)
    else:
        quiet_days_revoke(days=days, revoked_by=by, now=now)
    days.refresh_from_db()
    return _told(days)


def _standing() -> QuerySet[QuietDays]:
    return QuietDays.objects.filter(revoked_at=None).order_by("first_day", "pk")


class Command(VerbCommand):
    """Declare, end or show quiet days."""

    help = "静默日 / Quiet days"
    refusals = MappingProxyType(
        {
            QuietDaysError: "静默日的申报或撤回不合规定",
        }
    )
    verbs = (
        Verb(name="declare", help="登记 / declare", arguments=_declare_arguments, run=_declare),
        Verb(
            name="end",
            help="撤销：一人申请，另一人批准 / one asks, another agrees",
            arguments=_end_arguments,
            run=_end,
        ),
        show("quiet_days", _standing, _told, help="查看 / what stands"),
    )
