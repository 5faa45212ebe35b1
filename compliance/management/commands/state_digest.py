"""manage.py state_digest: digest the registers, or hold them against the last digest."""

import json
import sys
import time
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from audit.digests.digest import State, state_check, state_digest
from compliance import clock
from compliance.registers import REGISTERS

ACTOR = "svc:command"
SHOWN = 1000


class Command(BaseCommand):
    """Say what has changed, and which changes nobody recorded."""

    help = (
        "计算登记簿摘要并入审计，或与上次摘要比对 / Digest the registers, on the trail; or "
        "compare with the last digest. Exit code 1 if a row changed that no entry explains."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether only to compare."""
        parser.add_argument("--check", action="store_true", help="只比对，不记录 / compare only")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Digest or compare; leave with 1 if something is unexplained."""
        began = time.perf_counter()
        if options["check"]:
            state = state_check(registers=REGISTERS)
        else:
            state = state_digest(registers=REGISTERS, actor=ACTOR, now=clock.read())
        seconds = time.perf_counter() - began
        if options["json"]:
            self.stdout.write(json.dumps(_told(state, seconds), ensure_ascii=False))
        else:
            self.stdout.write("\n".join(_lines(state)))
        if state.unexplained:
            sys.exit(1)


def _told(state: State, seconds: float) -> dict[str, Any]:
    return {
        "since": state.since,
        "rows": sum(one.rows for one in state.registers),
        "changed": state.changed,
        "unexplained": len(state.unexplained),
        "named": [asdict(one) for one in state.unexplained[:SHOWN]],
        "registers": [
            {
                "name": one.register,
                "rows": one.rows,
                "sha256": one.sha256,
                "added": len(one.change.added),
                "altered": len(one.change.altered),
                "removed": len(one.change.removed),
                "compared": not one.reshaped,
            }
            for one in state.registers
        ],
        "seconds": round(seconds, 3),
    }


def _lines(state: State) -> list[str]:
    since = state.since or "无 / never"
    lines = [
        f"{one.register}: {one.rows} 行 rows, +{len(one.change.added)} "
        f"~{len(one.change.altered)} -{len(one.change.removed)}, {one.sha256}"
        for one in state.registers
    ]
    lines += [
        f"无审计条目可解释 / no entry explains: {one.register} {one.key} {one.how}"
        for one in state.unexplained[:SHOWN]
    ]
    lines.append(
        f"上次摘要 last digest {since}; 变更 changed {state.changed}; "
        f"不可解释 unexplained {len(state.unexplained)}"
    )
    return lines
