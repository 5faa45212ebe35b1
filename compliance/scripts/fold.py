"""Reduce a text to what it says: no separators, one width, one case, simplified signs.

Whoever puts dots, spaces or signs without width into 免费, or writes 免費, still says 免费. Every
sign of the folded text remembers where it stood, so that a finding can point at the words as
they were written.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

_KEPT = ("L", "N")  # letters and digits; marks, punctuation, symbols and spaces say nothing
_SIGNS_SEEN = 8192


@dataclass(frozen=True, slots=True)
class Folded:
    """A text without its disguises."""

    text: str
    places: tuple[int, ...]  # where each sign stood in the original

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a part of the folded text stands in the original, end excluded."""
        return self.places[start], self.places[end - 1] + 1


def fold(text: str) -> Folded:
    """Fold a text, sign by sign."""
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        said = fold_sign(sign)
        signs.append(said)
        places.extend([place] * len(said))
    return Folded("".join(signs), tuple(places))


@lru_cache(maxsize=_SIGNS_SEEN)
def fold_sign(sign: str) -> str:
    """Return what one sign says; nothing if it only separates others."""
    plain = unicodedata.normalize("NFKC", sign).casefold()
    kept = [one for one in plain if unicodedata.category(one).startswith(_KEPT)]
    return "".join(_variants().get(one, one) for one in kept)


@cache
def _variants() -> Mapping[str, str]:
    """Return the simplified form of each traditional sign, from OpenCC's tables."""
    lines = files("compliance.scripts").joinpath("variants.tsv").read_text("utf-8").splitlines()
    return {line[0]: line[1] for line in lines if not line.startswith("#")}
