"""A house with a permit for one call, whose seat waits for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from compliance.models import Permit
from dialer.lines.base import Answered, LineEvent, Outcome
from dialer.lines.fake import ended
from dialer.models import Lead, SeatSession
from tests.dialer.line_process.recordings.house import House
from tests.phones import fake_legs
from tests.stages import staged
from tests.world import MORNING, World, add_lead, build_world, callee, log_on, permitted

TALK: list[LineEvent] = [Answered(), ended(Outcome.ANSWERED, sip_code=200, talk_seconds=1)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "recordings"


@staged
def world() -> World:
    return build_world()


@staged
def permit(world: World) -> Permit:
    """Leave for one call, whose seat waits for it."""
    person = callee(world)
    log_on(world, world.seat)
    fake_legs(world).look()  # its phone is up
    add_lead(world, person)
    permit = permitted(world, person)
    SeatSession.objects.filter(seat=world.seat).update(
        state=SeatSession.State.RESERVED, permit=permit
    )
    Lead.objects.update(state=Lead.State.CLAIMED, claimed_at=MORNING)
    return permit


@pytest.fixture
def house(world: World, permit: Permit, folder: Path) -> Iterator[House]:
    house = House(world, permit, folder, TALK)
    house.calls.recordings.start()
    yield house
    house.calls.recordings.stop()
