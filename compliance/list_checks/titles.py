"""LST-02: what the names of a file, a list and its columns give away."""

from collections.abc import Iterable

from compliance.list_checks.stopped import ListStoppedError
from compliance.list_checks.words import illicit_title
from compliance.numbers import Words

ILLICIT = Words(
    "文件名、名单名或列名含“{word}”，属于买卖、交换或泄露名单的常见名称，拒收并待核查。",
    "The name of the file, the list or a column holds “{word}”, as lists that are sold or leaked "
    "do. It is not taken, and somebody in compliance has to look.",
)


def refuse_illicit_titles(*, file_name: str, list_name: str, headings: Iterable[str]) -> None:
    """Refuse a list under a name by which leaked lists are sold.

    :raises ListStoppedError: if it has one; the list, if it exists, is held
    """
    for text in (file_name, list_name, *headings):
        word = illicit_title(text)
        if word:
            raise ListStoppedError(ILLICIT.filled(word=word), cause="LST-02", state="held")
