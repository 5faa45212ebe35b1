"""The dossier of a number on paper: the time line with its proofs, in both languages."""

from datetime import datetime

from audit.proofs import NotSealedError, newest_checkpoint
from compliance.books import book as shipped_book
from compliance.models import Person, User
from compliance.numbers import Words
from console.papers.moments import moment
from console.papers.sheet import Paper
from console.selectors.objections import title_of
from console.selectors.officer import words
from console.selectors.officer.dossier import Proof, Told, latest_answers, time_line
from console.selectors.officer.words import said_of

MOST_LINES = 1000
TITLE = Words("号码档案", "Number dossier")
NOT_EVIDENCE = Words(
    "本文件供阅读，不是证据；证据是证据包，可用单文件核验程序与书面交付的公钥离线核验。",
    "This paper is for reading and no evidence; that is the bundle, which anybody can verify "
    "offline with the one-file verifier and the key that was handed over on paper.",
)
HEADING = (
    Words("时间（北京）", "Time (Beijing)"),
    Words("事项", "What happened"),
    Words("内容", "Details"),
    Words("证明", "Proof"),
)
ANSWERS = (
    Words("任务", "Campaign"),
    Words("最近判定", "Last decision"),
    Words("时间（北京）", "Time (Beijing)"),
    Words("原因", "Why"),
)


def dossier_paper(*, person: Person, reader: User, now: datetime) -> bytes:
    """Return the dossier as a PDF, masked, with the newest lines first."""
    paper = Paper(title=TITLE)
    paper.line(f"{person.masked}", size=11)
    paper.line(f"档案编号 File: person:{person.pk}")
    paper.line(f"制作时间 Made at: {moment(now)}（北京时间 Beijing time）")
    paper.line(f"制作人 Made by: {reader.real_name or reader.username}")
    paper.line(NOT_EVIDENCE)
    paper.line(_checkpoint())
    _answers(paper, person)
    line = time_line(person=person, reader=reader, kind="", after="", size=MOST_LINES)
    paper.heading(Words("时间线，最新在前", "The time line, the newest first"))
    paper.table(heading=HEADING, rows=[_row(told) for told in line.told], widths=(18, 22, 40, 30))
    if line.after:
        paper.line(
            Words(
                f"仅列最新 {MOST_LINES} 条，其余见页面与证据包。",
                f"Only the newest {MOST_LINES} are listed; the page and the bundle have all.",
            )
        )
    return paper.content()


def _answers(paper: Paper, person: Person) -> None:
    paper.heading(Words("为什么呼叫，为什么没有呼叫", "Why there was a call, or none"))
    rows = [
        (
            row.filing.name,
            said_of(words.VERDICTS, row.verdict),
            moment(row.at),
            _why(tuple(row.objecting_rules)) or Words("全部规则允许", "every rule allows"),
        )
        for row in latest_answers(person)
    ]
    if rows:
        paper.table(heading=ANSWERS, rows=rows, widths=(24, 16, 20, 50))
    else:
        paper.line(Words("从未有人申请呼叫此号码。", "Nobody has ever asked to call this number."))


def _row(told: Told) -> tuple[str | Words, ...]:
    details = [f"{one.zh} · {one.en}" for one in told.line.details]
    if told.line.rules:
        details.append(_why(told.line.rules))
    return moment(told.line.at), told.line.title, "\n".join(details), _proof(told.proof)


def _why(rules: tuple[str, ...]) -> str:
    book = shipped_book()
    return "\n".join(
        f"{rule} {title_of(rule, 'zh', book=book)} {title_of(rule, 'en', book=book)}"
        for rule in rules
    )


def _proof(proof: Proof | None) -> str | Words:
    if proof is None:
        return Words("随名单登记", "part of a list")
    if proof.sealed is None or proof.sealed.checkpoint is None:
        return f"待封存 not yet sealed\n{proof.entry}"
    index, size = proof.sealed.leaf_index, proof.sealed.checkpoint
    return f"叶 leaf {index}，检查点 checkpoint {size}\n{proof.entry}"


def _checkpoint() -> str:
    try:
        signed = newest_checkpoint()
    except NotSealedError:
        return "检查点 checkpoint: —"
    root = signed.checkpoint.root.hex()
    return f"检查点 checkpoint: {signed.checkpoint.origin} {signed.size} {root}"
