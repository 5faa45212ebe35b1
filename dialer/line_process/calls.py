"""The calls that this process holds: opened in the database first, then sent, then followed."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from uuid import UUID

from compliance import clock
from compliance.locks import number_held
from compliance.redemption import PermitUnusableError, callee_of
from dialer.line_process.both_legs import BothLegs, CallEvent, NobodyThere
from dialer.line_process.key_nine import REFUSES, KeyNine
from dialer.line_process.live_calls import LiveCall, LiveCalls
from dialer.line_process.notice import Notices, PromptNotReadyError
from dialer.line_process.outcome import end_of
from dialer.line_process.patience import until_done, work
from dialer.line_process.ready_call import ReadyCall, lasts
from dialer.line_process.recordings import Recordings
from dialer.line_process.refusal_book import RefusalBook
from dialer.line_process.seat_legs import SeatLegs
from dialer.lines.base import (
    Answered,
    Digit,
    Ended,
    Line,
    LineDownError,
    LineFullError,
    Progress,
    Room,
)
from dialer.models import DeskPress
from dialer.services.call_end import LINE_REFUSED, call_end
from dialer.services.call_give_back import call_give_back
from dialer.services.call_open import OpenedCall, SeatPhoneDownError, call_open
from dialer.services.call_progress import call_answered, call_ringing, call_sent
from dialer.services.call_release import call_release

log = logging.getLogger(__name__)
SEND_SECONDS = 2.0  # the reactor sends within milliseconds, or is stuck
WORKERS = 4  # each call's events stay in order on one of them
STOP_SECONDS = 2.0  # for what is still to be written; what is not, the next owner finds open


class Calls:
    """Places calls under permits and writes down what the line hears."""

    def __init__(
        self,
        *,
        line: Line,
        seats: SeatLegs,
        trunk_id: int,
        process: str,
        recordings: Path,
        refused: RefusalBook,
        prompts: Path | None = None,
    ) -> None:
        """Follow calls of `line` for `seats`, recorded to a folder, from `start` on."""
        self._line = line
        self._seats = seats
        self._trunk_id = trunk_id
        self._process = process
        self._live = LiveCalls()
        self._key_nine = KeyNine(book=refused, actor=f"svc:line:{process}")
        self.recordings = Recordings(
            folder=recordings,
            actor=f"svc:line:{process}",
            write=self._written,
            hang_up=self._end_unrecorded,
        )
        self._notices = Notices(
            folder=prompts, actor=f"svc:line:{process}", leg_of=self._live.person_for
        )
        self._queues: list[queue.SimpleQueue[Callable[[], None] | None]] = [
            queue.SimpleQueue() for _ in range(WORKERS)
        ]
        self._threads = [
            threading.Thread(target=work, args=(q,), name=f"calls-{i}", daemon=True)
            for i, q in enumerate(self._queues)
        ]

    def start(self) -> None:
        """Start the recorder and the workers."""
        self.recordings.start()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let the workers finish what is queued, as far as the time goes."""
        self.recordings.stop()
        deadline = time.monotonic() + STOP_SECONDS
        for waiting in self._queues:
            waiting.put(None)
        for thread in self._threads:
            thread.join(timeout=max(0.0, deadline - time.monotonic()))

    def place(self, permit_id: UUID, *, identity: str) -> None:
        """Place the permit's call, on a worker; `identity` is its passport."""
        self._queue_of(permit_id).put(partial(self._place, permit_id, identity))

    def note(self, write: Callable[[], object], *, then: Callable[[], object]) -> None:
        """Write something down on a worker, however long the database is away."""
        self._queues[0].put(partial(until_done, lambda: (write(), then())))

    def attempts_up(self) -> frozenset[int]:
        """Return the attempts that this process holds."""
        return self._live.attempts()

    def hang_up(self, attempt_ids: frozenset[int]) -> None:
        """End calls: CANCEL while they ring, BYE when they are answered."""
        self._live.hang_up(attempt_ids)

    def obey(self, press: DeskPress) -> None:
        """Do what the agent asked of the seat's own call, if it is still up."""
        self._live.obey(press)

    def _queue_of(self, permit_id: UUID) -> "queue.SimpleQueue[Callable[[], None] | None]":
        return self._queues[permit_id.int % WORKERS]

    def _place(self, permit_id: UUID, identity: str) -> None:
        if not lasts(identity, seconds=SEND_SECONDS):
            return  # the permit expires, and its lead is tried again
        room = self._room_for(permit_id)
        if room is None:
            return
        try:
            self._place_in(room, permit_id, identity)
        finally:
            room.give_back()  # unless a call has taken it

    def _room_for(self, permit_id: UUID) -> Room | None:
        """Keep room on the line before the permit is spent: a full line must cost nobody a try."""
        try:
            return self._line.reserve()
        except LineDownError as error:
            log.info("no call: %s", error)  # the permit expires, and its lead is tried again
        except LineFullError as error:
            self._give_back(permit_id, "line_full", error)
        return None

    def _place_in(self, room: Room, permit_id: UUID, identity: str) -> None:
        try:
            voice = self._notices.voice_for(permit_id)
            sorry = self._notices.sorry_for(permit_id)
        except PromptNotReadyError:
            return
        recorder = self.recordings.ready_for(permit_id)
        if recorder is None:
            return
        ready = ReadyCall(
            permit_id=permit_id,
            identity=identity,
            room=room,
            recorder=recorder,
            voice=voice,
            sorry=sorry,
        )
        call = self._open(ready)
        if call is not None:
            self._sent(call)

    def _open(self, ready: ReadyCall) -> LiveCall | None:
        """Spend the permit and send the INVITE, or neither."""
        permit_id = ready.permit_id
        opened: OpenedCall | None = None
        try:
            with number_held(callee_of(permit_id)):
                opened = call_open(
                    permit_id=permit_id,
                    trunk_id=self._trunk_id,
                    line_process=self._process,
                    recording=ready.recorder.opened,
                    phone_is_up=self._seats.is_up,
                    now=clock.read(),
                )
                return self._send(opened, ready)
        except PermitUnusableError as error:
            log.info("no call: %s", error)
            call_release(permit_id=permit_id, now=clock.read())
        except SeatPhoneDownError as error:
            self._give_back(permit_id, "seat_phone_down", error)
        finally:
            if opened is None:
                ready.recorder.discard()
        return None

    def _give_back(self, permit_id: UUID, reason: str, error: Exception) -> None:
        """Void the permit unspent: its seat is free again at once."""
        log.info("no call: %s", error)
        actor = f"svc:line:{self._process}"
        call_give_back(permit_id=permit_id, reason=reason, actor=actor, now=clock.read())

    def _send(self, opened: OpenedCall, ready: ReadyCall) -> LiveCall:
        """Send the INVITE; nothing here may raise once it has left."""
        spent = opened.spent
        call = LiveCall(
            attempt_id=opened.attempt_id,
            permit_id=spent.permit_id,
            person_id=spent.person_id,
            recorder=ready.recorder,
            sorry=ready.sorry,
        )
        self._live.add(call)
        leg = self._seats.leg(spent.seat_id)
        if leg is None or not leg.up:  # it went away this very moment: nobody could talk
            return call
        call.legs = BothLegs(
            seat=leg,
            tell=partial(self._heard, call),
            recorder=ready.recorder,
            machine=ready.voice is not None,
        )
        request = ready.request(opened, sound=call.legs.sound)
        with suppress(LineDownError, LineFullError, ValueError):
            call.handle = self._line.originate(request, call.legs.heard, room=ready.room)
            try:
                call.legs.begin(call.handle)
                call.notice = self._notices.begin(ready.voice, opened, call.handle)
                call.handle.wait_sent(timeout_seconds=SEND_SECONDS)
            finally:
                call.handle.withhold()  # unless it has left: the lock of its number ends here
            if not ready.recorder.healthy:  # nobody could be told before there was a handle
                call.handle.hangup()
        return call

    def _sent(self, call: LiveCall) -> None:
        handle = call.handle
        if handle is None:
            self._close(call, partial(call_end, end=LINE_REFUSED))
        elif handle.wait_sent(timeout_seconds=0):
            until_done(partial(call_sent, attempt_id=call.attempt_id, call_id=handle.call_id))

    def _heard(self, call: LiveCall, event: CallEvent) -> None:
        """Take an event from the line's thread, which must not wait for a database."""
        if call.recorder is not None and isinstance(event, Answered):
            call.recorder.answered()
        if isinstance(event, NobodyThere):  # nor may this wait for what the database has yet to do
            threading.Thread(target=call.say_sorry, daemon=True).start()
            return
        if isinstance(event, Digit) and event.digit == REFUSES:
            self._key_nine.heard(call)
        self._queue_of(call.permit_id).put(partial(self._note, call, event))

    def _note(self, call: LiveCall, event: CallEvent) -> None:
        match event:
            case Progress(code=180):
                until_done(lambda: call_ringing(attempt_id=call.attempt_id, now=clock.read()))
            case Answered():
                until_done(lambda: call_answered(attempt_id=call.attempt_id, now=clock.read()))
            case Digit(digit=digit) if digit == REFUSES:
                self._key_nine.record(call)
            case Digit(digit=digit) if call.notice is not None:
                call.notice.key(digit)
            case Ended(result=result):
                self._close(call, partial(call_end, end=end_of(result, legs=call.legs)))

    def _end_unrecorded(self, permit_id: UUID) -> None:
        """End a call that is not kept any more (CN13-REC-01)."""
        call = self._live.of_permit(permit_id)
        if call is not None and call.handle is not None:
            call.handle.hangup()

    def _written(self, permit_id: UUID, write: Callable[[], object]) -> None:
        self._queue_of(permit_id).put(partial(until_done, write))

    def _close(self, call: LiveCall, close: Callable[..., bool]) -> None:
        if call.recorder is not None:
            call.recorder.close()
        until_done(
            lambda: close(
                attempt_id=call.attempt_id,
                actor=f"svc:line:{self._process}",
                now=clock.read(),
            )
        )
        self._live.remove(call.attempt_id)
