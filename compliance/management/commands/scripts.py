"""manage.py scripts: have a wording approved by a second person, or show what is approved."""

import json
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from compliance.models import ScriptVersion
from compliance.models.words import Purpose
from compliance.scripts import read_steps
from compliance.scripts.steps import ScriptError
from compliance.services.script_approve import (
    ScriptFaultsError,
    ScriptNotSecondPersonError,
    script_approve,
)
from compliance.verbs import (
    Options,
    Told,
    Verb,
    VerbCommand,
    account,
    principal_named,
    read_bytes,
    two_people_arguments,
)


def _approve_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help='JSON: [{"step": …, "text": …}]')
    parser.add_argument("--title", required=True)
    parser.add_argument("--principal", required=True, metavar="NAME")
    parser.add_argument("--purpose", required=True, choices=Purpose.values)
    parser.add_argument("--offers", action="store_true", help="含推销 / it sells something")
    two_people_arguments(parser)


def _approve(options: Options, now: datetime) -> Told:
    script = script_approve(
        title=options["title"],
        principal=principal_named(options["principal"]),
        purpose=options["purpose"],
        steps=read_steps(json.loads(read_bytes(options["file"]).decode("utf-8-sig"))),
        offers=options["offers"],
        author=account(options["author"]),
        approver=account(options["approver"]),
        now=now,
    )
    return _told(script)


def _told(script: ScriptVersion) -> Told:
    return {
        "script": script.pk,
        "title": script.title,
        "version": script.version,
        "principal": "" if script.principal is None else script.principal.name,
        "purpose": script.purpose,
        "offers": script.offers,
        "author": script.author.username,
        "approver": script.approver.username,
        "sha256": script.text_sha256,
    }


def _show_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--title", default="", help="只看此话术的各版本，连同正文 / with its text")


def _show(options: Options, now: datetime) -> Told:
    del now
    found = ScriptVersion.objects.select_related("principal", "author", "approver")
    if options["title"]:
        versions = found.filter(title=options["title"]).order_by("version")
        return {"scripts": [_told(one) | {"steps": one.steps} for one in versions]}
    return {"scripts": [_told(one) for one in found.order_by("title", "version")]}


class Command(VerbCommand):
    """Approve or show scripts; `script_check` says beforehand what stands in the way."""

    help = "话术核准 / Scripts and their approval; script_check reads one beforehand"
    refusals = MappingProxyType(
        {
            ScriptNotSecondPersonError: "话术须由另一名合规员或管理员批准",
            ScriptFaultsError: "话术检查未通过，请先用 script_check 逐条修改",
            ScriptError: "文件不是话术步骤列表",
            UnicodeDecodeError: "文件不是 UTF-8 文本",
            json.JSONDecodeError: "文件不是有效的 JSON",
        }
    )
    verbs = (
        Verb(name="approve", help="核准 / approve", arguments=_approve_arguments, run=_approve),
        Verb(name="show", help="查看 / show", arguments=_show_arguments, run=_show),
    )
