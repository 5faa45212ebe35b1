"""The line protocol: what a line is asked, what it answers, and how an answer is named."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

E164 = re.compile(r"\+[0-9]{5,15}")
CALLER = re.compile(r"\+?[0-9]{3,20}")


class LineDownError(Exception):
    """The line cannot carry a call now; nothing was sent."""


class LineFullError(Exception):
    """The line carries as many calls as it may, or starts as many per second; nothing was sent."""


class NumberShapeError(ValueError):
    """A number holds something other than digits and a leading plus sign."""


class Outcome(StrEnum):
    """What a line heard of one call."""

    ANSWERED = "answered"
    BUSY = "busy"
    DECLINED = "declined"
    UNAVAILABLE = "unavailable"
    INVALID_NUMBER = "invalid_number"
    AUTH_FAILED = "auth_failed"
    FORBIDDEN = "forbidden"
    NOT_ACCEPTABLE = "not_acceptable"
    CONGESTION = "congestion"
    CARRIER_ERROR = "carrier_error"
    NO_ANSWER = "no_answer"
    CANCELED = "canceled"
    LINE_DOWN = "line_down"
    LOST = "lost"
    FAILED = "failed"


EndedBy = Literal["callee", "us", "carrier", "line"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRequest:
    """One call to place, under one permit."""

    permit_id: str
    callee: str  # E.164, '+8613…'
    caller_number: str  # the filed number, as sent in From and P-Asserted-Identity
    ring_seconds: int = 45
    max_talk_seconds: int = 1800

    def __post_init__(self) -> None:
        if E164.fullmatch(self.callee) is None:
            raise NumberShapeError("callee: write an E.164 number such as +8613800138000.")
        if CALLER.fullmatch(self.caller_number) is None:
            raise NumberShapeError("caller_number: write the filed number in digits only.")
        if self.ring_seconds <= 0 or self.max_talk_seconds <= 0:
            raise ValueError("ring_seconds and max_talk_seconds: write a number above 0.")


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteSent:
    """What the bytes of a call's first INVITE say, just before they leave."""

    permit_id: str  # of the call that they belong to; "": nobody knows of such a call
    call_id: str
    callee: str  # of the Request-URI
    caller: str  # of From
    disguised: bool  # To or P-Asserted-Identity names another number


NoteInvite = Callable[[InviteSent], object]  # an OSError keeps the INVITE from leaving


@dataclass(frozen=True, slots=True, kw_only=True)
class CallResult:
    """How one call ended."""

    outcome: Outcome
    sip_code: int | None
    reason: str  # the carrier's phrase or the driver's own, for people
    q850: int | None  # ITU-T Q.850 cause, where the carrier gave one
    ring_seconds: float  # from the first ringing signal to the answer or the end
    talk_seconds: float
    ended_by: EndedBy
    call_id: str


@dataclass(frozen=True, slots=True)
class Progress:
    """The carrier reported progress (180 ringing, 183 early media …)."""

    code: int


@dataclass(frozen=True, slots=True)
class Answered:
    """The callee's side picked up."""


@dataclass(frozen=True, slots=True)
class Digit:
    """The callee pressed one key: 0-9, *, #, A-D."""

    digit: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The call is over; the last event of every call, exactly once."""

    result: CallResult


LineEvent = Progress | Answered | Digit | Ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """What a line can carry now."""

    live: int  # calls between INVITE and end
    max_calls: int
    up: bool
    invites_sent: int  # calls whose first INVITE left, since the start
    late_ms: float  # worst lateness of the media clock in the last seconds


class CallHandle(Protocol):
    """A call that was placed; every method may be called from any thread in any state."""

    @property
    def call_id(self) -> str:
        """Name the call as it is named on the wire."""

    def wait_sent(self, *, timeout_seconds: float) -> bool:
        """Wait until the INVITE has left. Return False if it has not, or never will."""

    def hangup(self) -> None:
        """End the call: CANCEL while it rings, BYE when it is answered."""

    def send_digits(self, digits: str) -> None:
        """Press keys towards the callee."""

    def play(self, path: str | None) -> None:
        """Play an 8 kHz mono 16-bit WAV file to the callee; None goes back to silence."""


class Line(Protocol):
    """One way to place calls."""

    def note_invites(self, note: NoteInvite) -> None:
        """Have every call's INVITE told to `note` before it leaves; say so before the start."""

    def start(self) -> None:
        """Open the line."""

    def drain(self, *, timeout_seconds: float) -> None:
        """Refuse new calls and wait until the live ones have ended, or the time is over."""

    def stop(self) -> None:
        """End every call and close the line."""

    def capacity(self) -> Capacity:
        """Say what the line can carry now."""

    def originate(self, request: CallRequest, on_event: Callable[[LineEvent], None]) -> CallHandle:
        """Place one call without blocking; events arrive on the line's own thread.

        :raises LineDownError: before anything was sent
        :raises LineFullError: before anything was sent
        """


BY_CODE = {
    **dict.fromkeys((486, 600), Outcome.BUSY),
    **dict.fromkeys((603, 607, 608), Outcome.DECLINED),
    480: Outcome.UNAVAILABLE,
    **dict.fromkeys((404, 410, 416, 484, 485, 604), Outcome.INVALID_NUMBER),
    **dict.fromkeys((401, 407), Outcome.AUTH_FAILED),
    **dict.fromkeys((402, 403, 405), Outcome.FORBIDDEN),
    **dict.fromkeys((406, 415, 488, 606), Outcome.NOT_ACCEPTABLE),
    503: Outcome.CONGESTION,
    **dict.fromkeys((408, 504), Outcome.NO_ANSWER),
    487: Outcome.CANCELED,
}
BY_CLASS = {2: Outcome.ANSWERED, 5: Outcome.CARRIER_ERROR}
BY_Q850 = {
    17: Outcome.BUSY,
    **dict.fromkeys((18, 19), Outcome.NO_ANSWER),
    **dict.fromkeys((1, 22, 28), Outcome.INVALID_NUMBER),
    24: Outcome.DECLINED,
    **dict.fromkeys((34, 42), Outcome.CONGESTION),
}
UNWANTED_CODES = frozenset({607, 608})  # RFC 8197: unwanted; RFC 8688: rejected on the way there
UNWANTED_CAUSES = frozenset({24})  # Q.850: rejected by a feature that the callee has switched on
VAGUE = frozenset(
    {
        Outcome.UNAVAILABLE,
        Outcome.CONGESTION,
        Outcome.CARRIER_ERROR,
        Outcome.NO_ANSWER,
        Outcome.FAILED,
    }
)
RETRYABLE = frozenset(
    {
        Outcome.BUSY,
        Outcome.NO_ANSWER,
        Outcome.UNAVAILABLE,
        Outcome.CONGESTION,
        Outcome.LINE_DOWN,
    }
)
NOT_AN_ATTEMPT = frozenset({Outcome.CONGESTION, Outcome.LINE_DOWN})


def outcome_of(sip_code: int | None, q850: int | None) -> Outcome:
    """Name a final SIP code; a Q.850 cause decides where the code is vague.

    No code at all means that the carrier never replied: the line is down.
    """
    if sip_code is None:
        return Outcome.LINE_DOWN
    outcome = BY_CODE.get(sip_code) or BY_CLASS.get(sip_code // 100, Outcome.FAILED)
    if outcome in VAGUE and q850 is not None:
        return BY_Q850.get(q850, outcome)
    return outcome


def unwanted(sip_code: int | None, q850: int | None) -> bool:
    """Say whether the carrier reports a callee who does not want such calls at all."""
    return sip_code in UNWANTED_CODES or q850 in UNWANTED_CAUSES


def retryable(outcome: Outcome) -> bool:
    """Say whether another try later may reach the person."""
    return outcome in RETRYABLE


def consumes_attempt(outcome: Outcome) -> bool:
    """Say whether the try counts against the lead; a network's failure does not."""
    return outcome not in NOT_AN_ATTEMPT
