"""What needs the database in a demo is done by a copy of the supervisor, which itself needs none.

So nothing holds up the supervisor, and what it forks its processes from has no connection, no key
and no setting in it.
"""

import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from config.child import die_with_parent
from config.forked import FORK, signals_anew, signals_later
from config.sentences import SentenceError


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """The sample is in its database."""

    trunk: str
    password: str  # of every demo account
    database_url: str  # of the application's role
    role_urls: Mapping[str, str]  # of the other roles, by the variable that says so
    sentence: str
    refused_campaign: str
    refused_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUp:
    """The line process serves its trunk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence for the user."""

    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The sample has ended."""

    figures: dict[str, Any]
    agrees: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Something that a person must know ended the work."""

    zh: str
    en: str


Word = Prepared | LineUp | Said | Counted | Failed
Tell = Callable[[Word], None]


class AsideEndedError(SentenceError):
    """The copy has ended before its time."""


class Aside:
    """A copy of this process at work, and what it has told."""

    def __init__(self, work: Callable[[Tell], None], *, say: Callable[[str], None]) -> None:
        """Let a copy of this process do the work."""
        self._say = say
        self._words: list[Word] = []
        self._hears, tells = FORK.Pipe(duplex=False)
        tie = die_with_parent(signal.SIGKILL)

        def do() -> None:
            os.setsid()  # Ctrl-C is for the supervisor
            tie()
            signals_anew()
            sys.stdout = sys.stderr  # the user's last line of output is the supervisor's
            try:
                work(tells.send)
            except SentenceError as problem:
                tells.send(Failed(zh=problem.zh, en=problem.en))

        self._process = FORK.Process(target=do, name="aside")
        with signals_later():
            self._process.start()
        tells.close()

    def prepared(self) -> Prepared | None:
        """Return what was prepared, None before."""
        return next((one for one in self._heard() if isinstance(one, Prepared)), None)

    def line_up(self) -> bool:
        """Tell whether the line process has been seen at work."""
        return any(isinstance(one, LineUp) for one in self._heard())

    def counted(self) -> Counted | None:
        """Return the figures of the end, None before; say meanwhile how far it is."""
        return next((one for one in self._heard() if isinstance(one, Counted)), None)

    def close(self) -> None:
        """End the copy, whatever it is at."""
        self._process.kill()
        self._process.join()

    def _heard(self) -> list[Word]:
        """Return all that was told but sentences, which are said.

        :raises SentenceError: if the work cannot be done
        """
        try:
            while self._hears.poll():
                self._hear(self._hears.recv())
        except EOFError:
            if not any(isinstance(one, Counted) for one in self._words):
                raise AsideEndedError(
                    zh="演示的准备与观察进程意外结束：请看上面的原因。",
                    en="What prepares and watches the demo has ended: see the reason above.",
                ) from None
        return self._words

    def _hear(self, word: Word) -> None:
        match word:
            case Said():
                self._say(word.sentence)
            case Failed():
                raise SentenceError(zh=word.zh, en=word.en)
            case _:
                self._words.append(word)
