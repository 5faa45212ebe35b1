"""manage.py audit_witness_add FILE: keep a checkpoint that a witness has cosigned."""

import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.anchors.anchored import AnchorError
from audit.anchors.witness import witness_add, witness_name


class Command(BaseCommand):
    """Verify a cosignature, and keep it."""

    help = "核验并保存见证人副署的检查点 / Verify a cosigned checkpoint and keep it"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, who adds it, and the key of a new witness."""
        parser.add_argument("file", type=Path, nargs="?", help="副署的检查点 / the cosigned note")
        parser.add_argument("--vkey", help="登记见证人的公钥 / take on the witness with this key")
        parser.add_argument("--actor", default="svc:witness", help="例如 such as u:17")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Say which checkpoint was seen, and when."""
        now, actor, file = datetime.now(UTC), options["actor"], options["file"]
        told: dict[str, str] = {}
        try:
            if options["vkey"]:
                told["witness"] = witness_name(vkey=options["vkey"], actor=actor, now=now).name
            if file is not None:
                published, at = witness_add(content=file.read_bytes(), actor=actor, now=now)
                told |= {
                    "checkpoint": f"{published.epoch}-{published.size}",
                    "seen_at": at.isoformat(),
                }
        except (AnchorError, OSError) as error:
            raise CommandError(str(error)) from error
        if not told:
            raise CommandError("请给出文件或 --vkey / give a file, or --vkey.")
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            said = " ".join(told.values())
            self.stdout.write(f"已保存 / kept: {said}")
