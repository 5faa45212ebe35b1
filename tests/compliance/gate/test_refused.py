"""The one door, end to end through the database: what no permit is ever issued for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.db import IntegrityError

from compliance.gate import PermitRefusal
from compliance.models import (
    CallerNumber,
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
from compliance.rulebook.rules import refusal
from compliance.selectors.call_facts import FactsUnavailableError
from compliance.services.consent_withdraw import consent_withdraw
from compliance.services.filing_pause import filing_close, filing_pause
from compliance.services.kill_switch import kill_switch_engage
from tests.compliance.gate.answers import other_filing, refused_by
from tests.compliance.gate.attacker import triggers_off
from tests.world import (
    ACTOR,
    MORNING,
    World,
    ask,
    beijing,
    callee,
    consent,
    freeze,
    make_campaign,
    make_principal,
    refuse,
)

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Case:
    """One thing that is wrong, and the rule that has to say so."""

    rule: str
    breaks: Callable[[World, Person], object]


def _set(model: type, **values: object) -> Callable[[World, Person], object]:
    return lambda world, person: model.objects.update(**values)  # type: ignore[attr-defined]


def _set_person(**values: object) -> Callable[[World, Person], object]:
    def attack(world: World, person: Person) -> None:
        with triggers_off():  # the database itself refuses
            Person.objects.update(**values)

    return attack


def _withdraw(world: World, person: Person) -> object:
    return consent_withdraw(consent=person.consents.get(), actor=ACTOR, now=MORNING)


def _move_whitelist(world: World, person: Person) -> None:
    with triggers_off():  # the database itself refuses
        Whitelist.objects.update(purpose="P6")


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
    "operator gone to another regime": Case("CN13-GOV-09", _set(Operator, regime="self_use")),
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
    "whitelist of another purpose": Case("CN13-CON-02", _move_whitelist),
    "refused the principal": Case("CN13-REF-01", lambda w, p: refuse(p, w.principal)),
    "refused everybody": Case("CN13-REF-09", lambda w, p: refuse(p, None)),
    "refused the industry": Case("CN13-REF-02", _refuse_elsewhere_in_industry),
    "seat out of service": Case("CN13-DIA-01", _set(Seat, active=False)),
    "kill switch, everything": Case("CN13-GOV-08", _stop("platform")),
    "kill switch, principal": Case("CN13-GOV-08", _stop("principal")),
    "kill switch, industry": Case("CN13-GOV-08", _stop("industry")),
    "number of an emergency service": Case("CN13-NUM-09", _set_person(number_class="emergency")),
    "place unknown to the book": Case("CN13-TIM-05", _set_person(provinces=["XX-??"])),
}


class TestRefusal:
    @pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
    def test_names_the_rule_that_objects(self, world: World, person: Person, case: Case) -> None:
        case.breaks(world, person)

        assert case.rule in refused_by(ask(world, person))

    @pytest.mark.parametrize(
        ("name", "holds"),
        [
            ("refused the principal", {"callee"}),
            ("seat out of service", {"seat"}),
            ("trunk sub-leased", {"campaign"}),
        ],
    )
    def test_says_what_has_to_wait(
        self, world: World, person: Person, name: str, holds: set[str]
    ) -> None:
        CASES[name].breaks(world, person)

        answer = ask(world, person)

        assert isinstance(answer, PermitRefusal)
        assert answer.holds == holds

    def test_meets_everybody_who_never_consented(self, world: World) -> None:
        stranger = callee(world, place=5, consented=False)

        assert "CN13-CON-01" in refused_by(ask(world, stranger))

    def test_meets_a_consent_given_to_somebody_else(self, world: World) -> None:
        stranger = callee(world, place=5, consented=False)
        consent(other_filing(world), [stranger])

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

        assert {"CN13-LIC-01", "CN13-REF-09", "CN13-LIC-07"} <= rules

    def test_meets_a_call_whose_rule_fails_itself(
        self, world: World, person: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        refuse(person, world.principal)

        def fails(*_: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(refusal, "_covering", fails)

        assert "CN13-REF-01" in refused_by(ask(world, person))
        findings = {row["rule"]: row for row in Decision.objects.get().findings}
        assert findings["CN13-REF-01"]["reason"] == "rule_failed"

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

        answer = ask(world, person)

        assert isinstance(answer, PermitRefusal)
        assert "CN13-TIM-04" in answer.rules  # other papers of the house have run out by then

    def test_meets_a_person_or_campaign_that_does_not_exist(
        self, world: World, person: Person
    ) -> None:
        with pytest.raises(FactsUnavailableError):
            ask(world, Person(pk=10**9))

        assert not Decision.objects.exists()
