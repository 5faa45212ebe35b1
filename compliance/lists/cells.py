"""What single cells say: a number, a name or note, and whether a formula hides in them."""

import re

from compliance.lists.reject import RejectCode, RowProblemError
from compliance.numbers import Number, NumberClass, NumberProblem, Words, normalise
from compliance.numbers.normalise import plain_text

LONGEST_TEXT = 100  # signs of a name, reference or source

_NOTHING = frozenset({"", "-", "--", "—", "——", "/", "无", "null", "none", "n/a", "#n/a"})
_PLAIN = re.compile(r"[A-Za-z0-9_\u4e00-\u9fff]+")
_FORMULA_STARTS = ("=", "+", "-", "@")
_SERVICES = frozenset({NumberClass.SERVICE_400, NumberClass.SERVICE_800})

LANDLINE = Words(
    "这是座机号码；本名单只接受手机。", "It is a landline; this list takes mobiles only."
)
SERVICE = Words(
    "这是400或800服务号码，不是个人号码。", "It is a 400 or 800 service number, not a person's."
)
FORMULA = Words(
    "“{label_zh}”单元格像公式。请粘贴为数值或改写。",
    "The cell of “{label_en}” looks like a formula. Paste it as a value or rewrite it.",
)
LONG = Words("“{label_zh}”超过 {most} 个字符。", "“{label_en}” is longer than {most} characters.")


def read_number(cell: str, *, mobile_only: bool) -> Number:
    """Read a number that a person may be called on.

    :raises RowProblemError: if it is none, or a landline where a mobile is asked
    """
    try:
        number = normalise(cell)
    except NumberProblem as problem:
        raise RowProblemError(problem.code, problem.words) from None
    if number.number_class in _SERVICES:
        raise RowProblemError(RejectCode.CALLED_FREE, SERVICE)
    if mobile_only and number.number_class is NumberClass.FIXED:
        raise RowProblemError(RejectCode.LANDLINE, LANDLINE)
    return number


def read_text(cell: str, *, label: Words, longest: int = LONGEST_TEXT) -> str | None:
    """Read a name or note; None if it says nothing.

    :raises RowProblemError: if it is longer than `longest`, or a spreadsheet could run it
    """
    if not cell:
        return None
    if _PLAIN.fullmatch(cell) and len(cell) <= longest and cell.lower() not in _NOTHING:
        return cell  # as most are
    text = " ".join(plain_text(cell).split())
    if text.casefold() in _NOTHING:
        return None
    if text.startswith(_FORMULA_STARTS):
        words = FORMULA.filled(label_zh=label.zh, label_en=label.en)
        raise RowProblemError(RejectCode.FORMULA_TEXT, words)
    if len(text) > longest:
        words = LONG.filled(label_zh=label.zh, label_en=label.en, most=longest)
        raise RowProblemError(RejectCode.LONG_TEXT, words)
    return text
