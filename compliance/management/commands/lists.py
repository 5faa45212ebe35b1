"""manage.py lists: declare where a list comes from, hold or release one, show how old each is."""

from argparse import ArgumentParser
from datetime import datetime, timedelta
from types import MappingProxyType

from compliance.imports.outcome import ImportRefusedError
from compliance.models import ContactList
from compliance.models.words import ListSource
from compliance.selectors.clock_due import local_day, numbers_of
from compliance.selectors.list_facts import collected_on
from compliance.services.list_declare import list_declare
from compliance.services.list_stop import (
    ListNotHeldError,
    ListNotOpenError,
    NotTheDeclarerError,
    list_hold,
    list_release,
)
from compliance.verbs import (
    Options,
    Told,
    Verb,
    VerbCommand,
    account,
    by_argument,
    day_argument,
    nothing_more,
    one,
    principal_named,
)

AGE_RULE = "CN13-LST-11"


def _declare_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--principal", required=True, metavar="NAME")
    parser.add_argument("--source", required=True, choices=ListSource.values)
    parser.add_argument("--collected-by", required=True, help="收集方 / who collected it")
    parser.add_argument("--notice", required=True, help="收集时的告知 / what people were told")
    day_argument(parser, "--collected-on", required=False)
    parser.add_argument(
        "--transfer-sha256",
        default="",
        metavar="HEX",
        help="向他人提供的单独同意凭证 / evidence of the separate consent to hand it on",
    )
    by_argument(parser)


def _declare(options: Options, now: datetime) -> Told:
    declared = list_declare(
        name=options["name"],
        principal=principal_named(options["principal"]),
        source=options["source"],
        collected_by=options["collected_by"],
        notice_text=options["notice"],
        collected_on=options["collected_on"],
        transfer_sha256=options["transfer_sha256"],
        declared_by=account(options["by"]),
        now=now,
    )
    return _told(declared, now)


def _told(one: ContactList, now: datetime) -> Told:
    oldest = collected_on(one)
    return {
        "list": one.pk,
        "name": one.name,
        "principal": one.principal.name,
        "source": one.source,
        "state": one.state,
        "cause": one.cause,
        "declared_by": one.declared_by.username,
        "days": (local_day(now) - oldest).days,
        "last": (oldest + timedelta(days=numbers_of(AGE_RULE, now).days)).isoformat(),
    }


def _hold_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("list", type=int, metavar="ID")
    parser.add_argument("--cause", required=True, metavar="RULE", help="依据，如 LST-02 / why")
    parser.add_argument("--reason", required=True)
    by_argument(parser)


def _hold(options: Options, now: datetime) -> Told:
    chosen = one(ContactList, pk=options["list"])
    list_hold(
        contact_list=chosen,
        cause=options["cause"],
        reason=options["reason"],
        by=account(options["by"]),
        now=now,
    )
    chosen.refresh_from_db()
    return _told(chosen, now)


def _release_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("list", type=int, metavar="ID")
    parser.add_argument("--reason", required=True)
    by_argument(parser)


def _release(options: Options, now: datetime) -> Told:
    held = one(ContactList, pk=options["list"])
    list_release(contact_list=held, by=account(options["by"]), reason=options["reason"], now=now)
    held.refresh_from_db()
    return _told(held, now)


def _show(_: Options, now: datetime) -> Told:
    found = ContactList.objects.select_related("principal", "declared_by").order_by("pk")
    return {"lists": [_told(one, now) for one in found]}


class Command(VerbCommand):
    """Declare, hold, release or show lists; `lists_age` deletes those that are too old."""

    help = "名单来源 / Lists and where they come from; lists_age deletes the old ones"
    refusals = MappingProxyType(
        {
            ImportRefusedError: "名单来源的申报不合规定",
            ListNotOpenError: "该名单不在可用状态",
            ListNotHeldError: "该名单未被暂停",
            NotTheDeclarerError: "暂停的名单须由未申报来源的另一名合规员解除",
        }
    )
    verbs = (
        Verb(name="declare", help="申报 / declare", arguments=_declare_arguments, run=_declare),
        Verb(name="hold", help="暂停 / hold", arguments=_hold_arguments, run=_hold),
        Verb(name="release", help="恢复 / release", arguments=_release_arguments, run=_release),
        Verb(name="show", help="查看 / show", arguments=nothing_more, run=_show),
    )
