"""The database as referee: what nobody may do to the records behind a permit."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import ForeignKey

from compliance.models import (
    Consent,
    Permit,
    Person,
    Refusal,
)
from compliance.services.channel_test_record import channel_test_record
from compliance.services.consent_withdraw import consent_withdraw
from compliance.services.external_list import external_list_apply, external_list_register
from compliance.services.kill_switch import kill_switch_engage
from compliance.services.number_register import NumberState, number_event_record
from compliance.services.parties_register import principal_register
from tests.compliance.gate.attacker import change, copied, sql
from tests.compliance.gate.referee import forbidden
from tests.undone import undone
from tests.world import (
    ACTOR,
    MORNING,
    World,
    add_lead,
    callee,
    make_principal,
    refuse,
    released,
)

pytestmark = pytest.mark.django_db


class TestDecision:
    def test_is_never_changed_or_removed(self, permit: Permit) -> None:
        forbidden("UPDATE compliance_decision SET verdict = 'allow'", match="append-only")
        forbidden("DELETE FROM compliance_decision", match="append-only")
        forbidden("TRUNCATE compliance_decision CASCADE", match="append-only")


class TestRefusal:
    @pytest.mark.parametrize(
        "statement",
        [
            "DELETE FROM compliance_refusal",
            "TRUNCATE compliance_refusal CASCADE",
            "UPDATE compliance_refusal SET everywhere = false",
            "UPDATE compliance_refusal SET person_id = person_id",
        ],
    )
    def test_is_never_changed_or_removed(self, world: World, statement: str) -> None:
        refuse(callee(world), None)

        forbidden(statement, match="append-only")

        assert Refusal.objects.count() == 1

    def test_reaches_somebody(self, world: World) -> None:
        with pytest.raises(IntegrityError, match="refusal_has_a_scope"), transaction.atomic():
            Refusal.objects.create(
                person=callee(world),
                everywhere=False,
                source="web",
                evidence="x",
                recorded_at=MORNING,
                recorded_by=ACTOR,
            )


class TestConsent:
    def test_cannot_be_withdrawn_twice_or_given_back(self, world: World) -> None:
        consent = callee(world).consents.get()
        assert consent_withdraw(consent=consent, actor=ACTOR, now=MORNING) is True
        assert consent_withdraw(consent=consent, actor=ACTOR, now=MORNING) is False

        forbidden("UPDATE compliance_consent SET withdrawn_at = NULL", match="only be withdrawn")
        forbidden("UPDATE compliance_consent SET withdrawn_at = now()", match="only be withdrawn")

    @pytest.mark.parametrize(
        "what",
        [
            "expires_at = now() + interval '9 years', withdrawn_at = now()",
            "given_at = now(), withdrawn_at = now()",
            "person_id = person_id + 1, withdrawn_at = now()",
            "method = 'x'",
        ],
    )
    def test_cannot_be_altered(self, world: World, what: str) -> None:
        callee(world)

        forbidden(change("consent", what), match="only be withdrawn")

    def test_cannot_be_deleted(self, world: World) -> None:
        callee(world)

        forbidden("DELETE FROM compliance_consent", match="append-only")
        assert Consent.objects.count() == 1

    @pytest.mark.parametrize("evidence", ["", "x" * 64, "AB" * 32, "a" * 63, "a" * 63 + "\n"])
    def test_needs_evidence(self, world: World, evidence: str) -> None:
        given = callee(world).consents.get()
        given.pk, given.evidence_sha256 = None, evidence

        with pytest.raises(IntegrityError, match="consent_has_evidence"), transaction.atomic():
            given.save(force_insert=True)


class TestARowOfNobody:
    @pytest.mark.parametrize("table", ["compliance_consent", "compliance_refusal", "dialer_lead"])
    def test_is_not_taken(self, world: World, person: Person, table: str) -> None:
        refuse(person, None)
        add_lead(world, person)
        somebody = callee(world, place=9, consented=False)
        forbidden(copied(table, id=10**9, person_id=10**9), match="does not exist")

        sql(copied(table, id=10**9, person_id=somebody.pk))  # it was for the person alone

    def test_does_not_come_of_another_id(self, permit: Permit, world: World) -> None:
        pointed_to = {
            field.target_field.model._meta.db_table: field.target_field.get_internal_type()
            for model in apps.get_models()
            for field in model._meta.concrete_fields
            if isinstance(field, ForeignKey) and "db_constraint" in field.deconstruct()[3]
        }
        assert {"compliance_person", "compliance_seat"} <= pointed_to.keys()

        for table, kind in pointed_to.items():
            other = "gen_random_uuid()" if kind == "UUIDField" else "id + 1000000"
            forbidden(
                f"UPDATE {table} SET id = {other}",
                match="append-only|cannot be altered|only be withdrawn|GENERATED ALWAYS",
            )

    def test_is_not_taken_of_no_list_either(self, world: World) -> None:
        add_lead(world, callee(world))
        somebody = callee(world, place=9, consented=False)
        of_nothing = {"id": 10**9, "person_id": somebody.pk, "contact_list_id": 10**9}

        forbidden(copied("dialer_lead", **of_nothing), match="does not exist")


class TestPerson:
    def test_cannot_be_deleted(self, world: World) -> None:
        callee(world)

        forbidden("DELETE FROM compliance_person", match="append-only")
        assert Person.objects.count() == 1

    def test_keeps_its_number(self, person: Person) -> None:
        forbidden(
            change("person", "number_index = sha256('x')", "id = %s"),
            person.pk,
            match="keeps its number",
        )

    @pytest.mark.parametrize(
        "what", ["number_class = 'fixed'", "provinces = '{CN-GD}'", "provinces = '{CN-*}'"]
    )
    def test_keeps_what_is_known_of_the_number(self, world: World, what: str) -> None:
        callee(world)

        forbidden(change("person", what), match="not unlearned")

    def test_may_turn_out_to_be_in_more_places(self, person: Person) -> None:
        sql(change("person", "provinces = provinces || '{CN-XJ}'"))

        person.refresh_from_db()
        assert person.provinces == ["CN-BJ", "CN-XJ"]

    @pytest.mark.parametrize("until", ["NULL", "'2026-05-31'"])
    def test_stays_a_minor(self, world: World, until: str) -> None:
        callee(world)
        sql(change("person", "minor_until = '2026-06-01'"))

        forbidden(change("person", f"minor_until = {until}"), match="is a minor is not unlearned")

        sql(change("person", "minor_until = '2026-06-02'"))

    @pytest.mark.parametrize("checked", ["now()", "'2026-03-11 01:59Z'", "NULL"])
    def test_is_known_to_be_in_use_by_a_check_alone(self, person: Person, checked: str) -> None:
        state = NumberState(kind="in_use", at=MORNING)
        number_event_record(person=person, state=state, source="x", actor=ACTOR, now=MORNING)

        forbidden(change("person", f"checked_at = {checked}"), match="Only a check")

        person.refresh_from_db()
        assert person.checked_at == MORNING


class TestPrincipal:
    @pytest.mark.parametrize(
        "name",
        ["晨星教育科技有限公司 ", "晨星 教育科技（有限公司）", "晨星\u200b教育科技有限公司"],
    )
    def test_is_not_another_one_in_other_signs(self, world: World, name: str) -> None:
        with pytest.raises(IntegrityError, match="folded_name"), transaction.atomic():
            make_principal(name=name, industry="retail")

    def test_is_not_another_one_under_its_credit_code(self, world: World) -> None:
        def register(name: str, code: str) -> None:
            principal_register(
                name=name, industry="retail", credit_code=code, actor=ACTOR, now=MORNING
            )

        register("甲", "91310000MA1K00001X")

        with pytest.raises(IntegrityError, match="credit_code"), transaction.atomic():
            register("乙", "９１３１００００ma1k00001x")

    def test_keeps_its_kind_of_business_and_its_code(self, world: World) -> None:
        forbidden(change("principal", "industry = 'retail'"), match="kind of business")
        sql(change("principal", "credit_code = 'A'"))

        forbidden(change("principal", "credit_code = ''"), match="kind of business")


class TestWhatAges:
    """Were it dated ahead, it would stay young."""

    @pytest.mark.parametrize("seconds", [-60, 1, 1.001, 10**8])
    def test_is_not_dated_ahead(self, world: World, seconds: float) -> None:
        at = MORNING + timedelta(seconds=seconds)
        listed = external_list_register(code="x", name="x", industry="", actor=ACTOR, now=at)
        person, state = callee(world), NumberState(kind="in_use", at=at)
        writes: list[Callable[[], object]] = [
            lambda: channel_test_record(
                channel="sms", alive=True, evidence="x", actor=ACTOR, now=at
            ),
            lambda: number_event_record(
                person=person, state=state, source="x", actor=ACTOR, now=at
            ),
            lambda: external_list_apply(
                external=listed, version="1", as_of=at, numbers=(), file_sha256="", actor=ACTOR,
                now=at,
            ),
        ]  # fmt: skip

        for write in writes:
            with undone(), pytest.raises(IntegrityError) if seconds > 1 else nullcontext():
                write()


class TestTrunk:
    @pytest.mark.parametrize("what", ["kind = 'carrier'", "code = 'another'"])
    def test_is_never_turned_into_another(self, world: World, what: str) -> None:
        sql("DELETE FROM compliance_democlock")

        forbidden(change("trunk", what), match="keeps its code and its kind")


class TestWhitelist:
    @pytest.mark.parametrize("what", ["purpose = 'P1'", "principal_id = principal_id + 1"])
    def test_keeps_what_people_agreed_to(self, world: World, what: str) -> None:
        forbidden(change("whitelist", what), match="keeps its principal and its purpose")


class TestKillSwitch:
    @pytest.mark.parametrize(
        "statement",
        [
            change("killswitch", "scope = 'province', target = 'CN-XJ'"),
            change("killswitch", "reason = 'another', released_at = now()"),
            "DELETE FROM compliance_killswitch",
            "TRUNCATE compliance_killswitch",
        ],
    )
    def test_can_only_be_released(self, world: World, statement: str) -> None:
        kill_switch_engage(scope="platform", target="", reason="x", actor=ACTOR, now=MORNING)

        forbidden(statement, match="can only be released|append-only")

    def test_is_released_once(self, world: World) -> None:
        switch = kill_switch_engage(
            scope="platform", target="", reason="x", actor=ACTOR, now=MORNING
        )
        released(world, switch)

        forbidden(change("killswitch", "released_by = 'another'"), match="only be released")
        forbidden(change("killswitch", "released_at = NULL"), match="only be released")
