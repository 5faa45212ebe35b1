"""Numbers as people may see them: enough to recognise, too little to dial."""

import re
from unicodedata import decimal

from compliance.numbers.classes import NumberClass, classify, national_number

_STARS = "****"
_LAST = 4  # digits that stay readable at the end
_MOBILE_FIRST = 3
_MANY = 11  # signs from which the ends of a free text may show as those of a mobile do
_FEW = 5  # signs up to which a free text with digits has nothing to hide
_LEAST_FOREIGN = 6

_SPACING = re.compile(r"[\s\-.()（）\u200b-\u200f\u202a-\u202e]+")
# What may stand between two digits of one number, also as JSON writes it.
_BETWEEN = r"(?:[\s\-.()（）–－\u200b-\u200f\u202a-\u202e]|\\+[tnrfb]){0,3}"
_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]+", re.ASCII)
_AREA = re.compile(r"10|2\d|\d{3}", re.ASCII)


def mask(number: str) -> str:
    """Show an E.164 number as `138****8000`, `010-****5678`, `+1****2671`, or a short one whole.

    A text that is no number at all is masked by `mask_text`.
    """
    kind = classify(number)
    if kind is NumberClass.UNKNOWN:
        return mask_text(number)
    if kind is NumberClass.FOREIGN:
        return _mask_foreign(number)
    return _mask_chinese(national_number(number) or "", kind)


def mask_text(text: str) -> str:
    """Show what somebody wrote in a number's place without giving the number, or a name, away."""
    signs = _SPACING.sub("", text)
    if _SCIENTIFIC.fullmatch(text.strip()):
        return text.strip()  # what it was has been lost already
    if len(signs) >= _MANY:
        return signs[:_MOBILE_FIRST] + _STARS + signs[-_LAST:]
    if not any(sign.isdigit() for sign in signs):
        return signs[:1] + _STARS if signs else ""
    return signs if len(signs) <= _FEW else signs[:2] + _STARS + signs[-2:]


def mask_within(text: str, number: str) -> str:
    """Mask one E.164 number wherever a text holds it, however it is grouped and wide."""
    national = number.removeprefix("+86")
    digits = _BETWEEN.join(national.removeprefix("+"))
    sign = r"\+?" if national.startswith("+") else ""
    plain = text if text.isascii() else "".join(map(_plain_digit, text))
    masked, shown = text, mask(number)
    for found in reversed(list(re.finditer(sign + digits, plain))):
        masked = masked[: found.start()] + shown + masked[found.end() :]
    return masked


def _plain_digit(sign: str) -> str:
    return str(decimal(sign)) if sign.isdecimal() else sign


def _mask_chinese(national: str, kind: NumberClass) -> str:
    if kind in (NumberClass.MOBILE, NumberClass.MVNO):
        return national[:_MOBILE_FIRST] + _STARS + national[-_LAST:]
    if kind is NumberClass.FIXED:
        area = _AREA.match(national)
        return f"0{area.group() if area else ''}-{_STARS}{national[-_LAST:]}"
    return national  # a service or rescue number is public


def _mask_foreign(number: str) -> str:
    digits = number.removeprefix("+").removeprefix("00")
    if len(digits) <= _LEAST_FOREIGN:
        return "+" + _STARS
    return f"+{digits[:2] if digits[0] not in '17' else digits[0]}{_STARS}{digits[-_LAST:]}"
