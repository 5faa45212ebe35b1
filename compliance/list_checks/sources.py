"""LST-03: when rows without a lawful source are so many that having them may be a crime."""

from collections.abc import Iterable

from compliance.list_checks.limits import limits
from compliance.list_checks.stopped import ListStoppedError
from compliance.list_checks.words import KINDS, kind_of_column
from compliance.numbers import Words

CRIMINAL = Words(
    "{rows} 行没有合法来源，达到入罪数量线（{most} 条）。名单冻结，"
    "上传人的其他名单待核查，请立即报告法务。",
    "{rows} rows have no lawful source, which reaches the criminal threshold of {most}. The list "
    "is frozen and the uploader's other lists are held. Tell counsel now.",
)


def worst_kind(headings: Iterable[str]) -> str:
    """Return the kind of data on which the threshold depends, by all of a file's columns."""
    found = {kind_of_column(heading) for heading in headings}
    return next((kind for kind in KINDS if kind in found), "plain")


def refuse_criminal_count(*, unsourced: int, headings: Iterable[str]) -> None:
    """Refuse a list with so many unsourced rows that having them may be a crime.

    :raises ListStoppedError: if it has; the list is frozen
    """
    most = limits("CN13-LST-03")[worst_kind(headings)]
    if unsourced >= most:
        words = CRIMINAL.filled(rows=unsourced, most=most)
        raise ListStoppedError(
            words, cause="LST-03", state="frozen", facts={"unsourced": unsourced}
        )
