"""What a decision leaves behind: facts that replay, an audit entry, or nothing at all."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import uuid4

import pytest
from django.db import connection
from hypothesis import given

from audit.models import AuditEntry
from audit.selectors import verify_macs
from compliance.books import book
from compliance.decision_record import decision_draft, decision_fill
from compliance.gate import PermitRefusal
from compliance.models import Decision, Permit, Person
from compliance.numbers import normalise
from compliance.rulebook.codec import (
    answers_from_text,
    answers_text,
    facts_bytes,
    facts_from_bytes,
    finding_row,
)
from compliance.rulebook.engine import decide
from compliance.rulebook.facts import CallFacts
from compliance.services.person_for_number import number_of
from compliance.services.question_ask import question_ask
from tests.compliance.rulebook.strategies import call_facts
from tests.stages import staged
from tests.world import ACTOR, MORNING, World, ask, build_world, callee, permitted, refuse

pytestmark = pytest.mark.django_db


@staged
def world() -> World:
    return build_world()


def refused_decision(world: World) -> Decision:
    person = callee(world, place=3)
    refuse(person, world.principal)
    answer = ask(world, person)
    assert isinstance(answer, PermitRefusal)
    return Decision.objects.get(pk=answer.decision_id)


def allowed_decision(world: World) -> Decision:
    return permitted(world, callee(world)).decision


def deferred_decision(world: World) -> Decision:
    permitted(world, callee(world, place=4))
    answer = ask(world, callee(world, place=5))
    assert isinstance(answer, PermitRefusal)
    return Decision.objects.get(pk=answer.decision_id)


Make = Callable[[World], Decision]
DECISIONS: tuple[Make, ...] = (allowed_decision, refused_decision, deferred_decision)


class TestDecision:
    """I7: the same facts and book give the same decision for ever."""

    @pytest.mark.parametrize("make", DECISIONS)
    def test_replays_from_its_stored_bytes(self, world: World, make: Make) -> None:
        stored = make(world)
        stored.refresh_from_db()

        replayed = decide(facts_from_bytes(bytes(stored.facts)), book())

        assert replayed.verdict.value == stored.verdict
        assert replayed.retry_at == stored.retry_at
        assert answers_text(replayed) == stored.answers
        assert [finding_row(finding) for finding in replayed.objections] == stored.findings
        assert [finding.rule_id for finding in replayed.objections] == stored.objecting_rules
        assert replayed.book_digest == stored.book_digest

    @pytest.mark.parametrize("make", DECISIONS)
    def test_keeps_bytes_that_are_canonical_and_digested(self, world: World, make: Make) -> None:
        stored = make(world)
        stored.refresh_from_db()

        facts = bytes(stored.facts)

        assert facts_bytes(facts_from_bytes(facts)) == facts
        assert hashlib.sha256(facts).digest() == bytes(stored.facts_digest)

    @pytest.mark.parametrize("make", DECISIONS)
    def test_keeps_every_rule_that_every_call_must_pass(self, world: World, make: Make) -> None:
        stored = make(world)

        asked = [rule.id for rule in book().before_call(MORNING).rules]

        assert list(answers_from_text(stored.answers)) == asked
        assert len(asked) >= 30

    @given(call_facts())
    def test_keeps_every_objection_whatever_the_facts(self, facts: CallFacts) -> None:
        """CN13-REC-05: what was blocked is kept as fully as what was let through."""
        decision = decide(facts, book())
        row = decision_draft(
            id=uuid4(), kind=Decision.Kind.PERMIT, origin="test", at=facts.at, filing_id=1,
            person_id=1, seat_id=1,
        )  # fmt: skip

        decision_fill(row, decision, facts)

        objecting = {
            rule_id: verdict
            for rule_id, verdict in answers_from_text(row.answers).items()
            if verdict in {"defer", "refuse"}
        }
        assert (row.verdict == Decision.Verdict.ALLOW) is not bool(objecting)
        assert {one["rule"]: one["verdict"] for one in row.findings} == objecting
        assert row.objecting_rules == list(objecting)
        assert all(one["reason"] for one in row.findings)
        assert decide(facts_from_bytes(bytes(row.facts)), book()) == decision

    def test_never_holds_the_number(self, world: World) -> None:
        stored = allowed_decision(world)

        text = bytes(stored.facts).decode() + json.dumps(stored.findings)

        assert "1381000" not in text


class TestAuditEntry:
    @pytest.mark.parametrize(
        ("make", "action", "outcome"),
        [
            (allowed_decision, "permit.issued", "ok"),
            (refused_decision, "permit.refused", "denied"),
            (deferred_decision, "permit.deferred", "denied"),
        ],
    )
    def test_is_written_with_each_decision(
        self, world: World, make: Make, action: str, outcome: str
    ) -> None:
        stored = make(world)
        entries = AuditEntry.objects.filter(action=action)
        bodies = [json.loads(bytes(entry.body)) for entry in entries]

        (body,) = [b for b in bodies if b["data"]["decision"] == str(stored.pk)]

        assert body["outcome"] == outcome
        assert body["data"]["facts_sha256"] == bytes(stored.facts_digest).hex()
        assert body["data"]["book_sha256"] == stored.book_digest
        assert body["data"].get("rules", []) == stored.objecting_rules

    def test_is_written_for_every_decision_and_holds(self, world: World) -> None:
        deferred_decision(world)  # after an allowed one
        refused_decision(world)

        actions = ["permit.issued", "permit.refused", "permit.deferred"]

        assert AuditEntry.objects.filter(action__in=actions).count() == Decision.objects.count()
        assert verify_macs(AuditEntry.objects.all()) == []


class TestRollback:
    """I3: whatever fails, nothing of the decision is left."""

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("table", ["audit_entry", "compliance_permit", "compliance_decision"])
    def test_leaves_nothing(self, table: str) -> None:
        world = build_world()
        person = callee(world)
        entries = AuditEntry.objects.count()

        with break_writes(table), pytest.raises(Exception, match="broken on purpose"):
            ask(world, person)

        assert not Decision.objects.exists()
        assert not Permit.objects.exists()
        assert AuditEntry.objects.count() == entries

    @pytest.mark.django_db(transaction=True)
    def test_leaves_the_caps_as_they_were(self) -> None:
        world = build_world()
        person = callee(world)
        with break_writes("audit_entry"), pytest.raises(Exception, match="broken on purpose"):
            ask(world, person)

        permit = permitted(world, person)

        facts = facts_from_bytes(bytes(permit.decision.facts))
        assert facts.seat is not None
        assert facts.seat.hour.count == 0
        assert facts.attempts == ()


class TestQuestion:
    def test_never_makes_a_permit(self, world: World, person: Person) -> None:
        stored = ask_question(world, person)

        assert stored.verdict == Decision.Verdict.ALLOW
        assert stored.kind == Decision.Kind.QUESTION
        assert not Permit.objects.exists()

    def test_cannot_be_turned_into_a_permit_afterwards(self, world: World, person: Person) -> None:
        stored = ask_question(world, person)

        with pytest.raises(Exception, match="already used for another call"):
            ask(world, person, request=stored.pk)

        assert not Permit.objects.exists()

    def test_reserves_nothing(self, world: World, person: Person) -> None:
        for _ in range(30):
            ask_question(world, person)

        facts = facts_from_bytes(bytes(permitted(world, person).decision.facts))

        assert facts.attempts == ()
        assert facts.seat is not None
        assert facts.seat.hour.count == 0

    def test_is_itself_on_the_record(self, world: World) -> None:
        ask_question(world, callee(world))

        assert AuditEntry.objects.filter(action="call.asked").count() == 1

    def test_about_another_day_is_judged_for_that_day(self, world: World, person: Person) -> None:
        at = MORNING.replace(day=14)  # a Saturday

        stored = ask_question(world, person, at=at)

        assert stored.verdict == Decision.Verdict.DEFER
        assert "CN13-TIM-04" in stored.objecting_rules


def ask_question(world: World, person: Person, *, at: datetime = MORNING) -> Decision:
    """Ask whether the person may be called, and return what was kept of the answer."""
    answer = question_ask(
        filing=world.filing,
        number=normalise(number_of(person)),
        at=at,
        actor=ACTOR,
        now=MORNING,
    )
    return Decision.objects.get(pk=answer.question)


@contextmanager
def break_writes(table: str) -> Iterator[None]:
    """Make the database refuse new rows of one table."""
    run(
        "CREATE FUNCTION break_writes() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'broken on purpose'; END $$",
        f"CREATE TRIGGER broken BEFORE INSERT ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION break_writes()",
    )
    try:
        yield
    finally:
        run(f"DROP TRIGGER broken ON {table}", "DROP FUNCTION break_writes()")


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
