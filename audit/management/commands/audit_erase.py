"""manage.py audit_erase: erase a subject's personal data from the trail, or erase it again."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from audit.privacy.bases import BASES
from audit.privacy.erasing import Erased, Spare, erase, reapply
from audit.privacy.erasure_list import ErasureListError
from audit.record import AuditWriteError


class Command(BaseCommand):
    """Erase; the entries stay, and every proof of them."""

    help = (
        "删除审计条目中某主体的个人信息，条目与证明不变 / Erase a subject's personal data from "
        "the trail; entries and proofs stay. Bases: "
        + "; ".join(f"{basis.code} {basis.zh} / {basis.en}" for basis in BASES.values())
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whose data and why, or what to do after a backup was restored."""
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--subject", metavar="KIND:ID", help="如 / such as person:12, u:17")
        which.add_argument(
            "--reapply",
            action="store_true",
            help="从备份恢复后重新删除 / after a backup was restored, erase again",
        )
        parser.add_argument("--basis", choices=sorted(BASES), help="法律依据 / why")
        parser.add_argument(
            "--spare",
            metavar="KIND",
            help="法定保存期内不删的对象种类 / not of these",
        )
        parser.add_argument(
            "--since",
            type=datetime.fromisoformat,
            metavar="ISO",
            help="与 --spare 合用：自此时起的条目不删 / with --spare: if not older than this",
        )
        parser.add_argument("--list", type=Path, metavar="FILE", help="另一份名单 / another list")
        parser.add_argument("--by", required=True, metavar="ACTOR", help="u:17, svc:restore")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Erase, and say how much.

        :raises CommandError: exit code 2 if it was not understood, 4 if it was refused
        """
        if options["subject"] and not options["basis"]:
            raise CommandError("缺少 --basis / --basis is missing", returncode=2)
        if bool(options["spare"]) != bool(options["since"]):
            raise CommandError("--spare 与 --since 须合用 / belong together", returncode=2)
        spare = Spare(kind=options["spare"], since=options["since"]) if options["spare"] else None
        now = datetime.now(UTC)
        try:
            done = (
                reapply(actor=options["by"], now=now, path=options["list"])
                if options["reapply"]
                else [
                    erase(
                        subject=options["subject"],
                        basis=options["basis"],
                        actor=options["by"],
                        now=now,
                        spare=spare,
                    )
                ]
            )
        except (AuditWriteError, ErasureListError, DatabaseError) as error:
            why = str(error).partition("\n")[0]
            raise CommandError(f"未删除 / Nothing was erased: {why}", returncode=4) from error
        self._say(done, as_json=options["json"])

    def _say(self, done: list[Erased], *, as_json: bool) -> None:
        fields = sum(one.fields for one in done)
        if as_json:
            told = {"erased": [asdict(one) for one in done], "fields": fields}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        for one in done:
            self.stdout.write(f"{one.subject}: {one.fields} 项字段 / fields, {one.basis}")
        self.stdout.write(f"共删除 {fields} 项 / {fields} fields erased")
