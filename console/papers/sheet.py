"""What every paper is made of: A4, both languages in every line, tables that go on over pages.

reportlab is loaded when a paper is made: most processes never make one.
"""

import io
from collections.abc import Sequence
from typing import Any

from compliance.numbers import Words

FONT = "STSong-Light"  # named in the file, drawn by the reader's own: nothing to embed
MARGIN = 12  # millimetres
LONGEST = 400  # signs of a cell

Cell = str | Words


class Paper:
    """A document under way: put headings, lines and tables into it, then take its bytes."""

    def __init__(self, *, title: Words) -> None:
        """Begin with the title."""
        from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415
        from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # noqa: PLC0415

        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
        self._title = str(title)
        self._story: list[Any] = []
        self._write(str(title), size=15)

    def heading(self, words: Words) -> None:
        """Begin a part."""
        self._space(4)
        self._write(str(words), size=11)

    def line(self, text: Cell, *, size: int = 8) -> None:
        """Add a line of text."""
        self._write(str(text), size=size)

    def table(
        self, *, heading: Sequence[Words], rows: Sequence[Sequence[Cell]], widths: Sequence[float]
    ) -> None:
        """Add a table; its heading is repeated on every page. `widths` are shares of the width."""
        from reportlab.lib import colors  # noqa: PLC0415
        from reportlab.lib.units import mm  # noqa: PLC0415
        from reportlab.platypus import LongTable, TableStyle  # noqa: PLC0415

        whole = (210 - 2 * MARGIN) * mm
        body = [[self._paragraph(_cell(cell), size=7) for cell in row] for row in rows]
        head = [self._paragraph(_cell(cell), size=7) for cell in heading]
        table = LongTable(
            [head, *body],
            colWidths=[whole * share / sum(widths) for share in widths],
            repeatRows=1,
        )
        table.setStyle(
            TableStyle(
                [
                    ("GRID", (0, 0), (-1, -1), 0.25, colors.grey),
                    ("VALIGN", (0, 0), (-1, -1), "TOP"),
                    ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
                ]
            )
        )
        self._space(2)
        self._story.append(table)

    def content(self) -> bytes:
        """Return the document; equal records give equal bytes."""
        from reportlab.lib.pagesizes import A4  # noqa: PLC0415
        from reportlab.lib.units import mm  # noqa: PLC0415
        from reportlab.platypus import SimpleDocTemplate  # noqa: PLC0415

        out = io.BytesIO()
        margin = MARGIN * mm
        SimpleDocTemplate(
            out,
            pagesize=A4,
            leftMargin=margin,
            rightMargin=margin,
            topMargin=margin,
            bottomMargin=margin,
            title=self._title,
            invariant=1,
        ).build(self._story, onFirstPage=_numbered, onLaterPages=_numbered)
        return out.getvalue()

    def _write(self, text: str, *, size: int) -> None:
        self._story.append(self._paragraph(text, size=size))

    def _space(self, millimetres: float) -> None:
        from reportlab.lib.units import mm  # noqa: PLC0415
        from reportlab.platypus import Spacer  # noqa: PLC0415

        self._story.append(Spacer(0, millimetres * mm))

    @staticmethod
    def _paragraph(text: str, *, size: int) -> Any:
        from reportlab.lib.styles import ParagraphStyle  # noqa: PLC0415
        from reportlab.platypus import Paragraph  # noqa: PLC0415

        style = ParagraphStyle(
            f"s{size}", fontName=FONT, fontSize=size, leading=size * 1.4, wordWrap="CJK"
        )
        return Paragraph(_escaped(text) or "&nbsp;", style)


def _numbered(canvas: Any, document: Any) -> None:
    """Write the page's number below."""
    canvas.setFont(FONT, 7)
    canvas.drawCentredString(document.pagesize[0] / 2, 18, f"{document.page}")


def _cell(cell: Cell) -> str:
    if isinstance(cell, Words):
        return f"{cell.zh}\n{cell.en}"
    return cell[:LONGEST]


def _escaped(text: str) -> str:
    lines = text.split("\n")
    shown = ["".join(one if one.isprintable() else "?" for one in line) for line in lines]
    safe = [one.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for one in shown]
    return "<br/>".join(safe)
