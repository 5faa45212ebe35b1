"""A sentence for a person to read, in Chinese and in English, never in one of them alone."""

import re
from dataclasses import dataclass

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_ENGLISH = re.compile(r"[A-Za-z]")


class WordsError(ValueError):
    """A sentence lacks one of its two languages."""


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence in both languages; `{name}` is filled by `filled`."""

    zh: str
    en: str

    def __post_init__(self) -> None:
        if not (_CHINESE.search(self.zh) and _ENGLISH.search(self.en)):
            raise WordsError("Write the sentence in Chinese and in English.")

    def filled(self, **values: object) -> "Words":
        """Return the sentence with its `{name}` places filled, the same in both languages."""
        return Words(self.zh.format_map(values), self.en.format_map(values))

    def __str__(self) -> str:
        return f"{self.zh} {self.en}"
