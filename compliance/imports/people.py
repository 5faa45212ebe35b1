"""The person's part of a staged row: the number only sealed, and behind its blind index."""

import struct

from compliance.imports import binary
from compliance.numbers import Number, localities, mask
from compliance.numbers.classes import PERSONAL
from compliance.vault import Bulk

FIELDS = {
    "line": "int8",  # in the file
    "number_index": "bytea",
    "number_sealed": "bytea",
    "masked": "text",
    "number_class": "text",
    "provinces": "text",  # codes with commas between them
    "places_version": "text",
}
_head = struct.Struct(">iqi32si").pack  # an int8, the index, and how long the sealed number is
_length = struct.Struct(">i").pack
_PREFIX = slice(3, 10)  # seven digits after +86, which decide about the provinces


class PersonCells:
    """Writes the cells of `FIELDS`; what numbers of one prefix share is written once."""

    def __init__(self) -> None:
        """Read the keys once."""
        self.bulk = Bulk()
        self._shared: dict[tuple[str, str], bytes] = {}

    def cells(self, line: int, number: Number, index: bytes) -> bytes:
        """Write who stands on a line of the list; `index` is `bulk.index` of the number."""
        e164 = number.e164
        prefix = number.number_class, e164[_PREFIX]
        shared = self._shared.get(prefix)
        if shared is None:
            there = localities(e164)
            texts = (number.number_class.value, ",".join(there.provinces), there.source)
            shared = self._shared[prefix] = b"".join(map(binary.text, texts))
        sealed = self.bulk.seal(e164, index)
        shown = (_mask(e164) if number.number_class in PERSONAL else mask(e164)).encode()
        return (
            _head(8, line, len(index), index, len(sealed)) + sealed + _length(len(shown)) + shown
            + shared
        )  # fmt: skip


def _mask(e164: str) -> str:
    """Do what `mask` does to a mobile, without asking again what it is."""
    return f"{e164[3:6]}****{e164[-4:]}"
