"""DISPO-OVERWRITE: a later disposition overwrites a refusal that was already heard.

Here the refusal is a record of its own, which no disposition can reach; the call's disposition
follows it, and whoever tries otherwise is on the record as overruled.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from compliance import clock
from compliance.models import Overruling, Person, Refusal
from dialer.models import Attempt, Lead
from dialer.services.disposition_record import DispositionTaken, disposition_record
from tests.scenarios.floor import Floor
from tests.world import ACTOR, MORNING, World, callees, freeze

BEHAVIOURS = {
    0: {"behaviour": "key9", "key_seconds": 0.05},
    1: {"behaviour": "refuse", "code": 607},
}


def say(person: Person, said: str) -> DispositionTaken:
    """Have the agent of the person's call write something down."""
    attempt = Attempt.objects.select_related("permit__seat").get(lead__person=person)
    seat = attempt.permit.seat
    return disposition_record(
        attempt_id=attempt.pk, seat=seat, said=said, actor=ACTOR, now=clock.read()
    )


class TestRefusalThatWasHeard:
    def test_outlives_every_later_disposition(
        self, world: World, open_floor: Callable[..., Floor]
    ) -> None:
        floor = open_floor(BEHAVIOURS)
        floor.start_line()
        pressed_nine, blocked, talked, told, fresh = callees(world, 5)
        floor.leads(pressed_nine, blocked, talked, told)
        floor.work_off()

        overruled = [say(person, "talked").overruled for person in (pressed_nine, blocked)]
        say(told, "refused")
        say(told, "call_again")  # the agent thinks better of it
        assert not say(talked, "call_again").overruled
        for person in (pressed_nine, blocked, told):
            with pytest.raises(DatabaseError), transaction.atomic():
                Attempt.objects.filter(lead__person=person).update(disposition="talked")
        freeze(MORNING + timedelta(days=1))
        Lead.objects.update(state=Lead.State.WAITING, due_at=MORNING)
        floor.leads(fresh)
        floor.work_off()

        assert overruled == [True, True]
        assert Overruling.objects.count() == 3
        assert Refusal.objects.count() == 3
        refused = Attempt.objects.filter(disposition="refused").values_list("lead__person")
        assert {pk for (pk,) in refused} == {pressed_nine.pk, blocked.pk, told.pk}
        assert floor.invites_to(pressed_nine) == floor.invites_to(blocked) == 1
        assert floor.invites_to(told) == 1
        assert floor.invites_to(fresh) == 1
        assert floor.wire_equals_permits()
