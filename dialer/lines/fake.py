"""A line without sockets: plays a script of events, remembers every INVITE it would have sent."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from dialer.lines.base import (
    Answered,
    CallHandle,
    CallRequest,
    CallResult,
    Capacity,
    Ended,
    EndedBy,
    InviteSent,
    LineDownError,
    LineEvent,
    LineFullError,
    NoteAlarm,
    NoteInvite,
    NoteRefused,
    Outcome,
    PromptEnded,
    Room,
)
from dialer.lines.open_dialog import DialogKeeper, OpenDialog, OrphanEnded, OrphanHeard

Script = Callable[[CallRequest], Sequence[LineEvent]] | Mapping[str, Sequence[LineEvent]]


def ended(
    outcome: Outcome,
    *,
    sip_code: int | None = None,
    talk_seconds: float = 0.0,
    ended_by: EndedBy = "callee",
) -> Ended:
    """Make the last event of a script; the fake line fills in the call's id."""
    result = CallResult(
        outcome=outcome,
        sip_code=sip_code,
        reason=outcome.value,
        q850=None,
        ring_seconds=0.0,
        talk_seconds=talk_seconds,
        ended_by=ended_by,
        call_id="",
    )
    return Ended(result)


class FakeCall:
    """One call of the fake line."""

    def __init__(
        self,
        *,
        call_id: str,
        request: CallRequest,
        events: Sequence[LineEvent],
        on_event: Callable[[LineEvent], None],
    ) -> None:
        self.call_id = call_id
        self.request = request
        self.bridged: CallHandle | None = None
        self.held = False
        self.digits_sent = ""
        self.playing: str | None = None
        self.played: list[str] = []  # every file, in order
        self.answered = False
        self.over = False
        self._events = deque(events)
        self._on_event = on_event
        self._then: Callable[[], object] | None = None

    def step(self) -> bool:
        """Deliver the script's next event. Return False if there was none."""
        if self.over or not self._events:
            return False
        self._deliver(self._events.popleft())
        return True

    def wait_sent(self, *, timeout_seconds: float) -> bool:  # noqa: ARG002 - the protocol's
        """Return True: the fake line sends at once."""
        return True

    def withhold(self) -> bool:
        """Return True: it has left."""
        return True

    def hangup(self) -> None:
        """End the call from our side; a second time changes nothing."""
        outcome = Outcome.ANSWERED if self.answered else Outcome.CANCELED
        self._deliver(ended(outcome, ended_by="us"))

    def say(self, event: LineEvent) -> None:
        """Deliver an event that is not in the script: a key, a hold, the end."""
        self._deliver(event)

    def end_prompt(self) -> None:
        """Let the prompt come to its end."""
        then, self._then, self.playing = self._then, None, None
        self._deliver(PromptEnded())
        if then is not None:
            then()

    def lose(self) -> None:
        """End the call because the line went away."""
        self._deliver(ended(Outcome.LOST, ended_by="line"))

    def send_digits(self, digits: str) -> None:
        """Remember the keys."""
        self.digits_sent += digits

    def play(self, path: str | None, *, then: Callable[[], object] | None = None) -> None:
        """Remember the file; a test ends it by `end_prompt`."""
        self.playing = path
        self._then = then
        self.played += [path] if path else []

    def bridge(self, other: CallHandle) -> None:
        """Remember the other call, on both sides."""
        self.unbridge()
        self.bridged, self.playing, self._then = other, None, None
        if isinstance(other, FakeCall):
            other.unbridge()
            other.bridged, other.playing, other._then = self, None, None  # noqa: SLF001

    def unbridge(self) -> None:
        """Forget it, on both sides."""
        other, self.bridged = self.bridged, None
        if isinstance(other, FakeCall):
            other.bridged = None

    def hold(self, on: bool) -> None:  # noqa: FBT001 - the protocol's
        """Remember it."""
        self.held = on

    def _deliver(self, event: LineEvent) -> None:
        if self.over:
            return
        self.answered = self.answered or isinstance(event, Answered)
        if isinstance(event, Ended):
            self.over = True
            self.unbridge()
            event = Ended(replace(event.result, call_id=self.call_id))
        self._on_event(event)


class FakeRoom:
    """Room for one call of the fake line."""

    def __init__(self) -> None:
        self.kept = True

    def give_back(self) -> None:
        """Keep it no longer."""
        self.kept = False


class FakeLine:
    """A line that follows a script: a function of the request, or a map by callee.

    With `stepwise`, events wait for `step()`; otherwise they arrive inside `originate`.
    A call whose script has no `Ended` stays up until someone hangs up.
    """

    def __init__(
        self, script: Script, *, stepwise: bool = False, up: bool = True, max_calls: int = 150
    ) -> None:
        self.invites: list[CallRequest] = []
        self.calls: list[FakeCall] = []
        self.up = up
        self.max_calls = max_calls
        self.stepwise = stepwise
        self._script = script
        self._rooms: list[FakeRoom] = []
        self.paused = False
        self._note: NoteInvite = lambda _sent: None
        self.refused: NoteRefused = lambda _request: None
        self.alarmed: NoteAlarm = lambda _alarm: None

    def note_invites(
        self,
        note: NoteInvite,
        *,
        spent: Iterable[tuple[str, datetime]] = (),  # noqa: ARG002 - the protocol's
    ) -> None:
        """Tell `note` of every INVITE before it counts as sent."""
        self._note = note

    def note_refused(self, note: NoteRefused) -> None:
        """Keep whom to tell: `refused`."""
        self.refused = note

    def note_alarms(self, note: NoteAlarm) -> None:
        """Keep whom to tell: `alarmed`."""
        self.alarmed = note

    def pause(self) -> None:
        """Take no new call."""
        self.paused = True

    def resume(self) -> None:
        """Take calls again."""
        self.paused = False

    def keep_dialogs(self, keeper: DialogKeeper) -> None:
        """Keep nothing: no fake call outlives its process."""

    def end_orphans(self, orphans: Sequence[OpenDialog], on_end: OrphanHeard) -> None:
        """Say that the carrier knew each of them."""
        for orphan in orphans:
            on_end(OrphanEnded(dialog=orphan, how="BYE", code=200))

    def start(self) -> None:
        """Open the line."""
        self.up = True

    def drain(self, *, timeout_seconds: float) -> None:
        """Refuse new calls and deliver what the live ones still have to say."""
        self.up = False
        while timeout_seconds > 0 and self.step():
            pass

    def stop(self) -> None:
        """End every call as lost and close the line."""
        self.up = False
        for call in self.calls:
            call.lose()

    def capacity(self) -> Capacity:
        """Say what the line can carry now."""
        up = self.up and not self.paused
        return Capacity(
            live=sum(not call.over for call in self.calls)
            + sum(room.kept for room in self._rooms),
            max_calls=self.max_calls,
            up=up,
            invites_sent=len(self.invites),
            late_ms=0.0,
            advertised=self.max_calls if up else 0,
        )

    def reserve(self) -> FakeRoom:
        """Keep a place for one call."""
        if not self.capacity().up:
            raise LineDownError("The fake line is down.")
        if self.capacity().live >= self.max_calls:
            raise LineFullError("The fake line is full.")
        self._rooms = [room for room in self._rooms if room.kept] + [FakeRoom()]
        return self._rooms[-1]

    def originate(
        self,
        request: CallRequest,
        on_event: Callable[[LineEvent], None],
        *,
        room: Room | None = None,
    ) -> FakeCall:
        """Record the INVITE and play the script."""
        if not self.capacity().up:
            raise LineDownError("The fake line is down.")
        (room or self.reserve()).give_back()  # the call counts from here on
        call_id = f"fake-{len(self.invites) + 1}"
        self._note(
            InviteSent(
                permit_id=request.permit_id,
                call_id=call_id,
                callee=request.callee,
                caller=request.caller_number,
                disguised=False,
            )
        )
        self.invites.append(request)
        call = FakeCall(
            call_id=call_id, request=request, events=self._events(request), on_event=on_event
        )
        self.calls.append(call)
        while not self.stepwise and call.step():
            pass
        return call

    def step(self) -> bool:
        """Deliver one event to every live call. Return False if nothing was left."""
        return sum(call.step() for call in self.calls) > 0

    def _events(self, request: CallRequest) -> Sequence[LineEvent]:
        if callable(self._script):
            return self._script(request)
        return self._script[request.callee]
