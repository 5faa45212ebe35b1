"""The line protocol: what a line is asked, what it answers, and how an answer is named."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from dialer.lines.open_dialog import DialogKeeper, OpenDialog, OrphanHeard

E164 = re.compile(r"\+[0-9]{5,15}")
CALLER = re.compile(r"\+?[0-9]{3,20}")
LEAST_RING_SECONDS = 15  # RULEBOOK NUM-13: no hanging up before the phone could be heard


class LineDownError(Exception):
    """The line cannot carry a call now; nothing was sent."""


class LineFullError(Exception):
    """The line carries as many calls as it may, or starts as many per second; nothing was sent."""


class NumberShapeError(ValueError):
    """A number holds something other than digits and a leading plus sign."""


class RingTooShortError(ValueError):
    """A call that would be given up before the callee could hear it."""


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
    ABANDONED = "abandoned"  # answered, and no agent was heard in time


EndedBy = Literal["callee", "us", "agent", "carrier", "line"]
Side = Literal["callee", "us"]  # who is heard


class CallRecorder(Protocol):
    """Takes what both sides of one call say, on the line's own thread."""

    @property
    def healthy(self) -> bool:
        """Whether everything so far is kept."""

    def take(self, *, side: Side, position: int, payload: bytes, codec: int) -> None:
        """Take one packet of G.711; never block, never raise.

        `position` counts samples at 8 kHz since the answer; `codec` is 0 (PCMU) or 8 (PCMA).
        """

    def close(self) -> None:
        """Take no more: the call has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRequest:
    """One call to place, under one permit."""

    permit_id: str
    callee: str  # E.164, '+8613…'
    caller_number: str  # the filed number, as sent in From and P-Asserted-Identity
    ring_seconds: int = 45
    max_talk_seconds: int = 1800
    silence_seconds: int = 20  # a call that hears nobody for so long ends
    dead_air_seconds: int | None = None  # … and one whose callee hears nobody; None: not watched
    identity: str = ""  # value of the Identity header (RFC 8224), of this permit
    recorder: CallRecorder | None = None

    def __post_init__(self) -> None:
        if E164.fullmatch(self.callee) is None:
            raise NumberShapeError("callee: write an E.164 number such as +8613800138000.")
        if CALLER.fullmatch(self.caller_number) is None:
            raise NumberShapeError("caller_number: write the filed number in digits only.")
        if not self.identity.isprintable():
            raise ValueError("identity: write one line.")
        if min(self.ring_seconds, self.max_talk_seconds, self.silence_seconds) <= 0:
            raise ValueError("ring, max_talk and silence_seconds: write a number above 0.")
        if self.ring_seconds < LEAST_RING_SECONDS:
            raise RingTooShortError(f"ring_seconds: write {LEAST_RING_SECONDS} or more.")


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteSent:
    """What the bytes of a call's first INVITE say, just before they leave or are kept back."""

    permit_id: str  # of the call that they belong to; "": nobody knows of such a call
    call_id: str
    callee: str  # of the Request-URI
    caller: str  # of From
    disguised: bool  # To or P-Asserted-Identity names another number
    refused: str = ""  # why the edge kept it back (`sip/edge.Why`); "": it leaves


NoteInvite = Callable[[InviteSent], object]  # an OSError keeps the INVITE from leaving


RefusedKind = Literal["transfer", "redirect", "fork", "inbound"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRequest:
    """Something that a carrier asked for and that the line refused or took down."""

    kind: RefusedKind
    permit_id: str  # of the call in which it was asked; "": in none
    call_id: str
    asked: str  # the address asked for, as it was written, with any number in it; "": none


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAlarm:
    """A line has paused itself: the carrier turned one call after the other away."""

    outcome: Outcome  # of the last of them
    in_a_row: int


NoteRefused = Callable[[RefusedRequest], object]  # on the line's thread: neither blocks nor raises
NoteAlarm = Callable[[LineAlarm], object]  # the same


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
class PromptEnded:
    """The prompt was played to its end; one that was replaced, stopped or bridged is not told."""


@dataclass(frozen=True, slots=True)
class Held:
    """The other side put us on hold, or took us back."""

    on: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """The call is over; the last event of every call, exactly once."""

    result: CallResult


LineEvent = Progress | Answered | Digit | PromptEnded | Held | Ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """What a line can carry now."""

    live: int  # calls between INVITE and end
    max_calls: int
    up: bool
    invites_sent: int  # calls whose first INVITE left, since the start
    late_ms: float  # worst lateness of the media clock in the last seconds
    advertised: int  # calls that pacing may count on: fewer than `max_calls` while late, 0 if down
    reason: str = ""  # why the line is down, for people


class Room(Protocol):
    """All that a line keeps for one call, so that no permit is spent for want of it."""

    def give_back(self) -> None:
        """Let another call have it, unless a call has taken it, or it was given back before."""


class CallHandle(Protocol):
    """A call that was placed; every method may be called from any thread in any state."""

    @property
    def call_id(self) -> str:
        """Name the call as it is named on the wire."""

    def wait_sent(self, *, timeout_seconds: float) -> bool:
        """Wait until the INVITE has left. Return False if it has not, or never will."""

    def withhold(self) -> bool:
        """Have the INVITE never leave, and the call end as `line_down`, unless it has left.

        Return whether it has; one that is leaving this very moment is waited for.
        """

    def hangup(self) -> None:
        """End the call: CANCEL while it rings, BYE when it is answered."""

    def send_digits(self, digits: str) -> None:
        """Press keys towards the callee."""

    def play(self, path: str | None, *, then: Callable[[], object] | None = None) -> None:
        """Play an 8 kHz mono 16-bit WAV file to the callee; None goes back to silence.

        A bridged call hears it in place of the other call. `then` runs on the line's thread
        right after `PromptEnded`.
        """

    def bridge(self, other: "CallHandle") -> None:
        """Let two calls of one line process hear each other; a prompt of either one stops.

        Whatever either was bridged with before hears it no more. A call that is not answered yet
        joins when it is; when one ends, the other hears silence.
        """

    def unbridge(self) -> None:
        """Let the two hear each other no more."""

    def hold(self, on: bool) -> None:  # noqa: FBT001 - the name says it
        """Keep this call's side from hearing the one it is bridged with, and from being heard.

        It hears silence, or what is played to it; its keys are told and its voice is recorded.
        """


class Line(Protocol):
    """One way to place calls."""

    def note_invites(self, note: NoteInvite, *, spent: Iterable[tuple[str, datetime]]) -> None:
        """Have every call's INVITE told to `note` before it leaves; say so before the start.

        `spent` are the permits whose INVITE left before, and when by the host's clock.
        """

    def note_refused(self, note: NoteRefused) -> None:
        """Have transfers, redirects, forks and calls to us told; say so before the start."""

    def note_alarms(self, note: NoteAlarm) -> None:
        """Have it told when the line pauses itself; say so before the start."""

    def pause(self) -> None:
        """Take no new call until `resume`; calls that are up go on."""

    def resume(self) -> None:
        """Take calls again."""

    def keep_dialogs(self, keeper: DialogKeeper) -> None:
        """Have every call's dialog told to `keeper`, until it is over; say so before the start."""

    def end_orphans(self, orphans: Sequence[OpenDialog], on_end: OrphanHeard) -> None:
        """End the calls that a former process left up, after the start; say so before."""

    def start(self) -> None:
        """Open the line."""

    def drain(self, *, timeout_seconds: float) -> None:
        """Refuse new calls and wait until the live ones have ended, or the time is over."""

    def stop(self) -> None:
        """End every call and close the line."""

    def capacity(self) -> Capacity:
        """Say what the line can carry now."""

    def reserve(self) -> Room:
        """Keep room for one call, before its permit is spent; whoever asks gives it back.

        :raises LineDownError: if the line takes no call now
        :raises LineFullError: if it carries as many as it may, or starts as many per second
        """

    def originate(
        self,
        request: CallRequest,
        on_event: Callable[[LineEvent], None],
        *,
        room: Room | None = None,
    ) -> CallHandle:
        """Place one call without blocking; events arrive on the line's own thread.

        :param room: what `reserve` of this line has kept for it; without, it is asked for now
        :raises LineDownError: before anything was sent
        :raises LineFullError: before anything was sent; not with a room
        """
