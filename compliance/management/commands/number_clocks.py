"""manage.py number_clocks: a filed number's changes, receipts, call-backs, marks, what is due."""

from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import datetime
from types import MappingProxyType

from compliance.models import CallerNumber, FilingChange
from compliance.selectors.clock_due import Due, local_day
from compliance.selectors.clock_numbers import number_clocks
from compliance.services.number_clocks import (
    FiledAlreadyError,
    callback_test_record,
    filing_change_file,
    filing_change_record,
    number_mark,
)
from compliance.verbs import (
    Options,
    Told,
    Verb,
    VerbCommand,
    actor_of,
    by_argument,
    day_argument,
    document_arguments,
    document_digest,
    due,
    one,
)
from compliance.workdays import FILING_WORKDAYS, nth_workday_after


def _number_argument(parser: ArgumentParser) -> None:
    parser.add_argument("number", metavar="NUMBER", help="如 9512301 / as it is shown")


def _number(options: Options) -> CallerNumber:
    return one(CallerNumber, number=options["number"])


def _changed_arguments(parser: ArgumentParser) -> None:
    _number_argument(parser)
    parser.add_argument("--what", required=True, help="变更事项 / what has changed")
    day_argument(parser, "--on")
    by_argument(parser)


def _changed(options: Options, now: datetime) -> Told:
    change = filing_change_record(
        number=_number(options),
        what=options["what"],
        changed_on=options["on"],
        actor=actor_of(options),
        now=now,
    )
    last = nth_workday_after(change.changed_on, count=FILING_WORKDAYS)
    return {"change": change.pk, "file_by": last.isoformat()}


def _filed_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("change", type=int, metavar="ID")
    parser.add_argument("--receipt", required=True, metavar="NUMBER", help="回执编号")
    day_argument(parser, "--on")
    document_arguments(parser)
    by_argument(parser)


def _filed(options: Options, now: datetime) -> Told:
    change = one(FilingChange, pk=options["change"])
    filing_change_file(
        change=change,
        receipt_number=options["receipt"],
        receipt_sha256=document_digest(options),
        filed_on=options["on"],
        actor=actor_of(options),
        now=now,
    )
    return {"change": change.pk, "filed_on": options["on"].isoformat()}


def _called_back_arguments(parser: ArgumentParser) -> None:
    _number_argument(parser)
    day_argument(parser, "--on")
    parser.add_argument("--reached", action="store_true", help="接通 / it answered")
    parser.add_argument("--names-principal", action="store_true", help="报出委托主体")
    parser.add_argument(
        "--takes-refusal", action="store_true", help="一键可拒绝 / one key refuses"
    )
    document_arguments(parser)
    by_argument(parser)


def _called_back(options: Options, now: datetime) -> Told:
    test = callback_test_record(
        number=_number(options),
        tested_on=options["on"],
        reached=options["reached"],
        names_principal=options["names_principal"],
        takes_refusal=options["takes_refusal"],
        evidence_sha256=document_digest(options),
        actor=actor_of(options),
        now=now,
    )
    works = test.reached and test.names_principal and test.takes_refusal
    return {"test": test.pk, "works": works}


def _mark_arguments(parser: ArgumentParser) -> None:
    _number_argument(parser)
    day_argument(parser, "--on")
    parser.add_argument("--source", required=True, help="标记来源 / who marked it")
    parser.add_argument("--evidence", required=True)
    by_argument(parser)


def _mark(options: Options, now: datetime) -> Told:
    mark = number_mark(
        number=_number(options),
        marked_on=options["on"],
        source=options["source"],
        evidence=options["evidence"],
        actor=actor_of(options),
        now=now,
    )
    return {"mark": mark.pk}


def _clocks(now: datetime) -> Iterable[Due]:
    return number_clocks(today=local_day(now), now=now)


class Command(VerbCommand):
    """Record what happened to a number, or show what is due."""

    help = "主叫号码时限 / The clocks of filed numbers"
    refusals = MappingProxyType({FiledAlreadyError: "该变更已有备案回执"})
    verbs = (
        Verb(name="changed", help="变更 / a change", arguments=_changed_arguments, run=_changed),
        Verb(name="filed", help="变更回执 / receipt", arguments=_filed_arguments, run=_filed),
        Verb(
            name="called_back",
            help="回拨测试 / called back",
            arguments=_called_back_arguments,
            run=_called_back,
        ),
        Verb(name="mark", help="被标记或投诉 / marked", arguments=_mark_arguments, run=_mark),
        due(_clocks),
    )
