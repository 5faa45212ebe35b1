"""manage.py external_list: register a do-not-call list that others keep, and read its file."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from compliance.models import ExternalList
from compliance.models.words import Industry
from compliance.numbers import NumberProblem
from compliance.services.external_list import (
    external_list_apply,
    external_list_register,
    numbers_in,
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
    read_bytes,
)


def _register_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("code")
    parser.add_argument("--name", required=True)
    parser.add_argument(
        "--industry",
        default="",
        choices=["", *Industry.values],
        help="默认所有行业 / all by default",
    )
    by_argument(parser)


def _register(options: Options, now: datetime) -> Told:
    external = external_list_register(
        code=options["code"],
        name=options["name"],
        industry=options["industry"],
        actor=f"u:{account(options['by']).pk}",
        now=now,
    )
    return {"list": external.code, "industry": external.industry}


def _read_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("code")
    parser.add_argument("file", type=Path, metavar="FILE", help="一行一个号码 / a number a line")
    parser.add_argument(
        "--list-version", required=True, metavar="TEXT", help="名单版本 / its edition"
    )
    parser.add_argument(
        "--as-of", required=True, type=datetime.fromisoformat, metavar="ISO", help="截至 / as of"
    )
    by_argument(parser)


def _read(options: Options, now: datetime) -> Told:
    external, by = one(ExternalList, code=options["code"]), account(options["by"])
    read_bytes(options["file"])
    numbers, digest = numbers_in(options["file"])
    edition = external_list_apply(
        external=external,
        version=options["list_version"],
        as_of=options["as_of"].astimezone(UTC),
        numbers=numbers,
        file_sha256=digest,
        actor=f"u:{by.pk}",
        now=now,
    )
    return {
        "list": external.code,
        "version": edition.version,
        "numbers": edition.numbers,
        "added": edition.added,
        "sha256": digest,
    }


def _show(_: Options, now: datetime) -> Told:
    del now
    rows = []
    for external in ExternalList.objects.order_by("code"):
        newest = external.editions.order_by("-as_of", "-pk").first()
        rows.append(
            {
                "list": external.code,
                "industry": external.industry,
                "version": newest.version if newest else "",
                "as_of": newest.as_of.isoformat() if newest else "",
            }
        )
    return {"lists": rows}


class Command(VerbCommand):
    """Register, read or show others' do-not-call lists."""

    help = "外部谢绝来电名单 / Do-not-call lists of others"
    refusals = MappingProxyType(
        {
            NumberProblem: "名单中有号码无法识别",
            UnicodeDecodeError: "文件不是 UTF-8 文本",
        }
    )
    verbs = (
        Verb(
            name="register", help="登记 / register", arguments=_register_arguments, run=_register
        ),
        Verb(name="read", help="读入新版 / read an edition", arguments=_read_arguments, run=_read),
        Verb(name="show", help="查看 / show", arguments=nothing_more, run=_show),
    )
