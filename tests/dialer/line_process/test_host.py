"""Several trunks in one process: owned together, served side by side, drained in their time."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from audit.selectors import entries
from compliance.models import Trunk
from dialer import streams
from dialer.line_process.host import LineHost
from dialer.line_process.ownership import Ownership, TrunkTakenError
from dialer.line_process.process import LineProcess
from dialer.lines.base import CallRequest, LineAlarm, Outcome
from dialer.lines.fake import FakeLine
from dialer.lines.seat.fake import FakeSeatLine
from dialer.lines.sip.reactor import Reactor
from dialer.models import LinePause, TrunkEndpoint
from dialer.services.line_pause import line_resume
from tests.parties import make_trunk
from tests.scenarios.floor import closing, until
from tests.world import MORNING, World, build_world, freeze

OTHER = "loopback-2"


@pytest.fixture
def world(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("dialer.line_process.process.BEAT_SECONDS", 0.05)
    monkeypatch.setattr("dialer.line_process.process.READ_MS", 20)
    monkeypatch.setattr("dialer.line_process.process.DRAIN_LOOK_SECONDS", 0.02)
    freeze(MORNING)
    return build_world()


class Served:
    """A host with a fake line for each trunk, on a thread of its own."""

    def __init__(self, folder: Path, trunks: list[Trunk], *, drain_seconds: float) -> None:
        self.lines = {trunk.code: FakeLine({"+8613800138000": []}) for trunk in trunks}
        self.failed: list[BaseException] = []
        processes = [
            LineProcess(
                endpoint=TrunkEndpoint(trunk=trunk, host="127.0.0.1"),
                line=self.lines[trunk.code],
                seat_line=lambda _registrar: FakeSeatLine(),
                journals=folder / "lines",
                recordings=folder / "recordings",
                drain_seconds=drain_seconds,
            )
            for trunk in trunks
        ]
        self.host = LineHost(processes=processes, reactor=Reactor())
        self.inner = [
            thread for one in processes for thread in (*one._calls._threads, one._refusals)
        ]
        self.thread = threading.Thread(target=self._run, daemon=True)
        for thread in (*self.inner, self.thread):
            thread.run = closing(thread.run)  # type: ignore[method-assign]
        self.thread.start()

    def _run(self) -> None:
        try:
            self.host.run()
        except TrunkTakenError as error:
            self.failed.append(error)

    def end(self) -> None:
        self.host.stop()
        for thread in (self.thread, *self.inner):
            if thread.ident is not None:
                thread.join(10)
                assert not thread.is_alive()


Serve = Callable[..., Served]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    served: list[Served] = []

    def started(*trunks: Trunk, drain_seconds: float = 0.0) -> Served:
        served.append(Served(tmp_path, list(trunks), drain_seconds=drain_seconds))
        return served[-1]

    yield started
    for one in served:
        one.end()


def is_up(code: str) -> bool:
    heartbeat = streams.heartbeat_of(code)
    return heartbeat is not None and heartbeat.up


def is_free(trunk: Trunk) -> bool:
    """Return whether nobody owns the trunk."""
    ownership = Ownership(trunk_id=trunk.pk)
    try:
        ownership.take()
    except TrunkTakenError:
        return False
    ownership.release()
    return True


class TestHost:
    def test_serves_its_trunks_side_by_side_until_it_is_stopped(
        self, world: World, serve: Serve
    ) -> None:
        other = make_trunk(world.operator, code=OTHER)
        served = serve(world.trunk, other, drain_seconds=60)  # and not a second without a call
        until(lambda: is_up(world.trunk.code) and is_up(OTHER))
        owned = not (is_free(world.trunk) or is_free(other))

        served.end()

        assert owned
        assert served.failed == []
        for trunk in (world.trunk, other):
            told = [entry.action for entry in entries(obj=f"trunk:{trunk.pk}")]
            assert told[-2:] == ["line.started", "line.stopped"]
            assert is_free(trunk)
        assert not any(line.up for line in served.lines.values())

    def test_serves_none_where_another_process_owns_one(self, world: World, serve: Serve) -> None:
        other = make_trunk(world.operator, code=OTHER)
        owner = Ownership(trunk_id=other.pk)
        owner.take()

        served = serve(world.trunk, other)
        served.thread.join(10)

        owner.release()
        assert [type(error) for error in served.failed] == [TrunkTakenError]
        assert is_free(world.trunk)
        assert not entries(obj=f"trunk:{world.trunk.pk}").filter(action="line.started").exists()


class TestAccount:
    def test_is_registered_by_one_process_whatever_its_trunks_are_called(self, db: None) -> None:
        one, two = (
            Ownership(trunk_id=number, account="line@carrier.test:5060") for number in (1, 2)
        )
        third = Ownership(trunk_id=3, account="other@carrier.test:5060")
        one.take()

        with pytest.raises(TrunkTakenError, match="account"):
            two.take()
        third.take()

        one.release()
        two.take()
        for each in (two, third):
            each.release()


class TestDrain:
    def test_gives_calls_that_are_up_their_time_and_goes_on_owning_the_trunk(
        self, world: World, serve: Serve
    ) -> None:
        served = serve(world.trunk, drain_seconds=0.6)
        until(lambda: is_up(world.trunk.code))
        line = served.lines[world.trunk.code]
        request = CallRequest(permit_id="p", callee="+8613800138000", caller_number="95123")
        line.originate(request, lambda _event: None)
        stopped_at = time.monotonic()

        served.host.stop()
        until(lambda: (beat := streams.heartbeat_of(world.trunk.code)) and not beat.up)
        while_draining = (line.calls[0].over, is_free(world.trunk))
        served.thread.join(10)

        assert while_draining == (False, False)
        assert line.calls[0].over
        assert 0.5 < time.monotonic() - stopped_at < 5


class TestAlarm:
    def test_is_on_the_record_and_pauses_the_line_until_an_administrator_says_so(
        self, world: World, serve: Serve
    ) -> None:
        served = serve(world.trunk)
        until(lambda: is_up(world.trunk.code))
        line = served.lines[world.trunk.code]

        line.alarmed(LineAlarm(outcome=Outcome.FORBIDDEN, in_a_row=11))
        until(lambda: line.paused)

        pause = LinePause.objects.get()
        assert (pause.outcome, pause.in_a_row) == ("forbidden", 11)
        until(lambda: not is_up(world.trunk.code))
        line_resume(trunk=world.trunk, by=world.people.owner, now=MORNING)
        until(lambda: not line.paused and is_up(world.trunk.code))

    def test_keeps_the_next_process_from_calling_too(self, world: World, serve: Serve) -> None:
        LinePause.objects.create(
            trunk=world.trunk,
            outcome="auth_failed",
            in_a_row=11,
            paused_at=MORNING,
            until=MORNING.replace(year=MORNING.year + 1),
        )

        served = serve(world.trunk)

        until(lambda: served.lines[world.trunk.code].paused)
