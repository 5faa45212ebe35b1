"""CN13-REC-04: a trail that is not sealed stops new calls, and nothing that protects people."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.books import book, read_pack
from compliance.gate import PermitRefusal
from compliance.models import Complaint, Consent, KillSwitch, Permit, Person, Refusal
from compliance.numbers import normalise
from compliance.redemption import SEALING_STOP_SECONDS, PermitUnusableError, redeem
from compliance.rulebook.codec import facts_from_bytes
from compliance.rulebook.decision import Verdict
from compliance.rulebook.engine import decide
from compliance.services.complaint_open import Intake, complaint_open
from compliance.services.consent_withdraw import consent_withdraw
from compliance.services.kill_switch import kill_switch_engage
from compliance.services.person_for_number import number_of
from tests.undone import undone
from tests.world import ACTOR, MORNING, World, ask, permitted, refuse

RULE = "CN13-REC-04"


def sealed(*, lag_s: float = 0, stopped: str = "") -> None:
    """Say how long ago, by the database's clock, everything was sealed, and whether it stopped."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE audit_state SET sealed_until = clock_timestamp() - make_interval(secs => %s),"
            " stopped = %s, stopped_at = CASE WHEN %s <> '' THEN clock_timestamp() END",
            [lag_s, stopped, stopped],
        )


def nobody_knows() -> None:
    """Take the row away, as nobody but the owner of the table can."""
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE audit_state DISABLE TRIGGER audit_state_deny;"
            " DELETE FROM audit_state;"
            " ALTER TABLE audit_state ENABLE ALWAYS TRIGGER audit_state_deny"
        )


STOPS: dict[str, Callable[[], None]] = {
    "late": lambda: sealed(lag_s=901),
    "signer refused": lambda: sealed(stopped="refused"),
    "quarantine": lambda: sealed(stopped="quarantine"),
    "unknown": nobody_knows,
}


def spend(permit: Permit) -> None:
    redeem(permit_id=permit.pk, trunk_id=permit.trunk_id, actor=ACTOR, now=MORNING)


class TestGate:
    @pytest.mark.parametrize("lag_s", [0, 61, 890])
    def test_lets_calls_go_while_sealing_is_not_too_late(
        self, world: World, person: Person, lag_s: int
    ) -> None:
        sealed(lag_s=lag_s)

        assert isinstance(ask(world, person), Permit)

    @pytest.mark.parametrize("stop", STOPS.values(), ids=STOPS.keys())
    def test_closes_and_tells_everybody_to_wait(
        self, world: World, person: Person, stop: Callable[[], None]
    ) -> None:
        stop()

        answer = ask(world, person)

        assert isinstance(answer, PermitRefusal)
        assert (answer.rules, answer.verdict) == ((RULE,), Verdict.REFUSE)
        assert "platform" in answer.holds

    def test_goes_by_the_databases_clock_whatever_clock_is_stated(
        self, world: World, person: Person
    ) -> None:
        world.freeze(MORNING + timedelta(minutes=20))
        sealed(lag_s=1)

        assert isinstance(ask(world, person), Permit)

    def test_keeps_the_lag_with_the_decision(self, world: World, person: Person) -> None:
        sealed(lag_s=70)

        facts = facts_from_bytes(bytes(permitted(world, person).decision.facts))

        assert facts.health.sealing_lag_s in range(70, 75)
        assert facts.health.sealing_stop == ""
        assert decide(facts, book()).verdict is Verdict.ALLOW


class TestRedemption:
    @pytest.mark.parametrize("stop", STOPS.values(), ids=STOPS.keys())
    def test_spends_no_permit_of_before_the_stop(
        self, permit: Permit, stop: Callable[[], None]
    ) -> None:
        stop()

        with pytest.raises(PermitUnusableError):
            spend(permit)

        permit.refresh_from_db()
        assert permit.redeemed_at is None

    def test_spends_it_once_sealing_goes_on(self, permit: Permit) -> None:
        sealed(stopped="refused")
        with pytest.raises(PermitUnusableError):
            spend(permit)
        sealed(lag_s=890)

        spend(permit)

        permit.refresh_from_db()
        assert permit.state == Permit.State.REDEEMED

    def test_bears_no_more_than_the_floor_of_every_pack(self) -> None:
        floors = {
            row["floor"]["stop_s"]["at_most"]
            for pack in ("cn13", "us")
            for row in read_pack(pack)["rules"].values()
            if row["check"] == "health.sealed"
        }

        assert floors == {SEALING_STOP_SECONDS}


class TestAnySealing:
    @settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        lag_s=st.integers(-(10**6), 10**6).filter(lambda lag: lag not in range(885, 902)),
        stopped=st.sampled_from(["", "", "refused", "quarantine"]),
        before=st.booleans(),
    )
    def test_rings_nobody_unless_it_is_fresh_and_has_not_stopped(
        self,
        world: World,
        person: Person,
        lag_s: int,
        stopped: str,
        before: bool,  # noqa: FBT001
    ) -> None:
        """Whether the permit is asked for before the stop or after it."""
        with undone():
            permit: Any = ask(world, person) if before else None
            sealed(lag_s=lag_s, stopped=stopped)
            permit = permit or ask(world, person)

            rang = True
            try:
                if isinstance(permit, Permit):
                    spend(permit)
            except PermitUnusableError:
                rang = False

            assert (rang and isinstance(permit, Permit)) == (lag_s <= 900 and not stopped)


@pytest.mark.parametrize("stop", STOPS.values(), ids=STOPS.keys())
class TestWhatProtectsPeople:
    def test_still_takes_down_a_refusal(
        self, world: World, person: Person, stop: Callable[[], None]
    ) -> None:
        stop()

        refuse(person, world.principal)

        assert Refusal.objects.filter(person=person).exists()

    def test_still_takes_down_a_withdrawal(
        self, world: World, person: Person, stop: Callable[[], None]
    ) -> None:
        stop()

        consent_withdraw(consent=person.consents.get(), actor=ACTOR, now=MORNING)

        assert not Consent.objects.filter(person=person, withdrawn_at=None).exists()

    def test_still_opens_a_complaint(
        self, world: World, person: Person, stop: Callable[[], None]
    ) -> None:
        stop()

        complaint_open(
            number=normalise(number_of(person)),
            intake=Intake(channel="12321"),
            actor=ACTOR,
            now=MORNING,
        )

        assert Complaint.objects.exists()

    def test_still_lets_anybody_stop_everything(
        self, world: World, person: Person, stop: Callable[[], None]
    ) -> None:
        stop()

        kill_switch_engage(scope="platform", target="", reason="x", actor=ACTOR, now=MORNING)

        assert KillSwitch.objects.filter(released_at=None).exists()
