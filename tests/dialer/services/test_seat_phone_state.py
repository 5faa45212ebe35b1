"""A phone that would lead a call elsewhere is an entry each time, and one incident an hour."""

from datetime import timedelta

import pytest

from audit.models import AuditEntry
from compliance.models import Incident
from dialer.services.seat_phone_state import phone_misused
from tests.world import MORNING, World


@pytest.fixture
def world(one_world: World) -> World:
    return one_world


@pytest.mark.django_db
class TestPhoneMisused:
    def test_is_one_incident_an_hour_for_a_seat_and_an_entry_each_time(self, world: World) -> None:
        for minutes in (0, 1, 61):
            now = MORNING + timedelta(minutes=minutes)
            phone_misused(seat_id=world.seat.pk, how="transfer", actor="svc:line:t", now=now)

        assert Incident.objects.count() == 2
        assert AuditEntry.objects.of("seat.phone_misused").count() == 3

    def test_is_another_incident_for_another_way(self, world: World) -> None:
        for how in ("transfer", "redirect"):
            phone_misused(seat_id=world.seat.pk, how=how, actor="svc:line:t", now=MORNING)

        assert Incident.objects.count() == 2
