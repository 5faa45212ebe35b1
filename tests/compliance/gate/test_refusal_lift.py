"""CN13-REF-03, CN13-REF-11: a later consent and two people lift a refusal, or nothing does."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from compliance.lists.answers import Method
from compliance.models import Consent, LiftRequest, Person, Refusal, RefusalLift, User
from compliance.redemption import PermitUnusableError
from compliance.selectors.call_sql import OF_ONE
from compliance.services.consent_withdraw import consent_withdraw
from compliance.services.refusal_lift import (
    LiftRefusedError,
    refusal_lift_approve,
    refusal_lift_request,
)
from tests.compliance.complaints.cases import complain, talked
from tests.compliance.gate.referee import forbidden
from tests.compliance.gate.spending import spend
from tests.stages import staged
from tests.vouching import vouch
from tests.world import (
    ACTOR,
    MORNING,
    World,
    ask,
    callee,
    consent,
    make_campaign,
    make_principal,
    permitted,
    refuse,
)

pytestmark = pytest.mark.django_db
LATER = MORNING + timedelta(seconds=1)


def agree_again(
    world: World, person: Person, *, expires_at: datetime | None = None, vouched: bool = True
) -> Consent:
    """Have the person agree once more, a moment after the refusal."""
    consent(world.filing, [person], given_at=LATER, expires_at=expires_at, vouched=vouched)
    return Consent.objects.get(person=person, given_at=LATER)


def objections(world: World, person: Person) -> tuple[str, ...]:
    rules: tuple[str, ...] = getattr(ask(world, person), "rules", ())
    return rules


@staged
def first(world: World) -> User:
    return world.people.approver


@staged
def second(world: World) -> User:
    return world.people.owner


@staged
def person(world: World) -> Person:
    return callee(world)


@staged
def refusal(world: World, person: Person) -> Refusal:
    return refuse(person, world.principal)


class TestLift:
    def test_takes_two_people(
        self, world: World, person: Person, refusal: Refusal, first: User, second: User
    ) -> None:
        again = agree_again(world, person)
        request = refusal_lift_request(refusal=refusal, consent=again, by=first, now=LATER)
        world.freeze(LATER)

        assert "CN13-REF-01" in objections(world, person)  # asked for is not lifted
        for nobody in (first, world.people.author):
            with pytest.raises(LiftRefusedError):
                refusal_lift_approve(request=request, by=nobody, now=LATER)
        refusal_lift_approve(request=request, by=second, now=LATER)

        permit = permitted(world, person)
        assert spend(permit).person_id == person.pk  # the redemption agrees with the gate

    def test_ends_with_the_consent_that_lifted(
        self, world: World, person: Person, refusal: Refusal, first: User, second: User
    ) -> None:
        again = agree_again(world, person)
        request = refusal_lift_request(refusal=refusal, consent=again, by=first, now=LATER)
        refusal_lift_approve(request=request, by=second, now=LATER)
        world.freeze(LATER)

        consent_withdraw(consent=again, actor=ACTOR, now=LATER)

        assert "CN13-REF-01" in objections(world, person)

    def test_ends_when_the_consent_that_lifted_does(
        self, world: World, person: Person, refusal: Refusal, first: User, second: User
    ) -> None:
        over = LATER + timedelta(minutes=1)
        again = agree_again(world, person, expires_at=over)
        consent(world.filing, [person], given_at=LATER + timedelta(microseconds=1))
        request = refusal_lift_request(refusal=refusal, consent=again, by=first, now=LATER)
        refusal_lift_approve(request=request, by=second, now=LATER)

        world.freeze(over - timedelta(microseconds=1))
        permit = permitted(world, person)
        world.freeze(over)

        with pytest.raises(PermitUnusableError):
            spend(permit)
        assert "CN13-REF-01" in objections(world, person)

    def test_leaves_refused_what_the_person_agreed_to_before(
        self, world: World, person: Person, refusal: Refusal, first: User, second: User
    ) -> None:
        """The consent that lifts was not sampled yet; the one from before the no was."""
        again = agree_again(world, person, vouched=False)
        request = refusal_lift_request(refusal=refusal, consent=again, by=first, now=LATER)
        refusal_lift_approve(request=request, by=second, now=LATER)
        world.freeze(LATER)

        assert objections(world, person)
        vouch(world.filing.whitelist)
        assert permitted(world, person).consent_id == again.pk

    def test_of_one_refusal_leaves_a_later_one(
        self, world: World, person: Person, refusal: Refusal, first: User, second: User
    ) -> None:
        again = agree_again(world, person)
        request = refusal_lift_request(refusal=refusal, consent=again, by=first, now=LATER)
        refusal_lift_approve(request=request, by=second, now=LATER)
        world.freeze(LATER)

        refuse(person, world.principal)

        assert "CN13-REF-01" in objections(world, person)

    @pytest.mark.parametrize(("whose", "purpose"), [("theirs", "P3"), ("ours", "P6")])
    def test_is_for_what_was_agreed_to_anew_and_for_nothing_else(
        self, world: World, person: Person, whose: str, purpose: str
    ) -> None:
        first, second = world.people.approver, world.people.owner
        theirs = make_principal(name="晚星教育科技有限公司", industry="education")
        other = make_campaign(
            people=world.people,
            principal=world.principal if whose == "ours" else theirs,
            caller_number=world.caller_number,
            trunk=world.trunk,
            code="other",
            purpose=purpose,
        ).filing
        consent(other, [person])
        refusal = refuse(person, None)
        again = agree_again(world, person)
        request = refusal_lift_request(refusal=refusal, consent=again, by=first, now=LATER)
        refusal_lift_approve(request=request, by=second, now=LATER)
        world.freeze(LATER)

        answer = ask(world, person, filing=other)

        assert "CN13-REF-09" in getattr(answer, "rules", ())
        permit = permitted(world, person)
        assert spend(permit).person_id == person.pk


class TestRequest:
    def test_is_refused_for_an_earlier_consent(
        self, person: Person, refusal: Refusal, first: User
    ) -> None:
        with pytest.raises(LiftRefusedError):
            refusal_lift_request(
                refusal=refusal, consent=person.consents.get(), by=first, now=LATER
            )

    def test_is_refused_for_somebody_elses_consent(
        self, world: World, refusal: Refusal, first: User
    ) -> None:
        other = callee(world, place=1, consented=False)

        with pytest.raises(LiftRefusedError):
            refusal_lift_request(
                refusal=refusal, consent=agree_again(world, other), by=first, now=LATER
            )

    @pytest.mark.parametrize("method", ["recording", "inbound_call", "电话录音", "Recording"])
    def test_is_refused_for_a_consent_not_known_to_be_given_outside_a_call(
        self, world: World, person: Person, refusal: Refusal, first: User, method: str
    ) -> None:
        spoken = agree_again(world, person)
        spoken.pk, spoken.method, spoken.evidence_sha256 = None, method, "ab" * 32
        spoken.save(force_insert=True)

        with pytest.raises(LiftRefusedError):
            refusal_lift_request(refusal=refusal, consent=spoken, by=first, now=LATER)

    def test_is_refused_for_a_consent_that_is_dated_ahead(
        self, world: World, person: Person, refusal: Refusal, first: User
    ) -> None:
        again = agree_again(world, person)

        with pytest.raises(LiftRefusedError):
            refusal_lift_request(
                refusal=refusal,
                consent=again,
                by=first,
                now=LATER - timedelta(microseconds=1),
            )
        refusal_lift_request(refusal=refusal, consent=again, by=first, now=LATER)

    def test_is_refused_to_whom_the_refusals_complaint_is_about(
        self, world: World, second: User
    ) -> None:
        call = talked(world)
        case = complain(0, permit_id=call.pk).complaint
        again = agree_again(world, call.person)
        author = world.people.author
        User.objects.filter(pk=author.pk).update(role=User.Role.COMPLIANCE)
        author.refresh_from_db()

        with pytest.raises(LiftRefusedError):
            refusal_lift_request(refusal=case.refusal, consent=again, by=author, now=LATER)
        asked = refusal_lift_request(refusal=case.refusal, consent=again, by=second, now=LATER)
        with pytest.raises(LiftRefusedError):
            refusal_lift_approve(request=asked, by=author, now=LATER)


class TestReferee:
    def test_knows_the_ways_of_agreeing_outside_a_call_as_the_import_does(self) -> None:
        in_calls = {Method.RECORDING, Method.INBOUND_CALL}
        known = ", ".join(f"'{method}'" for method in Method if method not in in_calls)

        assert f"o.method IN ({known})" in OF_ONE

    def test_takes_no_request_and_no_lift_of_anybody_but_compliance(
        self, world: World, person: Person, refusal: Refusal, first: User
    ) -> None:
        again, agent = agree_again(world, person), world.seat.agent
        wish = {"refusal": refusal, "consent": again, "requested_at": LATER}

        with pytest.raises(IntegrityError), transaction.atomic():
            LiftRequest.objects.create(requested_by=agent, **wish)
        request = LiftRequest.objects.create(requested_by=first, **wish)
        with pytest.raises(IntegrityError), transaction.atomic():
            RefusalLift.objects.create(
                refusal=refusal,
                consent=again,
                request=request,
                first_approver=first,
                second_approver=agent,
                lifted_at=LATER,
            )

    def test_takes_no_lift_without_a_request_that_says_the_same(
        self, world: World, person: Person, refusal: Refusal, first: User, second: User
    ) -> None:
        again = agree_again(world, person)
        request = refusal_lift_request(refusal=refusal, consent=again, by=first, now=LATER)
        row = {
            "refusal": refusal,
            "consent": again,
            "request": request,
            "first_approver": first,
            "second_approver": second,
            "lifted_at": LATER,
        }

        for spoilt in (
            {"second_approver": first},
            {"first_approver": second, "second_approver": first},
            {"consent": person.consents.earliest("given_at")},
            {"refusal": refuse(person, world.principal)},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                RefusalLift.objects.create(**row | spoilt)
        RefusalLift.objects.create(**row)

        forbidden("DELETE FROM compliance_refusallift", match="append-only")
        forbidden("UPDATE compliance_refusallift SET lifted_at = now()", match="append-only")
        forbidden("TRUNCATE compliance_liftrequest CASCADE", match="append-only")
