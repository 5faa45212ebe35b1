"""The only way to the wire: a permit is spent once, in time, or there is no call."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from audit.models import AuditEntry
from compliance.books import book
from compliance.models import (
    Licence,
    Permit,
    Seat,
)
from compliance.models.refusal import BEYOND_EVERYWHERE
from compliance.redemption import PermitUnusableError, callee_of, redeem
from compliance.services.consent_withdraw import consent_withdraw
from compliance.services.filing_pause import filing_close, filing_pause
from compliance.services.kill_switch import kill_switch_engage
from tests.compliance.gate.attacker import sql, triggers_off
from tests.compliance.gate.spending import spend, unusable
from tests.emptying import NEW_EPOCH
from tests.stages import staged
from tests.world import (
    ACTOR,
    MORNING,
    World,
    callee,
    callees,
    consent,
    let_time_pass,
    make_principal,
    make_trunk,
    number_at,
    permitted,
    refuse,
)

pytestmark = pytest.mark.django_db


@staged
def two(world: World) -> tuple[Permit, Permit]:
    """Return permits of two seats for two people, the older one first."""
    people = callees(world, 2)
    first, second = (
        permitted(world, one, seat=seat) for one, seat in zip(people, world.seats, strict=True)
    )
    return first, second


class TestOneOfTwo:
    def test_is_the_one_that_is_spent(self, two: tuple[Permit, Permit]) -> None:
        for permit, place in zip(reversed(two), (1, 0), strict=True):
            assert callee_of(permit.pk) == permit.person_id
            assert spend(permit).callee == number_at(place)

    def test_has_to_be_signed_itself(self, two: tuple[Permit, Permit]) -> None:
        forged = two[1]
        with triggers_off():
            Permit.objects.filter(pk=forged.pk).update(signature=bytes(64))

        unusable(forged)


class TestRedemption:
    def test_gives_what_the_permit_allows_and_nothing_else(
        self, world: World, permit: Permit
    ) -> None:
        spent = spend(permit)

        assert spent.callee == number_at(0)
        assert spent.caller_number == world.caller_number.number
        assert (spent.person_id, spent.seat_id) == (permit.person_id, permit.seat_id)
        assert (spent.filing_id, spent.permit_id) == (permit.filing_id, permit.pk)

    def test_spares_the_same_purpose_from_a_refusal_of_all_calls_as_the_book_does(self) -> None:
        rule = book().rule("CN13-REF-09")

        assert rule is not None
        assert rule.params.exempt == {BEYOND_EVERYWHERE.value}

    def test_is_on_the_record(self, permit: Permit) -> None:
        spend(permit)

        permit.refresh_from_db()
        assert permit.state == Permit.State.REDEEMED
        assert permit.redeemed_at == MORNING
        entry = AuditEntry.objects.get(action="permit.redeemed")
        assert entry.object == f"permit:{permit.pk}"

    def test_happens_once(self, permit: Permit) -> None:
        spend(permit)

        with pytest.raises(PermitUnusableError):
            spend(permit)

        assert AuditEntry.objects.filter(action="permit.redeemed").count() == 1

    def test_needs_a_permit_that_exists(self, world: World) -> None:
        with pytest.raises(PermitUnusableError):
            redeem(permit_id=uuid4(), trunk_id=world.trunk.pk, actor=ACTOR, now=MORNING)

    def test_works_on_the_permits_own_trunk_only(self, world: World, permit: Permit) -> None:
        other = make_trunk(world.operator, code="other")
        late = permitted(world, callee(world, place=1), seat=world.seats[1])  # epoch moved

        unusable(late, trunk_id=other.pk)
        spend(late)

    def test_works_just_before_its_ten_seconds_are_over(self, permit: Permit) -> None:
        let_time_pass(MORNING + timedelta(seconds=9.999))

        spend(permit)

    @pytest.mark.parametrize("seconds", [10.0, 11.0, 3600.0])
    def test_does_not_work_after_ten_seconds_by_the_database_clock(
        self, permit: Permit, seconds: float
    ) -> None:
        let_time_pass(MORNING + timedelta(seconds=seconds))

        unusable(permit)

    def test_ignores_what_the_asking_host_calls_now(self, permit: Permit) -> None:
        let_time_pass(MORNING + timedelta(seconds=60))

        unusable(permit, now=MORNING)

    def test_refuses_a_permit_from_the_future(self, permit: Permit) -> None:
        let_time_pass(MORNING - timedelta(seconds=1.001))

        unusable(permit)


class TestOvertaking:
    """I5: nothing is spent once a no, a withdrawal, a pause or a switch has been committed."""

    OVERTAKES: dict[str, Callable[[World, Permit], object]] = {
        "refusal to the principal": lambda w, p: refuse(p.person, w.principal),
        "refusal to everybody": lambda w, p: refuse(p.person, None),
        "refusal to the industry": lambda w, p: refuse(
            p.person, make_principal(name="另一家教育", industry="education")
        ),
        "withdrawal": lambda w, p: consent_withdraw(consent=p.consent, actor=ACTOR, now=MORNING),
        "pause": lambda w, p: filing_pause(filing=w.filing, actor=ACTOR, reason="x", now=MORNING),
        "close": lambda w, p: filing_close(filing=w.filing, actor=ACTOR, reason="x", now=MORNING),
        "kill switch": lambda w, p: kill_switch_engage(
            scope="platform", target="", reason="x", actor=ACTOR, now=MORNING
        ),
        "licence changed": lambda w, p: Licence.objects.update(expires_on=MORNING.date()),
        "caller number unbound": lambda w, p: w.caller_number.trunks.clear(),
        "seat out of service": lambda w, p: Seat.objects.update(active=False),
    }

    @pytest.mark.parametrize("name", OVERTAKES)
    def test_makes_the_permit_worthless(self, world: World, permit: Permit, name: str) -> None:
        self.OVERTAKES[name](world, permit)

        unusable(Permit.objects.get(pk=permit.pk))

    @pytest.mark.parametrize(
        ("name", "state"),
        [("refusal to the principal", "void"), ("withdrawal", "void"), ("pause", "issued")],
    )
    def test_voids_at_once_what_somebody_said_no_to(
        self, world: World, permit: Permit, name: str, state: str
    ) -> None:
        self.OVERTAKES[name](world, permit)

        permit.refresh_from_db()
        assert permit.state == state

    def test_by_a_no_to_another_kind_of_business_stops_nothing(
        self, world: World, permit: Permit
    ) -> None:
        other = make_principal(name="燃气公司", industry="other")  # a new party: a new epoch
        late = permitted(world, callee(world, place=1), seat=world.seats[1])

        refuse(late.person, other)

        spend(late)

    BEHIND_OUR_BACK = {
        "pause": "UPDATE compliance_campaignfiling SET state = 'paused'",
        "refusal": """INSERT INTO compliance_refusal (person_id, everywhere, industry, purpose,
            source, evidence, recorded_at, recorded_by)
            SELECT person_id, true, '', '', 'web', 'x', now(), 'x' FROM compliance_permit""",
        "switch": """INSERT INTO compliance_killswitch (scope, target, reason, engaged_by,
            engaged_at, released_by) VALUES ('platform', '', 'x', 'x', now(), '')""",
        "withdrawal": "UPDATE compliance_consent SET withdrawn_at = now()",
        "expiry": "UPDATE compliance_consent SET expires_at = '2026-03-11 02:00:00Z'",
    }

    @pytest.mark.parametrize("what", BEHIND_OUR_BACK)
    def test_is_noticed_by_the_redemption_itself_where_nobody_voided_and_no_epoch_moved(
        self, world: World, permit: Permit, what: str
    ) -> None:
        with triggers_off():
            sql(self.BEHIND_OUR_BACK[what])

        unusable(permit)

    def test_is_noticed_by_the_epoch_alone(self, permit: Permit) -> None:
        sql(NEW_EPOCH)

        unusable(permit)


def test_a_consent_given_later_does_not_revive_a_voided_permit(
    world: World, permit: Permit
) -> None:
    consent_withdraw(consent=permit.consent, actor=ACTOR, now=MORNING)
    consent(world.filing, [permit.person], given_at=MORNING)

    unusable(Permit.objects.get(pk=permit.pk))
