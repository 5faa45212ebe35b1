"""One part of the system as people read it: how it is, what follows for calls, what to do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from compliance.numbers import Words


class State(StrEnum):
    """How a part is; the worst comes last."""

    ABSENT = "absent"  # not set up here, which the part's sentence says
    FINE = "fine"
    LATE = "late"  # it works, and somebody has to look after it
    UNKNOWN = "unknown"  # nobody can tell, which is never a yes
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What a part is called, what it means for calls, and what to do when it is not fine."""

    code: str
    name: Words
    means: Words
    do: Words
    url: str = ""  # the name of the page that tells more
    stops: bool = False  # while it is broken, no new call leaves, or none that it concerns

    def seen(
        self,
        state: State,
        said: Words,
        *,
        since: datetime | None = None,
        of: str = "",
        stops: bool | None = None,
    ) -> "Part":
        """Return the part as it was seen; `of` names one of several of its kind."""
        bad = state in (State.BROKEN, State.UNKNOWN)
        return Part(
            face=self,
            of=of,
            state=state,
            said=said,
            since=since,
            stops_now=bad and (self.stops if stops is None else stops),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part, now."""

    face: Face
    of: str
    state: State
    said: Words
    since: datetime | None  # host's clock; None: the marks tell since when
    stops_now: bool

    @property
    def code(self) -> str:
        """Return what the marks call it."""
        return f"{self.face.code}:{self.of}" if self.of else self.face.code


Reader = Callable[[datetime], Iterator[Part]]  # takes the instant of the rules
