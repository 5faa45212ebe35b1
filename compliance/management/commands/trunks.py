"""manage.py trunks: the ledger of lines, what each may carry, and when it has to be reviewed."""

from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import datetime
from types import MappingProxyType

from compliance.models import Trunk
from compliance.models.words import Purpose
from compliance.numbers import ProvinceUnknownError
from compliance.selectors.clock_due import Due, local_day
from compliance.selectors.clock_numbers import place_clocks
from compliance.services.lines_record import trunk_record
from compliance.services.trunk_review import (
    ReviewNotNewerError,
    TrunkClosedError,
    trunk_bar,
    trunk_close,
    trunk_review,
)
from compliance.verbs import (
    Options,
    Told,
    Verb,
    VerbCommand,
    account,
    actor_of,
    by_argument,
    day_argument,
    document_arguments,
    document_digest,
    due,
    one,
    show,
)


def _record_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE")
    parser.add_argument("--kind", required=True, choices=Trunk.Kind.values)
    parser.add_argument("--carrier", required=True, help="基础电信企业 / the carrier")
    parser.add_argument("--contract", required=True, metavar="NUMBER")
    parser.add_argument("--entity", required=True, help="使用主体 / whom the contract names")
    parser.add_argument("--location", required=True, help="接入位置 / where it is connected")
    parser.add_argument(
        "--province", required=True, metavar="CN-XX", help="接入地 / of the access"
    )
    parser.add_argument("--purpose", action="append", required=True, choices=Purpose.values)
    parser.add_argument("--sub-leased", action="store_true", help="转租 / it is let on")
    parser.add_argument("--max-calls", type=int, required=True, help="并发上限 / calls at a time")
    day_argument(parser, "--reviewed")
    by_argument(parser)


def _record(options: Options, now: datetime) -> Told:
    trunk = trunk_record(
        code=options["code"],
        kind=options["kind"],
        carrier=options["carrier"],
        contract_number=options["contract"],
        user_entity=options["entity"],
        access_location=options["location"],
        access_province=options["province"],
        permitted_purposes=options["purpose"],
        sub_leased=options["sub_leased"],
        reviewed_on=options["reviewed"],
        max_calls=options["max_calls"],
        actor=actor_of(options),
        now=now,
    )
    return _told(trunk)


def _told(trunk: Trunk) -> Told:
    return {
        "trunk": trunk.code,
        "kind": trunk.kind,
        "carrier": trunk.carrier,
        "contract": trunk.contract_number,
        "purposes": list(trunk.permitted_purposes),
        "max_calls": trunk.max_calls,
        "reviewed_on": trunk.reviewed_on.isoformat(),
        "barred": list(trunk.barred_provinces),
        "in_use": trunk.active,
    }


def _trunk_argument(parser: ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE")
    by_argument(parser)


def _trunk(options: Options) -> Trunk:
    return one(Trunk, code=options["code"])


def _review_arguments(parser: ArgumentParser) -> None:
    _trunk_argument(parser)
    day_argument(parser, "--on")
    document_arguments(parser)


def _review(options: Options, now: datetime) -> Told:
    trunk_review(
        trunk=_trunk(options),
        reviewed_on=options["on"],
        evidence_sha256=document_digest(options),
        reviewer=account(options["by"]),
        now=now,
    )
    return _told(_trunk(options))


def _bar_arguments(parser: ArgumentParser) -> None:
    _trunk_argument(parser)
    parser.add_argument(
        "--province",
        action="append",
        required=True,
        metavar="CN-XX",
        help="CN-*：归属地未知 / places that nobody knows",
    )


def _bar(options: Options, now: datetime) -> Told:
    trunk_bar(
        trunk=_trunk(options), provinces=options["province"], actor=actor_of(options), now=now
    )
    return _told(_trunk(options))


def _close_arguments(parser: ArgumentParser) -> None:
    _trunk_argument(parser)
    parser.add_argument("--reason", required=True)


def _close(options: Options, now: datetime) -> Told:
    trunk_close(trunk=_trunk(options), reason=options["reason"], actor=actor_of(options), now=now)
    return _told(_trunk(options))


def _clocks(now: datetime) -> Iterable[Due]:
    found = place_clocks(today=local_day(now), now=now)
    return (one for one in found if one.clock == "trunk_review")


class Command(VerbCommand):
    """Record, review, bar, close or show trunks."""

    help = "语音线路台账 / The line ledger"
    refusals = MappingProxyType(
        {
            ReviewNotNewerError: "复核日期须晚于上次复核，且线路在用",
            TrunkClosedError: "该线路已停用",
            ProvinceUnknownError: "没有该省份代码",
        }
    )
    verbs = (
        Verb(name="record", help="登记 / record", arguments=_record_arguments, run=_record),
        Verb(name="review", help="复核 / review", arguments=_review_arguments, run=_review),
        Verb(name="bar", help="增加盲区 / bar places", arguments=_bar_arguments, run=_bar),
        Verb(name="close", help="停用 / out of use", arguments=_close_arguments, run=_close),
        show("trunks", lambda: Trunk.objects.order_by("pk"), _told),
        due(_clocks),
    )
