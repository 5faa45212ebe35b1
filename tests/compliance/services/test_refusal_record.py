"""A no is kept, whatever it was written down with."""

import pytest

from audit.models import AuditEntry
from compliance.models import Refusal
from compliance.numbers import normalise
from compliance.services.complaint_open import Intake, complaint_open
from compliance.services.refusal_record import refusal_record
from tests.stages import staged
from tests.world import ACTOR, MORNING, World, ask, build_world, callee, number_at

pytestmark = pytest.mark.django_db
WORDS = {
    "longer than its column": "不要再打了" * 60,
    "bytes of another encoding": "\udcb2\udcbb\udcd2\udcaa",
    "a NUL": "TD\0",
}


@staged
def world() -> World:
    return build_world()


class TestRefusal:
    @pytest.mark.parametrize("evidence", WORDS.values(), ids=WORDS)
    def test_is_kept_whatever_its_evidence_says(self, world: World, evidence: str) -> None:
        person = callee(world)

        refusal_record(
            person_id=person.pk,
            principal=world.principal,
            source="sms",
            evidence=evidence,
            actor=ACTOR,
            now=MORNING,
        )

        assert Refusal.objects.get().person_id == person.pk
        assert AuditEntry.objects.filter(action="refusal.recorded").exists()
        assert "CN13-REF-01" in getattr(ask(world, person), "rules", ())


class TestComplaint:
    @pytest.mark.parametrize("said", WORDS.values(), ids=WORDS)
    def test_opens_its_case_whatever_it_says(self, world: World, said: str) -> None:
        intake = Intake(channel="12321", external_ref=said, summary=said)

        opened = complaint_open(
            number=normalise(number_at(5)), intake=intake, actor=ACTOR, now=MORNING
        )

        assert opened.complaint.refusal.everywhere
