"""What a line process would do for the desk's call, by the services that it uses."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from compliance import clock
from compliance.models import Permit
from dialer import streams
from dialer.lines.base import Outcome
from dialer.models import SeatSession
from dialer.services.call_end import CallEnd, call_end
from dialer.services.call_open import call_open
from dialer.services.call_progress import call_answered, call_ringing, call_sent
from tests.console.house import set_clock
from tests.phones import connected
from tests.recordings import opened_recording

AGENT = "agent01"
LINE = "svc:line:test"
MINUTES = timedelta(minutes=10)
BEAT_SECONDS = 1.0


def line_is_up() -> None:
    """Say so as a line process would, and connect the agent's phone."""
    _beat()
    SeatSession.objects.filter(seat__agent__username=AGENT).update(phone_up_at=clock.read())


@contextmanager
def line_stays_up() -> Iterator[None]:
    """Say so again and again, as a line process would, however long a browser takes."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(BEAT_SECONDS):
            _beat()

    _beat()
    line = threading.Thread(target=beat, daemon=True)
    line.start()
    try:
        yield
    finally:
        over.set()
        line.join()


def _beat() -> None:
    streams.beat(
        trunk_code="loopback",
        heartbeat=streams.Heartbeat(live=0, max_calls=50, up=True, invites_sent=0),
    )


def wait(seconds: float) -> None:
    """Let the stated clock run on."""
    set_clock(clock.read() + timedelta(seconds=seconds))


def carry() -> int:
    """Open the call of the agent's permit and let it ring; return its attempt."""
    permit = Permit.objects.get(seat__agent__username=AGENT, state="issued")
    opened = call_open(
        permit_id=permit.pk,
        trunk_id=permit.trunk_id,
        line_process="test",
        recording=opened_recording(),
        phone_is_up=connected,
        now=clock.read(),
    )
    call_sent(attempt_id=opened.attempt_id, call_id=f"desk-{opened.attempt_id}@127.0.0.1")
    call_ringing(attempt_id=opened.attempt_id, now=clock.read())
    return opened.attempt_id


def answer(attempt: int) -> None:
    """Let the person pick up."""
    call_answered(attempt_id=attempt, now=clock.read())


def end(attempt: int) -> None:
    """End the call, in which the agent was."""
    ended = CallEnd(
        outcome=Outcome.ANSWERED,
        sip_code=200,
        q850=16,
        ended_by="us",
        talk_seconds=9,
        bridged_after_ms=120,
    )
    call_end(attempt_id=attempt, end=ended, actor=LINE, now=clock.read())
