"""One spelling for a number, whoever wrote it down and however."""

from functools import lru_cache

from compliance.numbers import NumberProblem, normalise


@lru_cache(maxsize=65_536)
def same_number(text: str) -> str:
    """Return E.164 where the text is a number that people have, else its digits as they are."""
    try:
        return normalise(text).e164
    except NumberProblem:
        digits = "".join(sign for sign in text if sign.isdecimal())
        return digits or text.strip()
