"""A calling floor in small: the carrier in its own process, the line process, ticks by hand."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.db.models import Max

from audit.curve_keys import curve_public_key
from compliance import clock
from compliance.models import DemoClock, Permit, Person, Seat
from compliance.passport import KEY as PASSPORT_KEY
from compliance.services.person_for_number import number_of
from dialer import streams
from dialer.line_process.process import LineProcess, endpoint_for
from dialer.line_process.registrar_line import registrar_line
from dialer.lines.sip.config import TrunkConfig
from dialer.lines.sip.pyvoip import SipLine
from dialer.models import (
    Attempt,
    Campaign,
    Lead,
    SeatSession,
    TrunkEndpoint,
)
from dialer.services.campaign_pace import campaign_pace
from tests.phones import give_phones
from tests.sip.peers import CarrierProcess, PhonesProcess
from tests.world import World, add_lead, let_time_pass, log_on, number_at

PATIENCE_SECONDS = 20.0
ANSWERS = {"behaviour": "answer", "ring_seconds": 0.05, "talk_seconds": 0.2}
WRAP_UP = timedelta(seconds=20)
HOST = "127.0.0.1"


def until(
    condition: Callable[[], Any],
    *,
    seconds: float = PATIENCE_SECONDS,
    otherwise: Callable[[], Any] = str,
) -> None:
    """Wait for a condition, and fail with what there is otherwise when it does not come true."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"It did not happen in time. {otherwise()}")
        time.sleep(0.01)


def closing(run: Callable[[], None]) -> Callable[[], None]:
    """Let a thread close its database session as it ends, as the end of a process would."""

    def run_and_close() -> None:
        try:
            run()
        finally:
            connections.close_all()

    return run_and_close


class Floor:
    """Everything between a lead and the wire, with the carrier's records as the witness."""

    def __init__(
        self,
        *,
        world: World,
        folder: Path,
        behaviours: dict[int, dict[str, Any]],
        phones: PhonesProcess,
    ) -> None:
        self.world = world
        self.folder = folder
        script = {
            "default": ANSWERS,
            "numbers": {number_at(place): entry for place, entry in behaviours.items()},
        }
        self.carrier = CarrierProcess(folder, script)
        self.endpoint = TrunkEndpoint.objects.create(
            trunk=world.trunk, host=HOST, port=self.carrier.port
        )
        give_phones(world, port=phones.port)
        self._pretends = False
        self._process: LineProcess | None = None
        self._thread: threading.Thread | None = None

    # The line

    def start_line(self) -> None:
        """Run the line process until the trunk says that it is up."""
        endpoint = endpoint_for(self.world.trunk.code)
        self.line = SipLine(self._config(endpoint))
        self._process = LineProcess(
            endpoint=endpoint,
            line=self.line,
            seat_line=partial(registrar_line, reactor=self.line.reactor),
            journals=self.folder / "lines",
            recordings=self.folder / "recordings",
            prompts=self.folder / "prompts",
        )
        self._thread = threading.Thread(target=self._process.run, daemon=True)
        for thread in (*self._process._calls._threads, self._process._refusals, self._thread):
            thread.run = closing(thread.run)  # type: ignore[method-assign]
        self._thread.start()
        until(lambda: (beat := streams.heartbeat_of(self.world.trunk.code)) and beat.up)

    def stop_line(self) -> None:
        """Stop the line process; calls that are up end."""
        if self._process is not None and self._thread is not None:
            self._process.stop()
            self._thread.join(PATIENCE_SECONDS)
            assert not self._thread.is_alive(), "The line process does not stop."
            self._process._refusals.join(PATIENCE_SECONDS)
            self._process = None

    def pretend_a_line(self) -> None:
        """Leave the heartbeat of a line process that has this moment gone away."""
        code = self.world.trunk.code
        self._pretends = True
        streams.open_stream(code)
        streams.beat(
            trunk_code=code,
            heartbeat=streams.Heartbeat(live=0, max_calls=50, up=True, invites_sent=0),
        )

    def close(self) -> None:
        """End everything that this floor started."""
        self.stop_line()
        self.carrier.stop()

    # Agents and leads

    def ready(self, *seats: Seat, campaign: Campaign | None = None) -> None:
        """Have the agents press ready; without seats, all that are free.

        A clock that stands still moves on to where they have wrapped up their last call.
        """
        busy = SeatSession.objects.filter(state__in=["reserved", "on_call"])
        free = [seat for seat in seats or self.world.seats if not busy.filter(seat=seat).exists()]
        self._wrap_up(free)
        real = self._process is not None or self._served_by_another()
        for seat in free:
            log_on(self.world, seat, campaign=campaign, phone=not real)
        if real:
            there = SeatSession.objects.filter(seat__in=free, phone_up_at__isnull=False)
            until(lambda: there.count() == len(free), otherwise=self.state)

    def _served_by_another(self) -> bool:
        return not self._pretends and streams.heartbeat_of(self.world.trunk.code) is not None

    def _wrap_up(self, seats: list[Seat]) -> None:
        calls = Permit.objects.filter(seat__in=seats, state=Permit.State.CLOSED)
        last = calls.aggregate(at=Max("ended_at"))["at"]
        if last is not None and DemoClock.objects.filter(running=False).exists():
            wrapped_up = last + WRAP_UP
            if clock.read() < wrapped_up:
                let_time_pass(wrapped_up)

    def leads(self, *people: Person) -> list[Lead]:
        """Put the people on the campaign's list."""
        return [add_lead(self.world, person) for person in people]

    def add(self, person: Person, *, campaign: Campaign) -> Lead:
        """Put the person on another campaign's list."""
        return add_lead(self.world, person, campaign=campaign)

    def tick(self, *, campaign: Campaign | None = None) -> int:
        """Have the schedule look at the campaign once."""
        ticked = Campaign.objects.get(pk=(campaign or self.world.campaign).pk)
        return campaign_pace(campaign=ticked, now=clock.read())

    def work_off(self, *, campaign: Campaign | None = None) -> None:
        """Tick, with all agents ready, until nobody who is due is left and every call is over."""
        until(lambda: self._step(campaign), otherwise=self.state)
        self.settle()

    def rings(self, person: Person, *, times: int = 1) -> None:
        """Wait until the carrier has seen so many INVITEs for the person."""
        until(lambda: self.invites_to(person) >= times)

    def settle(self) -> None:
        """Wait until every call is over."""
        until(self.quiet, otherwise=self.state)

    def quiet(self) -> bool:
        """Return whether no permit and no call is open."""
        return not (
            Permit.objects.open().exists() or Attempt.objects.filter(ended_at=None).exists()
        )

    def state(self) -> dict[str, Any]:
        """Return what a floor that does not come to rest stands on."""
        return {
            "clock": clock.read().isoformat(),
            "heartbeat": streams.heartbeat_of(self.world.trunk.code),
            "line runs": self._thread is not None and self._thread.is_alive(),
            "permits": list(Permit.objects.values("state", "result", "issued_at", "expires_at")),
            "attempts": list(Attempt.objects.values("started_at", "answered_at", "ended_at")),
            "leads": list(Lead.objects.values("state", "due_at", "last_result")),
            "seats": list(
                SeatSession.objects.values("state", "since", "capped_until", "phone_up_at")
            ),
            "campaigns": list(Campaign.objects.values("waits_until")),
        }

    def _step(self, campaign: Campaign | None) -> bool:
        if self._on_the_way():
            return False  # to let time pass for the agents now would let the permit expire
        self.ready(campaign=campaign)
        self.tick(campaign=campaign)
        due = Lead.objects.due(now=clock.read()).filter(campaign=campaign or self.world.campaign)
        return not due.exists() and self.quiet()

    def _on_the_way(self) -> bool:
        """Return whether the line has yet to spend a permit that is still good."""
        issued = Permit.objects.filter(state=Permit.State.ISSUED, expires_at__gt=clock.read())
        return issued.exists()

    # The witness

    def invites(self) -> Counter[str]:
        """Count the INVITEs that the carrier saw, by the number called."""
        return Counter(row.request_uri_number for row in self.carrier.calls())

    def invites_to(self, person: Person) -> int:
        """Count the INVITEs that the carrier saw for one person."""
        return self.invites()[number_of(person)]

    def wire_equals_permits(self) -> bool:
        """Return whether every INVITE that the carrier saw is a spent permit, and the reverse."""
        spent = Permit.objects.filter(redeemed_at__isnull=False).select_related("person")
        return self.invites() == Counter(number_of(permit.person) for permit in spent)

    def _config(self, endpoint: TrunkEndpoint) -> TrunkConfig:
        return TrunkConfig(
            code=endpoint.trunk.code,
            host=endpoint.host,
            port=endpoint.port,
            local_host=HOST,
            edge_key=curve_public_key(PASSPORT_KEY),
            max_calls=endpoint.trunk.max_calls,
            keepalive_seconds=0.0,
            no_reply_seconds=1.5,
        )
