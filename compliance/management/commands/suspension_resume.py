"""manage.py suspension_resume ID …: the corrective report, its approvals, and the way back."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import clock
from compliance.models import CorrectiveReport, Suspension, User
from compliance.numbers import Words
from compliance.selectors.suspension_facts import scope_of
from compliance.services.suspension_resume import (
    ResumptionRefusedError,
    corrective_report_approve,
    corrective_report_write,
    suspension_end,
)

NO_ACCOUNT = Words("没有账号 {username}。", "There is no account {username}.")
NO_SUSPENSION = Words("没有这项暂停。", "There is no such suspension.")
NO_REPORT = Words("尚无整改报告。", "Nobody has written a corrective report.")
REFUSED = Words("不予办理：须有整改报告和另外两人的批准，并等到停呼期满。", "Refused: {why}")
STANDS = Words(
    "暂停 {id}（{scope}）：审批 {approvals} 人，{state}。",
    "Suspension {id} ({scope}): {approvals} approvals, {english}.",
)


class Command(BaseCommand):
    """Bring something back after complaints suspended it."""

    help = "整改后复通 / Write or approve a corrective report, or end the suspension on it"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the suspension, what is done, and by whom."""
        parser.add_argument("suspension", type=int, metavar="ID")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--report", metavar="TEXT", help="提交整改报告 / write a report")
        what.add_argument("--approve", action="store_true", help="审批 / approve the newest")
        what.add_argument("--end", action="store_true", help="恢复 / end the suspension")
        parser.add_argument("--by", required=True, metavar="USERNAME")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Take one step, and say how the suspension stands."""
        suspension = Suspension.objects.filter(pk=options["suspension"]).first()
        by = User.objects.filter(username=options["by"]).first()
        if suspension is None:
            raise CommandError(str(NO_SUSPENSION), returncode=2)
        if by is None:
            raise CommandError(str(NO_ACCOUNT.filled(username=options["by"])), returncode=2)
        try:
            report = _step(suspension, by, options)
        except ResumptionRefusedError as error:
            raise CommandError(str(REFUSED.filled(why=str(error))), returncode=4) from error
        ended = hasattr(Suspension.objects.get(pk=suspension.pk), "resumption")
        data = {
            "suspension": suspension.pk,
            "scope": scope_of(suspension),
            "report": report.pk,
            "approvals": report.approvals.count(),
            "ended": ended,
        }
        said = STANDS.filled(
            id=suspension.pk,
            scope=data["scope"],
            approvals=data["approvals"],
            state="已恢复" if ended else "仍暂停",
            english="ended" if ended else "it stands",
        )
        self.stdout.write(json.dumps(data, ensure_ascii=False) if options["json"] else str(said))


def _step(suspension: Suspension, by: User, options: dict[str, Any]) -> CorrectiveReport:
    now = clock.read()
    if options["report"]:
        return corrective_report_write(
            suspension=suspension, text=options["report"], author=by, now=now
        )
    report = suspension.reports.order_by("-pk").first()
    if report is None:
        raise CommandError(str(NO_REPORT), returncode=3)
    if options["approve"]:
        corrective_report_approve(report=report, approver=by, now=now)
    else:
        suspension_end(report=report, actor=f"u:{by.pk}", now=now)
    return report
