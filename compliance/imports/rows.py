"""A list file that remembers the row it handed out last, so that later checks can refuse it."""

from collections.abc import Iterator

from compliance.lists import ListFile, Reject, RejectCode, Row
from compliance.lists.reject import RowProblemError, reject
from compliance.numbers import Words


class ImportFile(ListFile):
    """An open list whose rows are checked once more by the import itself."""

    _last: Row

    def __iter__(self) -> Iterator[Row]:
        """Read the rows, remembering each until the next one is asked for."""
        for row in super().__iter__():
            self._last = row
            yield row

    def refuse_last(self, code: RejectCode, words: Words) -> Reject:
        """Refuse the row that was read last."""
        return reject(self._last, self.headings.keys, RowProblemError(code, words))
