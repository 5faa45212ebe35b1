"""manage.py audit_anchor: take the newest checkpoint outside; exit code 1 if an anchor failed."""

import json
import sys
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand

from audit.anchors.named import named_kinds
from audit.anchors.overdue import overdue
from audit.anchors.run import Outcome, anchors_run


class Command(BaseCommand):
    """Anchor the newest published checkpoint."""

    help = "把最新检查点送到库外 / Take the newest checkpoint outside"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take which anchors, and the form of the answer."""
        parser.add_argument(
            "--kind", action="append", choices=sorted(named_kinds()), help="只做这些 / only these"
        )
        parser.add_argument("--due", action="store_true", help="只做到期的 / only what is due")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Print what came of each."""
        done = anchors_run(
            kinds=set(options["kind"] or ()), only_due=options["due"], now=datetime.now(UTC)
        )
        late = overdue(named_kinds())
        if options["json"]:
            found = {
                "anchors": [one.as_json() for one in done],
                "overdue": [{"kind": one.kind, "age_s": one.age_s} for one in late],
            }
            self.stdout.write(json.dumps(found, ensure_ascii=False))
        else:
            for outcome in done:
                self.stdout.write(_line(outcome))
            for one in late:
                self.stdout.write(f"{one.zh} / {one.en}")
            if not done:
                self.stdout.write("没有可锚定的检查点 / nothing to anchor")
        if any(outcome.failure for outcome in done):
            sys.exit(1)


def _line(outcome: Outcome) -> str:
    said = outcome.failure or "已锚定 / anchored"
    return f"{outcome.kind} {outcome.epoch}-{outcome.size}: {said}"
