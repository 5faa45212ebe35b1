"""What a kind of long work has to say: its name for people, and the function that does it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from console.models import Job


class Report(Protocol):
    """Says how far the work is; call it as often as you like."""

    def __call__(self, *, done: int, of: int, words: tuple[str, str] = ("", "")) -> None:
        """Tell that `done` of `of` are done, and in words (中文, English) what is being done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of it: a sentence in both languages, and the path of the page that shows it."""

    zh: str
    en: str
    url: str = ""


class JobFailedError(Exception):
    """The work cannot be done; `zh` and `en` say why to whoever started it."""

    def __init__(self, zh: str, en: str) -> None:
        """Keep both sentences."""
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of work; `run` takes the job and a report, in a worker, outside a transaction.

    It must be fit to be started again after a kill: what it did before is there, or is not.
    """

    code: str
    zh: str
    en: str
    run: Callable[[Job, Report], Result]
    roles: frozenset[str]  # who may start it
