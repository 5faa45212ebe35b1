"""The one door, end to end through the database: who gets a permit and what stops one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError

from audit.uuid7 import uuid7
from compliance.gate import PERMIT_TTL, DecidedOtherwiseError, PermitRefusal
from compliance.models import (
    CallerNumber,
    CampaignFiling,
    Decision,
    Licence,
    Mandate,
    Operator,
    Permit,
    Person,
    Seat,
    Trunk,
    Whitelist,
)
from compliance.redemption import redeem
from compliance.rulebook.decision import Verdict
from compliance.selectors.call_facts import FactsUnavailableError
from compliance.services.consent_withdraw import consent_withdraw
from compliance.services.filing_pause import filing_close, filing_pause, filing_resume
from compliance.services.kill_switch import kill_switch_engage, kill_switch_release
from compliance.services.permit_close import permit_close
from tests.world import (
    ACTOR,
    MORNING,
    World,
    ask,
    beijing,
    build_world,
    callee,
    consent,
    freeze,
    let_time_pass,
    make_campaign,
    make_principal,
    make_seats,
    permitted,
    refuse,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def person(world: World) -> Person:
    return callee(world)


def refused_by(answer: Permit | PermitRefusal, verdict: Verdict = Verdict.REFUSE) -> set[str]:
    """Return the rules that objected, and check that the refusal left no permit."""
    assert isinstance(answer, PermitRefusal)
    assert answer.verdict is verdict
    assert not Permit.objects.filter(decision=answer.decision_id).exists()
    return set(answer.rules)


def close(permit: Permit, *, result: str = "no_answer", talk_seconds: int = 0) -> None:
    """Spend a permit and end its call."""
    redeem(permit_id=permit.pk, trunk_id=permit.trunk_id, actor=ACTOR, now=permit.issued_at)
    permit_close(
        permit_id=permit.pk,
        result=result,
        talk_seconds=talk_seconds,
        ended_at=permit.issued_at,
    )


class TestPermit:
    def test_is_issued_for_exactly_the_call_that_was_asked_for(
        self, world: World, person: Person
    ) -> None:
        permit = permitted(world, person)

        assert (permit.person_id, permit.seat_id) == (person.pk, world.seat.pk)
        assert (permit.filing_id, permit.trunk_id) == (world.filing.pk, world.trunk.pk)
        assert permit.caller_number_id == world.caller_number.pk
        assert permit.consent_id == person.consents.get().pk
        assert permit.state == Permit.State.ISSUED

    def test_lives_ten_seconds_and_no_longer(self, world: World, person: Person) -> None:
        permit = permitted(world, person)

        assert permit.expires_at - permit.issued_at == PERMIT_TTL == timedelta(seconds=10)

    def test_is_the_same_for_the_same_request(self, world: World, person: Person) -> None:
        request = uuid7(MORNING)

        first = ask(world, person, request=request)
        again = ask(world, person, request=request)

        assert first == again
        assert Permit.objects.count() == Decision.objects.count() == 1

    def test_is_refused_again_for_a_refused_request_even_if_it_would_be_allowed_by_now(
        self, world: World
    ) -> None:
        stranger, request = callee(world, place=7, consented=False), uuid7(MORNING)
        first = ask(world, stranger, request=request)
        consent(world.filing, [stranger])

        again = ask(world, stranger, request=request)

        assert isinstance(first, PermitRefusal)
        assert again == first
        assert Decision.objects.count() == 1

    @pytest.mark.parametrize("other", ["person", "seat", "filing"])
    def test_is_not_given_for_a_request_id_of_another_call(
        self, world: World, person: Person, other: str
    ) -> None:
        request = uuid7(MORNING)
        ask(world, person, request=request)
        calls: dict[str, Callable[[], object]] = {
            "person": lambda: ask(world, callee(world, place=1), request=request),
            "seat": lambda: ask(world, person, seat=world.seats[1], request=request),
            "filing": lambda: ask(world, person, filing=_other_filing(world), request=request),
        }

        with pytest.raises(DecidedOtherwiseError):
            calls[other]()

        assert Permit.objects.count() == 1


@dataclass(frozen=True)
class Case:
    """One thing that is wrong, and the rule that has to say so."""

    rule: str
    breaks: Callable[[World, Person], object]


def _other_filing(world: World) -> CampaignFiling:
    principal = make_principal(name="别家教育有限公司", industry="other")
    return make_campaign(
        people=world.people,
        principal=principal,
        caller_number=world.caller_number,
        trunk=world.trunk,
        code="other",
    ).filing


def _set(model: type, **values: object) -> Callable[[World, Person], object]:
    return lambda world, person: model.objects.update(**values)  # type: ignore[attr-defined]


def _withdraw(world: World, person: Person) -> object:
    return consent_withdraw(consent=person.consents.get(), actor=ACTOR, now=MORNING)


def _pause(world: World, person: Person) -> None:
    filing_pause(filing=world.filing, actor=ACTOR, reason="x", now=MORNING)


def _close(world: World, person: Person) -> None:
    filing_close(filing=world.filing, actor=ACTOR, reason="x", now=MORNING)


def _stop(scope: str) -> Callable[[World, Person], object]:
    def engage(world: World, person: Person) -> object:
        targets = {"principal": str(world.principal.pk), "industry": world.principal.industry}
        return kill_switch_engage(
            scope=scope, target=targets.get(scope, ""), reason="x", actor=ACTOR, now=MORNING
        )

    return engage


def _refuse_elsewhere_in_industry(world: World, person: Person) -> object:
    return refuse(person, make_principal(name="另一家教育", industry="education"))


YESTERDAY = date(2026, 3, 10)
CASES = {
    "operator gone to another regime": Case("CN13-LIC-01", _set(Operator, regime="nobody")),
    "licence expired yesterday": Case("CN13-LIC-01", _set(Licence, expires_on=YESTERDAY)),
    "licence of another kind": Case("CN13-LIC-01", _set(Licence, kind="B25")),
    "licence of somebody else": Case("CN13-LIC-01", _set(Licence, holder_name="别人")),
    "mandate expired yesterday": Case("CN13-LIC-05", _set(Mandate, valid_until=YESTERDAY)),
    "mandate begins tomorrow": Case("CN13-LIC-05", _set(Mandate, valid_from=date(2026, 3, 12))),
    "trunk out of use": Case("CN13-LIC-07", _set(Trunk, active=False)),
    "trunk sub-leased": Case("CN13-LIC-07", _set(Trunk, sub_leased=True)),
    "trunk of another user": Case("CN13-LIC-07", _set(Trunk, user_entity="别人")),
    "trunk not for this purpose": Case("CN13-LIC-07", _set(Trunk, permitted_purposes=["P4"])),
    "trunk not reviewed": Case("CN13-LIC-07", _set(Trunk, reviewed_on=date(2025, 3, 1))),
    "number certificate expired": Case(
        "CN13-NUM-01", _set(CallerNumber, certificate_until=YESTERDAY)
    ),
    "number not on the trunk": Case(
        "CN13-NUM-01", lambda world, person: world.caller_number.trunks.clear()
    ),
    "number not opened": Case("CN13-NUM-01", _set(CallerNumber, callout_opened=False)),
    "campaign paused": Case("CN13-LIC-04.activation", _pause),
    "campaign closed": Case("CN13-LIC-04.activation", _close),
    "consent withdrawn": Case("CN13-CON-01", _withdraw),
    "whitelist of another purpose": Case("CN13-CON-02", _set(Whitelist, purpose="P6")),
    "refused the principal": Case("CN13-REF-01", lambda w, p: refuse(p, w.principal)),
    "refused everybody": Case("CN13-REF-01", lambda w, p: refuse(p, None)),
    "refused the industry": Case("CN13-REF-02", _refuse_elsewhere_in_industry),
    "seat out of service": Case("CN13-DIA-01", _set(Seat, active=False)),
    "kill switch, everything": Case("CN13-GOV-08", _stop("platform")),
    "kill switch, principal": Case("CN13-GOV-08", _stop("principal")),
    "kill switch, industry": Case("CN13-GOV-08", _stop("industry")),
    "number of an emergency service": Case("CN13-NUM-09", _set(Person, number_class="emergency")),
    "place unknown to the book": Case("CN13-TIM-05", _set(Person, provinces=["XX-??"])),
}


class TestRefusal:
    @pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
    def test_names_the_rule_that_objects(self, world: World, person: Person, case: Case) -> None:
        case.breaks(world, person)

        assert case.rule in refused_by(ask(world, person))

    def test_meets_everybody_who_never_consented(self, world: World) -> None:
        stranger = callee(world, place=5, consented=False)

        assert "CN13-CON-01" in refused_by(ask(world, stranger))

    def test_meets_a_consent_given_to_somebody_else(self, world: World) -> None:
        stranger = callee(world, place=5, consented=False)
        consent(_other_filing(world), [stranger])

        assert "CN13-CON-01" in refused_by(ask(world, stranger))

    def test_meets_a_consent_older_than_half_a_year(self, world: World) -> None:
        stranger = callee(world, place=5, consented=False)
        consent(world.filing, [stranger], given_at=MORNING - timedelta(days=181))

        assert refused_by(ask(world, stranger)) == {"CN13-CON-06"}

    def test_meets_a_consent_that_is_dated_in_the_future(self, world: World) -> None:
        stranger = callee(world, place=5, consented=False)
        consent(world.filing, [stranger], given_at=MORNING + timedelta(seconds=1))

        assert "CN13-CON-01" in refused_by(ask(world, stranger))

    def test_meets_a_campaign_that_nobody_activated(self, world: World, person: Person) -> None:
        draft = make_campaign(
            people=world.people,
            principal=world.principal,
            caller_number=world.caller_number,
            trunk=world.trunk,
            code="draft",
            active=False,
        )

        assert refused_by(ask(world, person, filing=draft.filing)) == {"CN13-LIC-04.activation"}

    @pytest.mark.django_db(transaction=True)
    def test_meets_a_seat_that_does_not_exist(self, world: World, person: Person) -> None:
        with pytest.raises(IntegrityError):
            ask(world, person, seat=Seat(pk=10**9))

        assert not Decision.objects.exists()

    def test_asks_every_rule_whatever_the_first_one_said(
        self, world: World, person: Person
    ) -> None:
        for name in ("licence expired yesterday", "refused everybody", "trunk sub-leased"):
            CASES[name].breaks(world, person)

        rules = refused_by(ask(world, person))

        assert {"CN13-LIC-01", "CN13-REF-01", "CN13-LIC-07"} <= rules

    @pytest.mark.parametrize("seconds", [-2.0, -1.001, 1.001, 2.0, 86_400.0])
    def test_meets_a_host_whose_clock_is_off(
        self, world: World, person: Person, seconds: float
    ) -> None:
        now = MORNING + timedelta(seconds=seconds)

        assert "CN13-TIM-11" in refused_by(ask(world, person, now=now))

    @pytest.mark.parametrize("seconds", [-0.9, 0.9])
    def test_lets_a_host_pass_whose_clock_is_off_by_less_than_a_second(
        self, world: World, person: Person, seconds: float
    ) -> None:
        assert isinstance(ask(world, person, now=MORNING + timedelta(seconds=seconds)), Permit)

    def test_meets_a_year_that_no_holiday_notice_covers(
        self, world: World, person: Person
    ) -> None:
        Mandate.objects.update(valid_until=date(2040, 1, 1))
        Licence.objects.update(expires_on=date(2040, 1, 1))
        CallerNumber.objects.update(certificate_until=date(2040, 1, 1))
        Trunk.objects.update(reviewed_on=date(2035, 3, 1))
        freeze(beijing("2035-03-14 10:00"))
        consent(world.filing, [person], given_at=beijing("2035-03-01 10:00"))

        assert refused_by(ask(world, person)) & {"CN13-TIM-04", "CN13-TIM-05"}

    def test_meets_a_person_or_campaign_that_does_not_exist(
        self, world: World, person: Person
    ) -> None:
        with pytest.raises(FactsUnavailableError):
            ask(world, Person(pk=10**9))

        assert not Decision.objects.exists()


class TestDeferral:
    @pytest.mark.parametrize(
        ("local", "opens"),
        [
            ("2026-03-11 07:59", "2026-03-11 09:00"),
            ("2026-03-11 12:00", "2026-03-11 14:00"),
            ("2026-03-11 20:30", "2026-03-12 09:00"),
            ("2026-03-13 21:00", "2026-03-16 09:00"),  # Friday evening
            ("2026-03-14 10:00", "2026-03-16 09:00"),  # Saturday
            ("2026-02-17 10:00", "2026-02-24 09:00"),  # Spring Festival
        ],
    )
    def test_outside_hours_says_when_they_open(
        self, world: World, person: Person, local: str, opens: str
    ) -> None:
        consent(world.filing, [person], given_at=beijing("2026-02-01 10:00"))
        freeze(beijing(local))

        answer = ask(world, person)

        assert isinstance(answer, PermitRefusal)
        assert answer.verdict is Verdict.DEFER
        assert answer.retry_at == beijing(opens)

    def test_keeps_a_second_permit_from_a_person_with_an_open_one(
        self, world: World, person: Person
    ) -> None:
        permitted(world, person)

        answer = ask(world, person, seat=world.seats[1])

        assert "CN13-FRQ-08" in refused_by(answer, Verdict.DEFER)

    def test_keeps_a_second_permit_from_a_seat_with_an_open_one(self, world: World) -> None:
        permitted(world, callee(world))

        answer = ask(world, callee(world, place=1))

        assert refused_by(answer, Verdict.DEFER) == {"CN13-DIA-01"}

    def test_counts_a_permit_that_expired_unused(self, world: World, person: Person) -> None:
        permitted(world, person)
        let_time_pass(MORNING + timedelta(hours=4, minutes=30))
        permitted(world, person)  # two in 24 hours is the cap
        let_time_pass(beijing("2026-03-11 18:59"))

        assert "CN13-FRQ-01" in refused_by(ask(world, person), Verdict.DEFER)

    def test_stops_a_seat_at_its_hourly_cap(self, world: World) -> None:
        for place in range(25):
            close(permitted(world, callee(world, place=place)))

        answer = ask(world, callee(world, place=99))

        assert refused_by(answer, Verdict.DEFER) == {"CN13-DIA-03"}

    def test_stops_a_full_trunk(self, world: World) -> None:
        Trunk.objects.update(max_calls=1)
        permitted(world, callee(world))

        answer = ask(world, callee(world, place=1), seat=world.seats[1])

        assert refused_by(answer, Verdict.DEFER) == {"CN13-DIA-04"}

    def test_rests_a_month_after_three_unanswered_calls_in_a_month(
        self, world: World, person: Person
    ) -> None:
        for local in ("2026-03-11 10:00", "2026-03-25 10:00", "2026-04-09 10:00"):
            freeze(beijing(local))
            close(permitted(world, person))

        # 29 days after the last call, 31 and more after the others: the run still counts.
        freeze(beijing("2026-05-08 10:00"))
        answer = ask(world, person)

        assert "CN13-FRQ-05" in refused_by(answer, Verdict.DEFER)

    def test_is_lifted_by_time_alone(self, world: World, person: Person) -> None:
        close(permitted(world, person))
        assert "CN13-FRQ-03" in refused_by(ask(world, person), Verdict.DEFER)

        let_time_pass(MORNING + timedelta(hours=4))

        assert isinstance(ask(world, person), Permit)


class TestSwitches:
    def test_leave_no_trace_once_released(self, world: World, person: Person) -> None:
        switch = kill_switch_engage(
            scope="platform", target="", reason="x", actor=ACTOR, now=MORNING
        )
        kill_switch_release(switch=switch, actor=ACTOR, now=MORNING)

        assert isinstance(ask(world, person), Permit)

    def test_of_another_principal_stop_nobody_else(self, world: World, person: Person) -> None:
        kill_switch_engage(
            scope="principal", target="999999", reason="x", actor=ACTOR, now=MORNING
        )

        assert isinstance(ask(world, person), Permit)

    def test_let_a_paused_campaign_call_again_only_when_it_is_resumed(
        self, world: World, person: Person
    ) -> None:
        filing_pause(filing=world.filing, actor=ACTOR, reason="x", now=MORNING)
        refused_by(ask(world, person))

        filing_resume(filing=world.filing, actor=ACTOR, reason="x", now=MORNING)

        assert isinstance(ask(world, person), Permit)


class TestTheLastSlots:
    """Near a cap of the caller number or trunk the gate counts alone; the answer is the same."""

    def test_are_given_out_to_the_last_one(self, world: World) -> None:
        Trunk.objects.update(max_calls=5)
        seats = [*world.seats, *make_seats(4)]

        answers = [
            ask(world, callee(world, place=place), seat=seat) for place, seat in enumerate(seats)
        ]

        assert [isinstance(answer, Permit) for answer in answers] == [True] * 5 + [False]

    def test_leave_one_decision_a_request(self, world: World, person: Person) -> None:
        Trunk.objects.update(max_calls=1)

        request: UUID = uuid7(MORNING)
        permit = ask(world, person, request=request)

        assert isinstance(permit, Permit)
        assert Decision.objects.get().pk == request
