"""manage.py can_i_call NUMBER --campaign CODE: ask the rulebook; never creates a permit."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import clock
from compliance.call_answer import answer_data, answer_text
from compliance.questions import QuestionError, read_question
from compliance.rulebook.decision import Verdict
from compliance.selectors.call_facts import FactsUnavailableError
from compliance.services.question_ask import question_ask

EXIT_CODES = {Verdict.ALLOW: 0, Verdict.DEFER: 3, Verdict.REFUSE: 4}
NOT_UNDERSTOOD = 2
ACTOR = "svc:command"


class Command(BaseCommand):
    """Say whether a number may be called, and why not."""

    help = (
        "查询一个号码现在可否外呼（不产生许可） / Say whether a number may be called; no permit. "
        "Exit code: 0 allowed, 3 deferred, 4 refused, 2 not understood."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the number, the campaign and the instant."""
        parser.add_argument("number", metavar="NUMBER")
        parser.add_argument("--campaign", required=True, metavar="CODE")
        parser.add_argument(
            "--at", default="", metavar="ISO", help="默认为现在 / now unless said otherwise"
        )
        parser.add_argument(
            "--all", action="store_true", help="列出每条规则 / list every rule that was asked"
        )
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Print the answer and leave with its exit code."""
        now = clock.read()
        try:
            question = read_question(
                number=options["number"], campaign=options["campaign"], at=options["at"], now=now
            )
            answer = question_ask(
                filing=question.filing,
                number=question.number,
                at=question.at,
                actor=ACTOR,
                now=now,
            )
        except (QuestionError, FactsUnavailableError) as error:
            raise CommandError(str(error), returncode=NOT_UNDERSTOOD) from error
        every_rule = options["all"]
        if options["json"]:
            data = answer_data(answer, every_rule=every_rule)
            self.stdout.write(json.dumps(data, ensure_ascii=False))
        else:
            self.stdout.write(answer_text(answer, every_rule=every_rule))
        code = EXIT_CODES[answer.decision.verdict]
        if code:
            sys.exit(code)
