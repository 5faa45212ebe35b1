"""The bilingual PDF of a bundle: what it proves, the checkpoint with its QR code, the entries."""

from itertools import islice
from pathlib import Path

import segno
from reportlab.graphics.shapes import Drawing, Rect
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle
from reportlab.platypus.flowables import Flowable

from audit.exports.rows import HEADING, rows

FONT = "STSong-Light"  # named in the file, drawn by the reader's own: nothing to embed
MOST_ROWS = 1000  # of the table; the evidence has all
LONGEST = 300  # signs of a cell
_WIDTHS = (12, 26, 30, 26, 30, 22, 34, 14, 46, 35)  # millimetres

TITLE = "审计证据包 Audit trail bundle"
NOT_EVIDENCE = (
    "本文件是证据包的阅读版，本身不是证据。证据是 checkpoint、manifest.json 与 entries.jsonl；",
    "检查点与二维码在用书面公钥核验之前不说明任何问题：",
    "python3 verify.py 证据包 --vkey 公钥",
    "This document is a rendering of the bundle, and no evidence. The evidence is checkpoint,",
    "manifest.json and entries.jsonl. The checkpoint and its QR code mean nothing until they are",
    "verified with the key that you were handed on paper: python3 verify.py BUNDLE --vkey KEY",
)
CUT = "仅列前 {most} 条 · Only the first {most} of the entries are listed here."


def write_pdf(path: Path, *, entries: Path, about: list[str], note: str) -> None:
    """Write the document."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    document = SimpleDocTemplate(
        str(path),
        pagesize=landscape(A4),
        leftMargin=10 * mm,
        rightMargin=10 * mm,
        topMargin=10 * mm,
        bottomMargin=10 * mm,
        title=TITLE,
        invariant=1,
    )
    story: list[Flowable] = [Paragraph(_escaped(TITLE), _style(14))]
    story += [Paragraph(_escaped(line), _style(8)) for line in (*about, *NOT_EVIDENCE)]
    story += [Spacer(0, 4 * mm), _qr(note), Spacer(0, 2 * mm)]
    story += [Paragraph(_escaped(line) or "&nbsp;", _style(8)) for line in note.split("\n")]
    story += _table(entries)
    document.build(story)


def _table(entries: Path) -> list[Flowable]:
    shown = list(islice(rows(entries), MOST_ROWS + 1))
    if not shown:
        return []
    body = [[Paragraph(_escaped(cell[:LONGEST]), _style(5)) for cell in row] for row in shown]
    heading = [Paragraph(_escaped(cell), _style(6)) for cell in HEADING]
    table = LongTable(
        [heading, *body[:MOST_ROWS]], colWidths=[width * mm for width in _WIDTHS], repeatRows=1
    )
    lines = [("GRID", (0, 0), (-1, -1), 0.25, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    table.setStyle(TableStyle(lines))
    cut = [Paragraph(_escaped(CUT.format(most=MOST_ROWS)), _style(8))]
    return [Spacer(0, 4 * mm), *(cut if len(shown) > MOST_ROWS else []), table]


def _qr(note: str) -> Drawing:
    """Return the code of the note's exact text, as squares that print sharply."""
    matrix = [*segno.make_qr(note, encoding="utf-8", error="m").matrix]
    side = 1.2 * mm
    height = len(matrix) * side
    drawing = Drawing(height, height)
    for y, line in enumerate(matrix):
        for x, dark in enumerate(line):
            if dark:
                square = Rect(x * side, height - (y + 1) * side, side, side)
                square.fillColor, square.strokeColor = colors.black, None
                drawing.add(square)
    return drawing


def _style(size: int) -> ParagraphStyle:
    return ParagraphStyle(
        f"s{size}", fontName=FONT, fontSize=size, leading=size * 1.35, wordWrap="CJK"
    )


def _escaped(text: str) -> str:
    shown = "".join(one if one.isprintable() else "?" for one in text)
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
