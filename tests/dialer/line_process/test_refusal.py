"""A key 9 inside a call: on the record before the callee hears us hang up, and never forgotten."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from compliance import clock
from compliance.models import Permit, Person, Refusal
from compliance.services.refusal_lift import refusal_lift_approve, refusal_lift_request
from dialer.line_process import key_nine, refusal_book
from dialer.line_process.calls import Calls
from dialer.line_process.live_calls import LiveCall
from dialer.line_process.refusal_book import RefusalBook
from dialer.line_process.refusals import _is_forbidden
from dialer.lines.base import CallHandle, Digit
from dialer.lines.fake import FakeLine
from dialer.models import Attempt, SeatSession
from dialer.services.call_open import call_open
from dialer.services.refusal_during_call import refusal_during_call
from tests.phones import connected, fake_legs
from tests.recordings import opened_recording
from tests.world import (
    MORNING,
    World,
    add_lead,
    build_world,
    callee,
    consent,
    freeze,
    log_on,
    permitted,
    refuse,
)


class WatchfulHandle:
    """A call that notes what is on the record when it is hung up."""

    call_id = "watched"

    def __init__(self) -> None:
        self.refusals_at_hangup: list[int] = []

    def withhold(self) -> bool:
        return True

    def hangup(self) -> None:
        self.refusals_at_hangup.append(Refusal.objects.count())

    def wait_sent(self, *, timeout_seconds: float) -> bool:
        return True

    def send_digits(self, digits: str) -> None:
        raise NotImplementedError

    def play(self, path: str | None, *, then: Callable[[], object] | None = None) -> None:
        raise NotImplementedError

    def bridge(self, other: CallHandle) -> None:
        raise NotImplementedError

    def unbridge(self) -> None:
        raise NotImplementedError

    def hold(self, on: bool) -> None:  # noqa: FBT001 - the protocol's
        raise NotImplementedError


class Hearing(WatchfulHandle):
    """A call that says at once that it was hung up."""

    def __init__(self, hung_up: threading.Event) -> None:
        super().__init__()
        self.times = 0
        self._hung_up = hung_up

    def hangup(self) -> None:
        self.times += 1
        self._hung_up.set()


@pytest.fixture
def world(transactional_db: None) -> World:
    freeze(MORNING)
    return build_world()


@pytest.fixture
def live(world: World) -> LiveCall:
    return live_call(world, callee(world))


def live_call(world: World, person: Person) -> LiveCall:
    """Put a call to the person on the line."""
    log_on(world, world.seat)
    add_lead(world, person)
    permit = permitted(world, person)
    session = SeatSession.objects.filter(seat=world.seat)
    session.update(state=SeatSession.State.RESERVED, permit=permit)
    opened = call_open(
        permit_id=permit.pk,
        trunk_id=world.trunk.pk,
        line_process="test",
        recording=opened_recording(),
        phone_is_up=connected,
        now=clock.read(),
    )
    return LiveCall(
        attempt_id=opened.attempt_id,
        permit_id=permit.pk,
        person_id=person.pk,
        handle=WatchfulHandle(),
    )


@pytest.fixture
def book(tmp_path: Path) -> Iterator[RefusalBook]:
    book = opened(tmp_path)
    yield book
    book.close()


def opened(folder: Path) -> RefusalBook:
    book = RefusalBook(folder=folder, trunk_code="t")
    book.start()
    return book


def held_calls(world: World, book: RefusalBook) -> Calls:
    """Return what holds calls of a line that places none, and records none."""
    return Calls(
        line=FakeLine({}),
        seats=fake_legs(world),
        trunk_id=world.trunk.pk,
        process="test",
        recordings=Path("/nowhere"),
        refused=book,
    )


class TestKeyNine:
    def test_is_on_the_record_before_we_hang_up(
        self, world: World, live: LiveCall, book: RefusalBook
    ) -> None:
        held = held_calls(world, book)

        held._key_nine.record(live)

        assert isinstance(live.handle, WatchfulHandle)
        assert live.handle.refusals_at_hangup == [1]
        refusal = Refusal.objects.get()
        assert refusal.evidence == f"permit:{Attempt.objects.get().permit_id}"

    def test_does_not_keep_the_callee_on_the_line_for_a_database_that_is_away(
        self,
        world: World,
        live: LiveCall,
        book: RefusalBook,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        held = held_calls(world, book)
        away_until = time.monotonic() + 0.5

        def away(**call: object) -> Refusal:
            if time.monotonic() < away_until:
                raise OperationalError
            return refusal_during_call(**call)  # type: ignore[arg-type]

        monkeypatch.setattr(key_nine, "refusal_during_call", away)
        monkeypatch.setattr(key_nine, "REFUSAL_SECONDS", 0.2)

        held._key_nine.record(live)

        assert isinstance(live.handle, WatchfulHandle)
        assert live.handle.refusals_at_hangup == [0]
        assert Refusal.objects.count() == 1

    def test_ends_the_call_in_time_although_its_worker_waits_for_something_else(
        self,
        world: World,
        live: LiveCall,
        book: RefusalBook,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        held = held_calls(world, book)  # and nobody works off its queues
        monkeypatch.setattr(key_nine, "REFUSAL_SECONDS", 0.05)
        hung_up = threading.Event()
        live.handle = Hearing(hung_up)

        held._heard(live, Digit("9"))
        held._heard(live, Digit("9"))

        assert hung_up.wait(timeout=20)
        assert live.handle.times == 1


class TestBook:
    def test_gives_the_next_process_what_was_heard_and_not_recorded(
        self, world: World, live: LiveCall, book: RefusalBook, tmp_path: Path
    ) -> None:
        live.handle = Hearing(threading.Event())

        held_calls(world, book)._heard(live, Digit("9"))
        book.close()
        assert not Refusal.objects.exists()

        after = opened(tmp_path)
        after.record_left(actor="svc:line:next")
        after.close()

        refusal = Refusal.objects.get()
        assert refusal.evidence == f"permit:{Attempt.objects.get().permit_id}"
        assert refusal.recorded_by == "svc:line:next"
        assert lines_after(tmp_path) == []

    def test_is_done_with_what_was_recorded(
        self, world: World, live: LiveCall, book: RefusalBook, tmp_path: Path
    ) -> None:
        live.handle = Hearing(threading.Event())
        held = held_calls(world, book)

        held._heard(live, Digit("9"))
        held._key_nine.record(live)
        book.close()

        assert lines_after(tmp_path) == []
        assert Refusal.objects.count() == 1

    def test_keeps_what_the_database_could_not_take(
        self,
        world: World,
        live: LiveCall,
        book: RefusalBook,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def away(**_call: object) -> Refusal:
            raise OperationalError

        book.heard(live.attempt_id)
        book.close()
        after = opened(tmp_path)
        monkeypatch.setattr(refusal_book, "refusal_during_call", away)
        with pytest.raises(OperationalError):
            after.record_left(actor="svc:line:next")
        after.close()
        monkeypatch.undo()

        last = opened(tmp_path)
        last.record_left(actor="svc:line:last")
        last.close()
        assert Refusal.objects.get().recorded_by == "svc:line:last"

    def test_is_not_stopped_by_half_a_line_or_an_unknown_call(
        self, world: World, live: LiveCall, book: RefusalBook, tmp_path: Path
    ) -> None:
        book.heard(live.attempt_id)
        book.heard(4711)
        book.close()
        path = tmp_path / "t.refusals"
        path.write_bytes(path.read_bytes() + b'{"attempt": 1')

        after = opened(tmp_path)
        after.record_left(actor="svc:line:next")
        after.close()

        assert Refusal.objects.count() == 1
        assert [line["attempt"] for line in lines_after(tmp_path)] == [4711]
        assert path.stat().st_mode & 0o777 == 0o600


def lines_after(folder: Path) -> list[dict[str, Any]]:
    """Return what is still kept once another process has come and gone."""
    opened(folder).close()
    return [json.loads(line) for line in (folder / "t.refusals").read_text().splitlines()]


class TestListener:
    def test_ends_a_call_that_was_redeemed_while_an_import_of_refusals_ran(
        self, world: World, live: LiveCall
    ) -> None:
        """The import's rows bear the instant at which it began to write."""
        permit = Permit.objects.get(pk=live.permit_id)
        assert permit.redeemed_at is not None
        assert not _is_forbidden(permit)

        Refusal.objects.create(
            person_id=live.person_id,
            everywhere=True,
            source="letter",
            evidence="file:x",
            recorded_at=permit.redeemed_at - timedelta(seconds=30),
            recorded_by="u:1",
        )

        assert _is_forbidden(permit)

    def test_lets_a_call_go_on_whose_refusal_was_lifted_before(self, world: World) -> None:
        person = callee(world)
        refusal = refuse(person, world.principal)
        later = MORNING + timedelta(seconds=1)
        consent(world.filing, [person], given_at=later)
        again = person.consents.get(given_at=later)
        first, second = world.people.approver, world.people.owner
        request = refusal_lift_request(refusal=refusal, consent=again, by=first, now=later)
        refusal_lift_approve(request=request, by=second, now=later)
        freeze(later)
        live = live_call(world, person)

        assert not _is_forbidden(Permit.objects.get(pk=live.permit_id))
