"""From a number as people write it to the one way in which Yunhu writes it, E.164."""

import re
from dataclasses import dataclass

from compliance.numbers.classes import (
    MOBILE_PATTERN,
    NumberClass,
    classify_mobile,
    classify_national,
    national_number,
)
from compliance.numbers.masking import mask
from compliance.numbers.problems import NumberProblem, ProblemCode

_SHORTEST = 10  # digits of a national number, landline with area code
_LONGEST = 11

# Most cells are a mobile in one of these spellings and need no further reading.
_PLAIN = re.compile(rf"(?:\+86|0086|86|0)?({MOBILE_PATTERN})", re.ASCII)

# Full-width signs are typed by Chinese input methods; phones copy invisible direction marks.
_INVISIBLE = (
    *(0x00AD, 0x2060, 0xFEFF),  # soft hyphen, word joiner, byte order mark
    *range(0x200B, 0x2010),  # zero-width space and joiners, direction marks
    *range(0x202A, 0x202F),  # directional embeddings and overrides
    *range(0x2066, 0x206A),  # directional isolates
)
_TO_PLAIN: dict[int, int | None] = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_TO_PLAIN |= {0x3000: 0x20, 0x2212: 0x2D, 0x2018: 0x27, 0x2019: 0x27}
_TO_PLAIN |= dict.fromkeys(range(0x2010, 0x2016), 0x2D) | dict.fromkeys(_INVISIBLE)

_TEXT_CONSTANT = re.compile(r'="([^"]*)"')  # ="138…", by which exports keep a number as text
_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?[eE][+-]?[0-9]+", re.ASCII)
_DECIMALS = re.compile(r"\.0*$")  # 13800138000.0, a number that passed through a float
_SEVERAL = re.compile(r"[/\\,;|、\n\r]+|(?<=\d{7})\s+(?=\+?\d{10})", re.ASCII)
_SEPARATORS = re.compile(r"[\s.\-()\[\]·]+")
_DIALLED = re.compile(r"\+?[0-9]+", re.ASCII)
_LIKE_MOBILE = re.compile(r"1[3-9]", re.ASCII)
_LEAST_OF_SEVERAL = 7  # digits from which a part of a cell may be a number of its own

_REFUSED = {
    NumberClass.EMERGENCY: ProblemCode.EMERGENCY,
    NumberClass.SERVICE_95: ProblemCode.SERVICE,
    NumberClass.SERVICE_96: ProblemCode.SERVICE,
    NumberClass.SERVICE_1010: ProblemCode.SERVICE,
    NumberClass.PREMIUM: ProblemCode.SERVICE,
    NumberClass.PRIVACY_700: ProblemCode.PRIVACY,
}


_NO_ONES = frozenset({NumberClass.UNKNOWN, NumberClass.SHORT})


@dataclass(frozen=True, slots=True)
class Number:
    """A Chinese number that exists, as E.164; it shows itself masked."""

    e164: str
    number_class: NumberClass

    def __repr__(self) -> str:
        return f"Number({mask(self.e164)!r}, {self.number_class.value!r})"

    __str__ = __repr__


def normalise(text: str) -> Number:
    """Read a mainland number as people write it: `+86`, `0086`, separators, full-width digits.

    The class of the answer is MOBILE, MVNO, FIXED, SERVICE_400 or SERVICE_800.

    :raises NumberProblem: if the text is anything else, with a code that says what
    """
    plain = _PLAIN.fullmatch(text) or _PLAIN.fullmatch(_joined(text))
    if plain:
        return Number(f"+86{plain[1]}", classify_mobile(plain[1]))
    national = national_number(_dialled(text))
    if national is None:
        raise NumberProblem(ProblemCode.FOREIGN)
    kind = classify_national(national)
    if kind in _REFUSED:
        raise NumberProblem(_REFUSED[kind])
    if kind in _NO_ONES:
        raise NumberProblem(_by_length(national))
    return Number(f"+86{national}", kind)


def plain_text(text: str) -> str:
    """Undo what keyboards, phones and spreadsheets add to a cell: width, marks, `'`, `="…"`."""
    if text.isascii() and text.isalnum():
        return text  # as most cells are
    plain = (text if text.isascii() else text.translate(_TO_PLAIN)).strip()
    constant = _TEXT_CONSTANT.fullmatch(plain)
    return constant[1].strip() if constant else plain.removeprefix("'").strip()


def _joined(text: str) -> str:
    """Join groups of digits such as 138-0013-8000; a leading dash is a sign, and stays."""
    return text if text.startswith("-") else text.replace("-", "").replace(" ", "")


def _dialled(text: str) -> str:
    """Reduce a text to digits with an optional `+`."""
    plain = plain_text(text)
    _refuse_spreadsheet_damage(plain)
    whole = _without_decimals(plain)
    if _holds_several(whole):
        raise NumberProblem(ProblemCode.SEVERAL)
    digits = _SEPARATORS.sub("", whole)
    if whole.startswith("-") or not _DIALLED.fullmatch(digits):
        raise NumberProblem(ProblemCode.UNREADABLE)
    return digits


def _refuse_spreadsheet_damage(plain: str) -> None:
    if not plain:
        raise NumberProblem(ProblemCode.EMPTY)
    if _SCIENTIFIC.fullmatch(plain):
        raise NumberProblem(ProblemCode.SCIENTIFIC)
    if plain[0] in "=@":
        raise NumberProblem(ProblemCode.FORMULA)


def _without_decimals(plain: str) -> str:
    """Take off `.0`, where a float left it; read as a separator it would add a digit.

    138.0013.0000 has more dots than a float, so there they do separate.
    """
    return _DECIMALS.sub("", plain) if plain.count(".") == 1 else plain


def _holds_several(plain: str) -> bool:
    parts = [re.sub(r"\D", "", part) for part in _SEVERAL.split(plain)]
    return sum(len(part) >= _LEAST_OF_SEVERAL for part in parts) > 1


def _by_length(national: str) -> ProblemCode:
    if len(national) < (_LONGEST if _LIKE_MOBILE.match(national) else _SHORTEST):
        return ProblemCode.TOO_SHORT
    return ProblemCode.TOO_LONG if len(national) > _LONGEST else ProblemCode.UNASSIGNED
