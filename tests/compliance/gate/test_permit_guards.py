"""The database as referee: what nobody may do to a permit, nor to its decision."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from audit.uuid7 import uuid7
from compliance.models import (
    Decision,
    Permit,
)
from compliance.redemption import redeem
from tests.compliance.gate.attacker import change, sql
from tests.compliance.gate.referee import draft, forbidden
from tests.world import (
    ACTOR,
    MORNING,
    World,
    callee,
    make_caller_number,
    make_trunk,
)

pytestmark = pytest.mark.django_db


def spend(permit: Permit) -> None:
    redeem(permit_id=permit.pk, trunk_id=permit.trunk_id, actor=ACTOR, now=MORNING)


class TestPermit:
    @pytest.mark.parametrize(
        "what",
        [
            "expires_at = expires_at + interval '1 second'",
            "issued_at = issued_at - interval '1 second'",
            "signature = ''",
            "epoch = epoch + 1",
            "consent_id = NULL",
            "seat_id = seat_id + 1",
            "decision_id = gen_random_uuid()",
            "id = gen_random_uuid()",
        ],
    )
    def test_cannot_be_altered(self, permit: Permit, what: str) -> None:
        forbidden(change("permit", what), match="cannot be altered")

    def test_cannot_be_deleted(self, permit: Permit) -> None:
        forbidden("DELETE FROM compliance_permit", match="append-only")
        forbidden("TRUNCATE compliance_permit CASCADE", match="append-only")

    @pytest.mark.parametrize("state", ["issued", "expired", "void"])
    def test_never_comes_back_once_it_is_spent(self, permit: Permit, state: str) -> None:
        spend(permit)

        forbidden(
            "UPDATE compliance_permit SET state = %s, redeemed_at = NULL", state, match="cannot"
        )

    @pytest.mark.parametrize("state", ["issued", "redeemed", "closed"])
    @pytest.mark.parametrize("end", ["expired", "void"])
    def test_never_comes_back_from_the_dead(self, permit: Permit, end: str, state: str) -> None:
        sql("UPDATE compliance_permit SET state = %s", [end])

        forbidden(
            "UPDATE compliance_permit SET state = %s, redeemed_at = now()", state, match="cannot"
        )

    def test_is_not_redeemed_twice(self, permit: Permit) -> None:
        spend(permit)

        forbidden("UPDATE compliance_permit SET state = 'redeemed'", match="cannot go from")

    def test_keeps_the_instant_of_its_redemption(self, permit: Permit) -> None:
        spend(permit)

        forbidden(
            "UPDATE compliance_permit SET state = 'closed', redeemed_at = now() - interval '1 h'",
            match="cannot be moved",
        )

    def test_cannot_be_closed_without_a_call(self, permit: Permit) -> None:
        forbidden("UPDATE compliance_permit SET state = 'closed'", match="cannot go from")

    @pytest.mark.parametrize("verdict", ["refuse", "defer"])
    def test_is_not_born_without_a_decision_that_allows(
        self, world: World, permit: Permit, verdict: str
    ) -> None:
        decision = other_decision(world, verdict=verdict)

        with pytest.raises(IntegrityError, match="allowed this very call"), transaction.atomic():
            copy(permit, decision=decision, seat=world.seats[1], person=decision.person)

    def test_is_not_born_from_an_answered_question(self, world: World, permit: Permit) -> None:
        decision = other_decision(world, kind=Decision.Kind.QUESTION)

        with pytest.raises(IntegrityError, match="allowed this very call"), transaction.atomic():
            copy(permit, decision=decision, seat=world.seats[1], person=decision.person)

    @pytest.mark.parametrize("other", ["person", "seat", "filing"])
    def test_is_not_born_for_another_call_than_the_decided_one(
        self, world: World, permit: Permit, other: str
    ) -> None:
        decision = other_decision(world)
        call = {"person": decision.person, "seat": world.seats[1], "filing": permit.filing}
        call[other] = {
            "person": callee(world, place=9),
            "seat": world.seat,
            "filing": draft(world),
        }[other]

        with pytest.raises(IntegrityError, match="allowed this very call"), transaction.atomic():
            copy(permit, decision=decision, **call)

    @pytest.mark.parametrize("other", ["trunk", "caller_number", "consent"])
    def test_is_not_born_over_another_line_number_or_consent(
        self, world: World, permit: Permit, other: str
    ) -> None:
        decision = other_decision(world)
        makes: dict[str, Callable[[], object]] = {
            "trunk": lambda: make_trunk(world.operator, code="other"),
            "caller_number": lambda: make_caller_number(
                world.operator, world.trunk, number="9512302"
            ),
            "consent": lambda: permit.consent,
        }

        with pytest.raises(IntegrityError, match="allowed this very call"), transaction.atomic():
            copy(
                permit,
                decision=decision,
                seat=world.seats[1],
                person=decision.person,
                **{other: makes[other]()},
            )

    @pytest.mark.parametrize(
        "table",
        ["seat", "campaignfiling", "trunk", "callernumber", "consent", "person", "decision"],
    )
    def test_keeps_what_it_names_from_being_deleted(self, permit: Permit, table: str) -> None:
        forbidden(f"DELETE FROM compliance_{table}", match="append-only|foreign key")

    @pytest.mark.parametrize("state", ["redeemed", "closed", "void", "expired"])
    def test_is_born_open_or_not_at_all(self, world: World, permit: Permit, state: str) -> None:
        decision = other_decision(world)

        with pytest.raises(IntegrityError), transaction.atomic():
            copy(
                permit,
                decision=decision,
                seat=world.seats[1],
                person=decision.person,
                state=state,
            )

    def test_lives_ten_seconds_at_most(self, world: World, permit: Permit) -> None:
        decision = other_decision(world)

        with pytest.raises(IntegrityError, match="ten_seconds"), transaction.atomic():
            copy(
                permit,
                decision=decision,
                seat=world.seats[1],
                person=decision.person,
                expires_at=MORNING + timedelta(seconds=11),
            )

    def test_is_the_only_open_one_of_its_person(self, world: World, permit: Permit) -> None:
        decision = other_decision(world, person=permit.person)

        with pytest.raises(IntegrityError, match="one_open_per_person"), transaction.atomic():
            copy(permit, decision=decision, seat=world.seats[1])

    def test_is_the_only_open_one_of_its_seat(self, world: World, permit: Permit) -> None:
        decision = other_decision(world, seat=world.seat)

        with pytest.raises(IntegrityError, match="one_open_per_seat"), transaction.atomic():
            copy(permit, decision=decision, person=decision.person)

    def test_would_be_born_from_a_decision_that_allows_it(
        self, world: World, permit: Permit
    ) -> None:
        decision = other_decision(world)

        copy(permit, decision=decision, seat=world.seats[1], person=decision.person)

        assert Permit.objects.count() == 2


def other_decision(world: World, **changes: object) -> Decision:
    """Write a decision as the gate would, without a permit, for the second seat."""
    model = Decision.objects.filter(kind=Decision.Kind.PERMIT).latest("at")
    given: dict[str, object] = {
        "id": uuid7(MORNING),
        "kind": model.kind,
        "origin": model.origin,
        "at": model.at,
        "filing": model.filing,
        "person": callee(world, place=8),
        "seat": world.seats[1],
        "verdict": "allow",
        "answers": model.answers,
        "findings": model.findings,
        "objecting_rules": [],
        "facts": model.facts,
        "facts_digest": model.facts_digest,
        "book_digest": model.book_digest,
    }
    return Decision.objects.create(**{**given, **changes})


def copy(permit: Permit, **changes: object) -> Permit:
    """Insert another permit like this one."""
    fields = {field.attname: getattr(permit, field.attname) for field in Permit._meta.fields}
    twin = Permit(**{**fields, "id": uuid7(MORNING)})
    if "person" in changes:
        twin.consent = changes["person"].consents.get()  # type: ignore[attr-defined]
    for name, value in changes.items():
        setattr(twin, name, value)
    if changes.get("state") in ("redeemed", "closed"):
        twin.redeemed_at = MORNING
    twin.save(force_insert=True)
    return twin
