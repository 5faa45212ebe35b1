"""manage.py script_check FILE | --script TITLE: read a script as the approval will."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance.models import Principal, ScriptVersion
from compliance.models.words import Purpose
from compliance.numbers import Words
from compliance.scripts import (
    Step,
    errors,
    lexicon_digest,
    lint,
    makes_an_offer,
    read_steps,
    steps_digest,
)
from compliance.services.script_approve import script_context

FAULTY, NOT_UNDERSTOOD = 1, 2
NO_PRINCIPAL = Words("没有委托主体“{name}”。", "There is no principal “{name}”.")
NO_SCRIPT = Words("没有已核准的话术“{name}”。", "There is no approved script “{name}”.")
ONE_OF_TWO = Words(
    "请给出文件（并注明 --principal 和 --purpose），或 --script 名称。",
    "Give a file, with --principal and --purpose, or --script TITLE.",
)
UNREADABLE = Words("无法读取 {path}：{why}", "{path} cannot be read: {why}")


class Command(BaseCommand):
    """Say what stands in the way of a script's approval. Changes nothing."""

    help = (
        "检查话术：哪些话不能说、缺少什么、怎样改 / Check a script: what may not be said, what is "
        "missing, and how to mend it. Exit code: 0 fit for approval, 1 not, 2 not understood."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a file or the title of an approved script."""
        parser.add_argument(
            "file", nargs="?", type=Path, metavar="FILE", help='JSON: [{"step": …, "text": …}]'
        )
        parser.add_argument("--script", default="", metavar="TITLE")
        parser.add_argument("--principal", default="", metavar="NAME", help="委托主体")
        parser.add_argument("--purpose", default="", choices=Purpose.values, help="外呼目的")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Print the findings and leave with an exit code."""
        steps, principal, purpose = self._given(options)
        context = script_context(principal=principal, purpose=purpose)
        findings = lint(steps, context=context)
        fit = not errors(findings)
        if options["json"]:
            told = {
                "fit": fit,
                "offers": makes_an_offer(steps, context=context),
                "faults": list(errors(findings)),
                "steps_sha256": steps_digest(steps),
                "lexicon_sha256": lexicon_digest(),
                "findings": [finding.as_row() for finding in findings],
            }
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            for one in findings:
                self.stdout.write(f"{one.rule_id} [{one.step}] {one.span}")
                self.stdout.write(f"  {one.reason.zh} {one.mend.zh}")
                self.stdout.write(f"  {one.reason.en} {one.mend.en}")
            self.stdout.write("可以送审。 Fit for approval." if fit else "须修改。 To be mended.")
        if not fit:
            raise SystemExit(FAULTY)

    def _given(self, options: dict[str, Any]) -> tuple[tuple[Step, ...], Principal, str]:
        try:
            if options["script"] and not options["file"]:
                return self._approved(options["script"])
            if not (options["file"] and options["principal"] and options["purpose"]):
                raise CommandError(str(ONE_OF_TWO), returncode=NOT_UNDERSTOOD)
            steps = read_steps(json.loads(options["file"].read_text("utf-8")))
        except (OSError, ValueError) as error:
            words = UNREADABLE.filled(path=options["file"] or options["script"], why=error)
            raise CommandError(str(words), returncode=NOT_UNDERSTOOD) from error
        principal = Principal.objects.filter(name=options["principal"]).first()
        if principal is None:
            words = NO_PRINCIPAL.filled(name=options["principal"])
            raise CommandError(str(words), returncode=NOT_UNDERSTOOD)
        return steps, principal, options["purpose"]

    def _approved(self, title: str) -> tuple[tuple[Step, ...], Principal, str]:
        found = ScriptVersion.objects.filter(title=title).select_related("principal")
        script = found.order_by("-version").first()
        if script is None or script.principal is None:
            raise CommandError(str(NO_SCRIPT.filled(name=title)), returncode=NOT_UNDERSTOOD)
        return read_steps(script.steps), script.principal, script.purpose
