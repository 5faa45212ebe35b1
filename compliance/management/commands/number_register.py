"""manage.py number_register: protected numbers, honeypots, minors."""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from compliance.lists.moments import LOCAL
from compliance.services.honeypot_plant import NotAPlanterError, honeypot_plant
from compliance.services.minor_record import minor_record
from compliance.services.number_register import numbers_protect
from compliance.services.person_for_number import person_for_number
from compliance.verbs import (
    Options,
    Told,
    Verb,
    VerbCommand,
    account,
    by_argument,
    day_argument,
    number_of,
    read_bytes,
)


def _protect_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="一行一个号码 / a number a line")
    parser.add_argument("--kind", required=True, metavar="KIND", help="hospital, school …")
    parser.add_argument("--organisation", required=True, metavar="NAME")
    parser.add_argument("--source", required=True, help="依据 / where it is from")
    by_argument(parser)


def _protect(options: Options, now: datetime) -> Told:
    lines = read_bytes(options["file"]).decode("utf-8-sig").splitlines()
    numbers = [number_of(line) for line in lines if line.strip()]
    added = numbers_protect(
        numbers=numbers,
        kind=options["kind"],
        organisation=options["organisation"],
        source=options["source"],
        actor=f"u:{account(options['by']).pk}",
        now=now,
    )
    return {"numbers": len(numbers), "added": added}


def _plant_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("number", metavar="NUMBER")
    parser.add_argument("--place", required=True, help="布设之处 / where it was left")
    by_argument(parser)


def _plant(options: Options, now: datetime) -> Told:
    honeypot = honeypot_plant(
        number=number_of(options["number"]),
        place=options["place"],
        by=account(options["by"]),
        now=now,
    )
    return {"honeypot": honeypot.pk}


def _minor_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("number", metavar="NUMBER")
    day_argument(parser, "--born")
    parser.add_argument(
        "--evidence", required=True, help="凭证，不写姓名号码 / no name, no number"
    )
    by_argument(parser)


def _minor(options: Options, now: datetime) -> Told:
    by = account(options["by"])
    person = person_for_number(number=number_of(options["number"]), now=now)
    minor_record(
        person=person,
        born_on=options["born"],
        evidence=options["evidence"],
        actor=f"u:{by.pk}",
        now=now,
        today=now.astimezone(LOCAL).date(),
    )
    person.refresh_from_db()
    until = person.minor_until
    return {"number": person.masked, "minor_until": until.isoformat() if until else ""}


class Command(VerbCommand):
    """Protect, plant, note a minor."""

    help = "号码登记 / What is known of numbers"
    refusals = MappingProxyType(
        {
            NotAPlanterError: "蜜罐号码只由合规员登记",
            UnicodeDecodeError: "文件不是 UTF-8 文本",
        }
    )
    verbs = (
        Verb(
            name="protect",
            help="保护号码 / numbers that are never called",
            arguments=_protect_arguments,
            run=_protect,
        ),
        Verb(name="plant", help="布设蜜罐 / a honeypot", arguments=_plant_arguments, run=_plant),
        Verb(name="minor", help="未成年人 / a minor", arguments=_minor_arguments, run=_minor),
    )
