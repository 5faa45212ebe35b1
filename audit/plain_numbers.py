"""Notice a telephone number in text that is kept for ever, before it is kept."""

import json
import re
from unicodedata import decimal

from audit.storable import storable

# Digits in a row, as people group them: found fast, and then looked at closely.
_RUN = re.compile(r"[0-9][0-9 -]{7,}[0-9]")

# Inside a word of hexadecimal a run is chance, not a number: digests and identifiers are full of
# them. JSON writes two control characters as \b and \f, whose letter does not make a word.
_START = r"(?:(?<![0-9a-fA-F])|(?<=\\[bf]))"
_END = r"(?![0-9a-fA-F])"
_MOBILE = r"(?:(?:00)?86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}"
# Not after a dash: the last group of a UUID can be twelve digits.
_LANDLINE = r"(?<!-)0[1-9][0-9]{1,2}[ -]?[0-9]{7,8}"
_DIALLED_ABROAD = r"(?<!-)00[1-9][0-9]{8,13}"
_INTERNATIONAL = r"\+[0-9][0-9 -]{6,16}[0-9]"  # E.164

_NUMBER = re.compile(
    rf"{_START}(?:{_MOBILE}|{_LANDLINE}|{_DIALLED_ABROAD}){_END}|{_INTERNATIONAL}"
)

BLOT = "***"


class _Plain(dict[int, int | str]):
    """One character for one character, so that places in the text stay what they are.

    Each is looked up when it is first met: all that there are would take every process a while.
    """

    def __missing__(self, point: int) -> int | str:
        digit = decimal(chr(point), None)
        if digit is None:
            return point
        self[point] = str(digit)
        return self[point]


_PLAIN = _Plain(str.maketrans("＋－　", "+- "))


def plain_number_in(text: str) -> bool:
    """Return True if the text shows what looks like a telephone number, in digits of any width.

    It is a net under the rule that personal data goes into `pii`, and rather catches too much.
    """
    if not text.isascii():
        text = text.translate(_PLAIN)
    return any(
        _NUMBER.search(text, max(run.start() - 1, 0), run.end() + 1) for run in _RUN.finditer(text)
    )


def without_numbers(text: str) -> str:
    """Return what a person wrote with telephone numbers blotted out, so that it can be recorded.

    For free text that must never stand in the way, such as the reason for the kill switch.
    """
    text = storable(text)
    blotted = text
    for number in reversed(list(_NUMBER.finditer(text.translate(_PLAIN)))):
        blotted = blotted[: number.start()] + BLOT + blotted[number.end() :]
    # What still shows once it is JSON is no number that a person wrote: leave no digit.
    if plain_number_in(json.dumps(blotted, ensure_ascii=False)):
        return "".join("*" if character.isdecimal() else character for character in blotted)
    return blotted
