"""manage.py daily_report --date D: what was asked, blocked and complained of on one day."""

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import clock
from compliance.editions import book_to_show
from compliance.models import DailyReport
from compliance.numbers import Words
from compliance.rulebook.book import Book
from compliance.services.daily_report_make import (
    DayNotBegunError,
    daily_report_make,
    yesterday,
)

AHEAD = Words("该日尚未开始。", "That day has not begun.")
CHECK_ALL = Words(
    "坐席 {seat}：拒绝登记 {refused} 条（接通 {answered} 通），远低于同任务坐席，其通话须全部核查",
    "Seat {seat}: {refused} refusals in {answered} answered calls, far below its peers; "
    "check all of its calls",
)
HEAD = Words(
    "{day} 日报第 {edition} 版{zh}，SHA-256 {sha256}",
    "Daily report, edition {edition}{en}, its digest is in the audit trail",
)


class Command(BaseCommand):
    """Make a day's report."""

    help = "合规日报 / Make the compliance report of one day"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the day."""
        parser.add_argument(
            "--date",
            type=date.fromisoformat,
            default=None,
            metavar="YYYY-MM-DD",
            help="默认为昨天 / yesterday unless said otherwise",
        )
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Make the report and print it."""
        now = clock.read()
        try:
            report = daily_report_make(
                day=options["date"] or yesterday(now), actor="svc:command", now=now
            )
        except DayNotBegunError as error:
            raise CommandError(str(AHEAD), returncode=2) from error
        figures = json.loads(bytes(report.body))
        if options["json"]:
            data = {
                "report": figures,
                "edition": report.edition,
                "complete": report.complete,
                "sha256": report.sha256,
            }
            self.stdout.write(json.dumps(data, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(_lines(report, figures, book_to_show(now))))


def _lines(report: DailyReport, figures: dict[str, Any], book: Book) -> list[str]:
    head = HEAD.filled(
        day=report.day,
        edition=report.edition,
        zh="" if report.complete else "（当日未结束）",
        en="" if report.complete else " (the day is not over)",
        sha256=report.sha256,
    )
    verdicts = ", ".join(f"{row['what']} {row['count']}" for row in figures["decisions"])
    opened = sum(row["count"] for row in figures["complaints"]["opened"])
    refusals = sum(row["count"] for row in figures["refusals"])
    lines = [
        str(head),
        f"判定 decisions: {verdicts or 0}",
        f"拒绝登记 refusals: {refusals} · 投诉 complaints: {opened}",
        f"暂停 suspensions: {len(figures['suspensions'])}",
    ]
    lines += [
        str(CHECK_ALL.filled(**{key: row[key] for key in ("seat", "refused", "answered")}))
        for row in figures["refusals_by_seat"]
        if row["check_all"]
    ]
    for row in figures["objections_by_rule"]:
        bound = book.rule(row["rule"])
        title = f" {bound.title_zh} / {bound.title_en}" if bound else ""
        lines.append(f"  {row['rule']}{title}: {row['verdict']} {row['count']}")
    lines += [
        f"  {row['caller_number']} @ {row['trunk']}: 许可 permits {row['permits']} · 呼出 placed "
        f"{row['placed']} · 接通 answered {row['answered']}"
        for row in figures["numbers"]
    ]
    return lines
