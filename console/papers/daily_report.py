"""The daily report on paper, in both languages, with what proves it."""

from compliance.numbers import Words
from console.papers.moments import moment
from console.papers.sheet import Paper
from console.selectors.officer.daily import Row, parts_of
from console.selectors.officer.reports import Kept

NONE = Words("无", "none")


def daily_report_paper(kept: Kept) -> bytes:
    """Return the report as a PDF."""
    report = kept.report
    paper = Paper(title=Words(f"合规日报 {report.day}", f"Daily compliance report {report.day}"))
    paper.line(f"第 {report.edition} 版 · Edition {report.edition}", size=10)
    paper.line(
        Words("当日已结束", "the day was over")
        if report.complete
        else Words("制作时当日未结束", "the day was not over when it was made")
    )
    paper.line(f"制作时间 Made at: {moment(report.made_at)}（北京时间 Beijing time）")
    paper.line(f"SHA-256: {report.sha256}")
    paper.line(_proof(kept))
    for part in parts_of(kept.figures):
        paper.heading(part.title)
        if part.rows:
            rows = [_row(row) for row in part.rows]
            paper.table(heading=part.heading, rows=rows, widths=_widths(len(part.heading)))
        else:
            paper.line(NONE)
    return paper.content()


def _row(row: Row) -> list[str | Words]:
    return [cell if isinstance(cell, Words) else str(cell) for cell in row]


def _widths(count: int) -> list[float]:
    return [3.0, *[1.5] * (count - 1)]


def _proof(kept: Kept) -> str | Words:
    if not kept.intact:
        return Words("内容与登记的摘要不符！", "Its bytes are not those of its digest!")
    if kept.proof is None:
        return Words("审计日志中没有此摘要。", "The trail does not tell this digest.")
    if kept.proof.sealed is None or kept.proof.sealed.checkpoint is None:
        return f"待封存 not yet sealed: {kept.proof.entry}"
    index, size = kept.proof.sealed.leaf_index, kept.proof.sealed.checkpoint
    return f"已封存 sealed: {kept.proof.entry}，叶 leaf {index}，检查点 checkpoint {size}"
