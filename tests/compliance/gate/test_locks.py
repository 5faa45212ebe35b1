"""Whoever decides, spends or says no holds the same locks until it is committed."""

import re
from contextlib import suppress
from pathlib import Path

import pytest
from django.db import OperationalError, connection, transaction

from compliance import locks
from compliance.locks import number_held
from compliance.models import Person, Trunk
from compliance.redemption import redeem
from compliance.services.consent_withdraw import consent_withdraw
from tests.compliance.gate.answers import refused_by
from tests.undone import undone
from tests.world import ACTOR, MORNING, World, ask, build_world, callee, permitted, refuse

ROOT = Path(__file__).resolve().parents[3]
SEAT, NUMBER, CAPS = (place << 56 for place in (1, 2, 3))
ALONE, SHARED = "ExclusiveLock", "ShareLock"
Locks = set[tuple[int, str]]


@pytest.fixture
def world(transactional_db: None) -> World:
    return build_world()


@pytest.fixture
def person(world: World) -> Person:
    return callee(world)


def held() -> Locks:
    """Return the advisory locks of this session."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (classid::bigint << 32) + objid::bigint, mode FROM pg_locks"
            " WHERE locktype = 'advisory' AND granted AND pid = pg_backend_pid()"
        )
        return set(cursor.fetchall())


def of_call(world: World, person: Person) -> Locks:
    return {(SEAT + world.seat.pk, ALONE), (NUMBER + person.pk, ALONE)}


class TestADecision:
    def test_holds_the_seat_and_the_person_and_shares_the_caps(
        self, world: World, person: Person
    ) -> None:
        with undone():
            permitted(world, person)

            assert held() == of_call(world, person) | {(CAPS, SHARED)}

    def test_holds_the_caps_alone_near_them(self, world: World, person: Person) -> None:
        Trunk.objects.update(max_calls=2)  # as many as there are seats
        with undone():
            permitted(world, person)

            assert held() == of_call(world, person) | {(CAPS, ALONE)}

    def test_shares_the_caps_while_all_seats_together_cannot_reach_them(
        self, world: World, person: Person
    ) -> None:
        Trunk.objects.update(max_calls=3)
        with undone():
            permitted(world, person)

            assert (CAPS, SHARED) in held()

    def test_holds_them_to_refuse_as_well(self, world: World) -> None:
        stranger = callee(world, place=7, consented=False)
        with undone():
            refused_by(ask(world, stranger))

            assert held() == of_call(world, stranger) | {(CAPS, SHARED)}

    def test_lets_go_of_everything(self, world: World, person: Person) -> None:
        permitted(world, person)

        assert held() == set()


class TestTheNumber:
    def test_is_held_by_a_redemption(self, world: World, person: Person) -> None:
        permit = permitted(world, person)
        with transaction.atomic():
            redeem(permit_id=permit.pk, trunk_id=permit.trunk_id, actor=ACTOR, now=MORNING)

            assert held() == {(NUMBER + person.pk, ALONE)}

    def test_is_held_by_a_refusal(self, world: World, person: Person) -> None:
        with undone():
            refuse(person, world.principal)

            assert held() == {(NUMBER + person.pk, ALONE)}

    def test_is_held_by_a_withdrawal(self, world: World, person: Person) -> None:
        with undone():
            consent_withdraw(consent=person.consents.get(), actor=ACTOR, now=MORNING)

            assert held() == {(NUMBER + person.pk, ALONE)}

    def test_is_held_across_transactions_for_the_line(self, world: World, person: Person) -> None:
        with number_held(person.pk):
            with transaction.atomic():
                pass
            during = held()

        assert during == {(NUMBER + person.pk, ALONE)}
        assert held() == set()

    def test_is_let_go_by_a_session_that_is_gone(self, world: World, person: Person) -> None:
        with number_held(person.pk), connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (gone,) = cursor.fetchone()
            with suppress(OperationalError):
                cursor.execute("SELECT pg_terminate_backend(%s)", [gone])

        assert held() == set()  # a session of its own, where nobody waits for the person
        with number_held(person.pk):
            assert held() == {(NUMBER + person.pk, ALONE)}


class TestAKey:
    def test_never_changes_as_two_releases_may_run_side_by_side(self) -> None:
        keys = (locks.SEAT, locks.NUMBER, locks.CAPS, locks.IMPORT, locks.DEMO, locks.SUSPENSIONS)

        assert keys == tuple(place << 56 for place in (1, 2, 3, 6, 9, 11))

    def test_belongs_to_one_thing_alone(self) -> None:
        layers = ("audit", "compliance", "dialer", "console", "config")
        sources = [path for layer in layers for path in (ROOT / layer).rglob("*.py")]
        taken = [
            place
            for path in sources
            for place in re.findall(r"^[A-Z_]+ = (\d+) << 56", path.read_text(), re.MULTILINE)
        ]

        assert len(taken) >= 12
        assert len(taken) == len(set(taken)), sorted(taken, key=int)

    def test_of_the_demo_is_the_databases_own(self, world: World) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'compliance_demo_apart'")
            (body,) = cursor.fetchone()

        assert f"pg_advisory_xact_lock({1 << 56} * {locks.DEMO >> 56})" in body

    def test_of_the_suspensions_is_held_by_whoever_counts(self, world: World) -> None:
        with transaction.atomic():
            locks.lock_suspensions()

            assert held() == {(locks.SUSPENSIONS, ALONE)}
