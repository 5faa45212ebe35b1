"""List, rotate and retire the keys of the trail."""

from argparse import ArgumentParser
from datetime import UTC, datetime

from django.core.management.base import BaseCommand, CommandError

from audit.keys import KeyFileError
from audit.models import AuditKey
from audit.record import AuditWriteError
from audit.services.log_key_rotate import OnlyKeyError, log_key_retire, log_key_rotate
from audit.services.mac_key_rotate import mac_key_rotate


class Command(BaseCommand):
    """`list` shows the verifier keys; `rotate` adds a key; `retire` ends the overlap."""

    help = "审计密钥：列出、轮换、停用 / Keys of the trail: list, rotate, retire"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to do, to which kind of key, and who decides."""
        parser.add_argument("action", choices=["list", "rotate", "retire"])
        parser.add_argument("--kind", choices=["log", "mac"], default="log")
        parser.add_argument("--by", help="操作人 / who decides: u:17")

    def handle(self, *_args: object, action: str, kind: str, **options: str | None) -> None:
        """Do it, and say which key it was about."""
        if action == "list":
            self._list()
            return
        by = options.get("by")
        if not by:
            raise CommandError("请加 --by u:… / add --by u:…")
        try:
            self.stdout.write(_change(action, kind, by))
        except (AuditWriteError, KeyFileError, OnlyKeyError) as error:
            raise CommandError(str(error)) from error

    def _list(self) -> None:
        for key in AuditKey.objects.order_by("kind", "from_size", "kid"):
            until = "" if key.to_size is None else key.to_size
            self.stdout.write(f"{key.kind} {key.from_size}-{until} {key.public or key.kid}")


def _change(action: str, kind: str, by: str) -> str:
    now = datetime.now(UTC)
    if kind == "mac":
        if action == "retire":
            raise CommandError("旧的校验密钥须保留 / former mac keys stay: they verify entries")
        kid = mac_key_rotate(by=by, now=now)
        return (
            f"新的校验密钥 {kid}：请重启各进程 / the new mac key is {kid}: restart the processes"
        )
    if action == "rotate":
        vkey = log_key_rotate(by=by, now=now).vkey
        return f"新的日志密钥 / the new log key: {vkey}"
    vkey = log_key_retire(by=by, now=now).vkey
    return f"已停用的日志密钥 / the retired log key: {vkey}"
