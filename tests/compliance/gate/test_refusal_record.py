"""A no voids what it covers and nothing else, is told to the lines, and is on the record."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest

from audit.models import AuditEntry
from compliance.models import CampaignFiling, Permit, Refusal
from compliance.models.refusal import BEYOND_EVERYWHERE
from compliance.services import consent_withdraw as withdrawal
from compliance.services import refusal_record as refusing
from compliance.services.consent_withdraw import consent_withdraw
from compliance.services.permits_void import permits_void
from compliance.services.refusal_record import permits_covered, refusal_record
from dialer.line_process.ownership import session_parameters
from tests.compliance.gate.attacker import sql, unseen
from tests.world import (
    ACTOR,
    MORNING,
    World,
    build_world,
    callee,
    callees,
    consent,
    make_principal,
    permitted,
    refuse,
)

pytestmark = pytest.mark.django_db


def data_of(action: str) -> list[dict[str, object]]:
    """Return what the entries of an action say, in order."""
    rows = AuditEntry.objects.filter(action=action).order_by("pk")
    return [json.loads(bytes(row.body))["data"] for row in rows]


def no(permit: Permit, *, purpose: str = "") -> Refusal:
    return refusal_record(
        person_id=permit.person_id,
        principal=permit.filing.principal,
        source="web",
        evidence="网页 page",
        actor="public:web",
        now=MORNING,
        purpose=purpose,
    )


class TestARefusal:
    def test_says_whom_it_is_towards(self, permit: Permit) -> None:
        towards, everywhere = no(permit), refuse(permit.person, None)

        principal = permit.filing.principal
        assert (towards.principal, towards.industry, towards.everywhere) == (
            principal,
            principal.industry,
            False,
        )
        assert (everywhere.principal, everywhere.industry, everywhere.everywhere) == (
            None,
            "",
            True,
        )

    def test_is_dated_by_the_ledgers_clock(self, permit: Permit) -> None:
        refusal = refusal_record(
            person_id=permit.person_id,
            principal=None,
            source="web",
            evidence="x",
            actor=ACTOR,
            now=MORNING - timedelta(hours=9),
        )

        assert refusal.recorded_at == MORNING

    def test_is_on_the_record_with_what_it_voided(self, permit: Permit) -> None:
        refusal = no(permit)
        refuse(permit.person, None)

        first, second = data_of("refusal.recorded")
        assert first["voided_permits"] == 1
        assert (first["principal"], first["industry"]) == (refusal.principal_id, "education")
        assert (second["voided_permits"], second["principal"]) == (0, 0)
        assert second["everywhere"] is True

    def test_keeps_no_number_of_its_evidence(self, permit: Permit) -> None:
        refusal_record(
            person_id=permit.person_id,
            principal=None,
            source="web",
            evidence="来信 13800138000",
            actor=ACTOR,
            now=MORNING,
        )

        assert "13800138000" not in json.dumps(data_of("refusal.recorded"))

    def test_keeps_the_beginning_of_long_evidence(self, permit: Permit) -> None:
        words = "".join(chr(0x4E00 + place) for place in range(200))
        refusal = refusal_record(
            person_id=permit.person_id,
            principal=None,
            source="web",
            evidence=words,
            actor=ACTOR,
            now=MORNING,
        )

        assert refusal.evidence == words[:128]

    def test_voids_the_persons_permits_of_its_purpose_alone(self, permit: Permit) -> None:
        no(permit, purpose="P6")
        permit.refresh_from_db()
        assert permit.state == Permit.State.ISSUED

        refusal = no(permit, purpose="P3")

        permit.refresh_from_db()
        assert (permit.state, permit.void_reason) == ("void", f"refusal:{refusal.pk}")

    def test_voids_nobody_elses_permit(self, world: World) -> None:
        one, two = callees(world, 2)
        first, second = permitted(world, one), permitted(world, two, seat=world.seats[1])

        no(first)

        second.refresh_from_db()
        assert second.state == Permit.State.ISSUED

    def test_of_every_call_covers_all_but_public_notices(
        self, world: World, permit: Permit
    ) -> None:
        refusal = refuse(permit.person, None)

        assert list(permits_covered(refusal)) == [permit]
        with unseen():
            CampaignFiling.objects.update(purpose=BEYOND_EVERYWHERE)
        assert list(permits_covered(refusal)) == []

    @pytest.mark.parametrize(("industry", "covered"), [("education", True), ("retail", False)])
    def test_of_another_principal_covers_its_kind_of_business(
        self, world: World, permit: Permit, *, industry: str, covered: bool
    ) -> None:
        refusal = refuse(permit.person, make_principal(name="另一家", industry=industry))

        assert permits_covered(refusal).exists() is covered

    def test_of_the_principal_covers_it_whatever_its_industry_is_now(
        self, world: World, permit: Permit
    ) -> None:
        refusal = no(permit)
        with unseen():
            CampaignFiling.objects.update(industry="retail")

        assert permits_covered(refusal).exists()


class TestVoiding:
    def test_takes_what_is_unused_and_tells_each(self, permit: Permit) -> None:
        everything = Permit.objects.all()

        voided = permits_void(which=everything, reason="x", actor=ACTOR, now=MORNING)
        again = permits_void(which=everything, reason="y", actor=ACTOR, now=MORNING)

        permit.refresh_from_db()
        assert (permit.state, permit.void_reason) == ("void", "x")
        assert (voided, again) == ([permit.pk], [])
        assert data_of("permit.voided") == [{"reason": "x"}]

    def test_leaves_what_it_was_not_given(self, permit: Permit) -> None:
        assert not permits_void(which=Permit.objects.none(), reason="x", actor=ACTOR, now=MORNING)

        permit.refresh_from_db()
        assert permit.state == Permit.State.ISSUED

    def test_leaves_the_call_that_is_up(self, permit: Permit) -> None:
        sql("UPDATE compliance_permit SET state = 'redeemed', redeemed_at = now()")

        assert not permits_void(which=Permit.objects.all(), reason="x", actor=ACTOR, now=MORNING)

        permit.refresh_from_db()
        assert permit.state == Permit.State.REDEEMED


class TestAWithdrawal:
    def test_happens_once(self, permit: Permit) -> None:
        assert consent_withdraw(consent=permit.consent, actor=ACTOR, now=MORNING)
        assert not consent_withdraw(consent=permit.consent, actor=ACTOR, now=MORNING)

        assert data_of("consent.withdrawn") == [{"person": permit.person_id, "voided_permits": 1}]
        permit.consent.refresh_from_db()
        assert permit.consent.withdrawn_at == MORNING

    def test_voids_what_was_permitted_on_it_alone(self, world: World) -> None:
        person, other = callees(world, 2)
        consent(world.filing, [person], given_at=MORNING - timedelta(days=9))
        permit = permitted(world, person)
        bystander = permitted(world, other, seat=world.seats[1])
        older = person.consents.earliest("given_at")
        assert older.pk != permit.consent_id

        consent_withdraw(consent=older, actor=ACTOR, now=MORNING)
        permit.refresh_from_db()
        assert permit.state == Permit.State.ISSUED
        consent_withdraw(consent=permit.consent, actor=ACTOR, now=MORNING)

        permit.refresh_from_db()
        bystander.refresh_from_db()
        assert permit.void_reason == f"consent:{permit.consent_id}"
        assert bystander.state == Permit.State.ISSUED


@contextmanager
def listening(channel: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Listen in a session of one's own, as a line process does."""
    with psycopg.connect(session_parameters(), autocommit=True) as link:
        link.execute(f"LISTEN {channel}")  # a constant of ours
        yield link


@pytest.mark.django_db(transaction=True)
class TestTheLines:
    def test_hear_of_a_no_and_of_a_withdrawal_once_it_is_committed(self) -> None:
        world = build_world()
        person = callee(world)
        given = person.consents.get()
        with listening(refusing.CHANNEL) as noes, listening(withdrawal.CHANNEL) as withdrawals:
            refusal = refuse(person, world.principal)
            consent_withdraw(consent=given, actor=ACTOR, now=MORNING)

            heard = [
                [one.payload for one in link.notifies(timeout=5, stop_after=1)]
                for link in (noes, withdrawals)
            ]

        assert heard == [[str(refusal.pk)], [str(given.pk)]]
