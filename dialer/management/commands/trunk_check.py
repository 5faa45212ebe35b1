"""manage.py trunk_check TRUNK: try a trunk without a call, and say what is broken."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import clock
from compliance.models import Trunk
from dialer.trunk_check.finding import Finding, Grade, broken_steps, data
from dialer.trunk_check.run import trunk_check

BROKEN, NOT_UNDERSTOOD = 1, 2
MARKS = {Grade.OK: "✓", Grade.NOTE: "·", Grade.BROKEN: "✗", Grade.SKIPPED: "-"}


class Command(BaseCommand):
    """Names the broken part; exit code 0: nothing is, 1: something is."""

    help = (
        "逐步检查线路，指出坏在哪里；从不拨号 / "
        "Try a trunk and name the broken part; it never dials."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the trunk's code."""
        parser.add_argument("trunk", metavar="TRUNK")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Check the trunk and tell."""
        trunk = Trunk.objects.filter(code=options["trunk"]).first()
        if trunk is None:
            raise CommandError(
                f"台账上没有线路 {options['trunk']}。 The ledger has no trunk {options['trunk']}.",
                returncode=NOT_UNDERSTOOD,
            )
        found = trunk_check(
            trunk,
            recordings=settings.RECORDINGS_DIR,
            keys=Path(settings.KEYS_DIR),
            now=clock.read(),
            host_now=clock.host_now(),
        )
        whole = not broken_steps(found)
        if options["json"]:
            self.stdout.write(json.dumps(_data(trunk, found, whole=whole), ensure_ascii=False))
        else:
            self.stdout.write("\n".join(_lines(found)))
        if not whole:
            raise SystemExit(BROKEN)


def _data(trunk: Trunk, found: list[Finding], *, whole: bool) -> dict[str, Any]:
    return {
        "trunk": trunk.code,
        "ok": whole,
        "broken": broken_steps(found),
        "steps": data(found),
    }


def _lines(found: list[Finding]) -> list[str]:
    lines = []
    for one in found:
        lines.append(f"{MARKS[one.grade]} {one.step.zh} {one.step.en}")
        lines.append(f"    {one.zh} {one.en}")
        if one.do_zh:
            lines.append(f"    → {one.do_zh} {one.do_en}")
    return lines
