"""Where one call is, what happened to it and when; told at its end as a `CallResult`."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from threading import Event, Lock

from dialer.lines.base import CallResult, EndedBy, Outcome


class State(Enum):
    """Where a call is."""

    CALLING = auto()  # INVITE sent, nothing heard
    PROCEEDING = auto()  # a provisional answer came
    ANSWERED = auto()
    HANGING_UP = auto()  # BYE sent
    OVER = auto()  # told; late packets are still answered


EARLY = frozenset({State.CALLING, State.PROCEEDING})


@dataclass(kw_only=True)
class Story:
    """Instants are seconds of the monotonic clock."""

    rang_at: float | None = None
    answered_at: float | None = None
    ended_at: float | None = None
    sip_code: int | None = None
    reason: str = ""
    q850: int | None = None
    ended_by: EndedBy = "line"
    on_wire: bool = False  # the INVITE left
    settled: Event = field(default_factory=Event)  # … or it never will
    withheld: bool = False  # nobody waits for the INVITE any more: it must not leave
    _leaving: Lock = field(default_factory=Lock)  # while it leaves, or is withheld

    def leave(self, send: Callable[[], bool]) -> bool:
        """Have the INVITE leave for the first time. Return False if it has not, or must not."""
        with self._leaving:
            if self.withheld or not send():
                return False
            self.on_wire = True
        self.settled.set()
        return True

    def withhold(self) -> bool:
        """Have the INVITE never leave, unless it has. Return whether it has."""
        with self._leaving:
            self.withheld = not self.on_wire
            return self.on_wire

    def rang(self) -> None:
        """Note the first ringing signal."""
        self.rang_at = self.rang_at or time.monotonic()

    def answered(self, *, sip_code: int, reason: str) -> None:
        """Note the answer."""
        self.answered_at = time.monotonic()
        self.sip_code, self.reason = sip_code, reason

    def ended(self, *, by: EndedBy) -> None:
        """Note the end; the first to say so is believed."""
        if self.ended_at is None:
            self.ended_at = time.monotonic()
            self.ended_by = by

    def why(self, *, sip_code: int | None, reason: str, q850: int | None = None) -> None:
        """Note the code, the phrase and the Q.850 cause of the end."""
        self.sip_code, self.reason, self.q850 = sip_code, reason, q850

    def result(self, *, outcome: Outcome, call_id: str) -> CallResult:
        """Tell it."""
        self.settled.set()
        return CallResult(
            outcome=outcome,
            sip_code=self.sip_code,
            reason=self.reason,
            q850=self.q850,
            ring_seconds=_between(self.rang_at, self.answered_at or self.ended_at),
            talk_seconds=_between(self.answered_at, self.ended_at),
            ended_by=self.ended_by,
            call_id=call_id,
        )


def _between(start: float | None, end: float | None) -> float:
    return 0.0 if start is None or end is None else end - start
