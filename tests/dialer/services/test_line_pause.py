"""A line that the carrier turns away again and again: on the record, and not dialled on."""

import pytest

from audit.selectors import entries
from compliance.models import User
from dialer.lines.base import LineAlarm, Outcome
from dialer.models import LinePause
from dialer.services.line_pause import (
    PAUSED_FOR,
    NotAnAdministratorError,
    NotPausedError,
    is_paused,
    line_pause,
    line_resume,
)
from tests.compliance.desks.ordering import refused
from tests.stages import staged
from tests.world import MORNING, World, build_world

ALARM = LineAlarm(outcome=Outcome.FORBIDDEN, in_a_row=11)


@staged
def world() -> World:
    return build_world()


def told(world: World) -> list[str]:
    return [entry.action for entry in entries(obj=f"trunk:{world.trunk.pk}")][-2:]


class TestPause:
    def test_is_on_the_record_and_ends_by_itself(self, world: World) -> None:
        line_pause(trunk_id=world.trunk.pk, alarm=ALARM, now=MORNING)

        assert told(world)[-1] == "line.paused"
        assert is_paused(trunk_id=world.trunk.pk, now=MORNING)
        assert not is_paused(trunk_id=world.trunk.pk, now=MORNING + PAUSED_FOR)

    def test_is_ended_by_an_administrator(self, world: World) -> None:
        line_pause(trunk_id=world.trunk.pk, alarm=ALARM, now=MORNING)

        line_resume(trunk=world.trunk, by=world.people.owner, now=MORNING)

        assert told(world) == ["line.paused", "line.resumed"]
        assert not is_paused(trunk_id=world.trunk.pk, now=MORNING)
        assert LinePause.objects.get().resumed_by == world.people.owner
        with pytest.raises(NotPausedError):
            line_resume(trunk=world.trunk, by=world.people.owner, now=MORNING)

    def test_is_ended_by_nobody_else(self, world: World) -> None:
        line_pause(trunk_id=world.trunk.pk, alarm=ALARM, now=MORNING)
        supervisor = world.people.author
        assert supervisor.role != User.Role.ADMINISTRATOR

        with pytest.raises(NotAnAdministratorError):
            line_resume(trunk=world.trunk, by=supervisor, now=MORNING)
        assert is_paused(trunk_id=world.trunk.pk, now=MORNING)

    def test_that_is_not_cannot_be_ended_by_command(self, world: World) -> None:
        assert refused("trunk_endpoint", "resume", "loopback", "--by", "owner") == 4
