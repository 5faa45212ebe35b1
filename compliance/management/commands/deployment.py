"""manage.py deployment: sign off what this installation is, by two people, or show what holds."""

import json
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.core.management.base import CommandError

from compliance.deployment import DeploymentPackError, signed_pack
from compliance.models import Deployment
from compliance.numbers import Words
from compliance.services.deployment_check import NotDeployedError, deployment_check
from compliance.services.deployment_declare import NotASecondPersonError, deployment_declare
from compliance.verbs import (
    NOT_UNDERSTOOD,
    Options,
    Told,
    Verb,
    VerbCommand,
    account,
    nothing_more,
    read_bytes,
    two_people_arguments,
)

NO_PACK = Words(
    "{path} 不是部署合规包（JSON 对象）。", "{path} is no deployment pack, a JSON object."
)


def _declare_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="JSON，见 docs/desks.md")
    two_people_arguments(parser)


def _declare(options: Options, now: datetime) -> Told:
    deployment_declare(
        pack=_pack(options["file"]),
        author=account(options["author"]),
        approver=account(options["approver"]),
        now=now,
    )
    return _show(options, now)


def _pack(path: Path) -> dict[str, Any]:
    try:
        pack = json.loads(read_bytes(path).decode("utf-8-sig"))
    except ValueError:
        pack = None
    if not isinstance(pack, dict):
        raise CommandError(str(NO_PACK.filled(path=path)), returncode=NOT_UNDERSTOOD)
    return pack


def _show(_: Options, now: datetime) -> Told:
    """Tell the newest pack, and whether the rulebook accepts what it says."""
    row = Deployment.objects.select_related("author", "approver").order_by("-pk").first()
    stands, why = True, ""
    try:
        deployment_check(now=now)
    except NotDeployedError as error:
        stands, why = False, str(error)
    return {
        "sha256": None if row is None else row.content_sha256,
        "author": None if row is None else row.author.username,
        "approver": None if row is None else row.approver.username,
        "pack": signed_pack(),
        "stands": stands,
        "why": why,
    }


class Command(VerbCommand):
    """Declare or show the deployment pack."""

    help = "部署合规包 / The deployment pack"
    refusals = MappingProxyType(
        {
            DeploymentPackError: "部署合规包缺项、多项或类型不符",
            NotASecondPersonError: "部署合规包须由另一名合规员或管理员批准",
        }
    )
    verbs = (
        Verb(name="declare", help="登记 / declare", arguments=_declare_arguments, run=_declare),
        Verb(name="show", help="查看 / show", arguments=nothing_more, run=_show),
    )
