"""A pre-flight: the gate's own answers, person by person, before the campaign is active."""

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import transaction

from audit.models import AuditEntry
from compliance.books import book
from compliance.models import Decision, NumberEvent, Permit, Person, SeatDuty
from compliance.preflight import as_if_active, as_if_ready, preflight
from compliance.rulebook.codec import facts_bytes
from compliance.rulebook.decision import Verdict
from compliance.rulebook.engine import decide
from compliance.selectors.call_facts import CallQuestion, read_call, read_calls
from compliance.selectors.freest_seat import freest_seat
from compliance.suppression import Suppression
from tests.world import (
    ACTOR,
    MORNING,
    World,
    add_lead,
    beijing,
    build_world,
    callees,
    consent,
    make_campaign,
    make_principal,
    permitted,
    refuse,
)


@pytest.fixture
def world(transactional_db: None) -> World:
    return build_world(seats=6)


REQUEST = UUID(int=7)


def crowd(world: World) -> list[Person]:
    """Return people about whom everything that hangs on a person differs."""
    people = callees(world, 8)
    strangers = callees(world, 2, first=20, consented=False)
    refuse(people[1], world.principal)
    refuse(people[2], None)
    permitted(world, people[3], seat=world.seats[1])
    consent(world.filing, [people[4]], given_at=MORNING - timedelta(days=2))
    consent(world.filing, [people[5]], expires_at=MORNING - timedelta(days=1))
    other = make_principal(name="另一家公司", industry="education", at=MORNING)
    refuse(people[6], other)
    NumberEvent.objects.create(
        person=people[7],
        kind=NumberEvent.Kind.EMPTY,
        at=MORNING - timedelta(days=1),
        source="test",
        recorded_at=MORNING,
    )
    return [*people, *strangers]


def question(world: World, person_id: int = 0) -> CallQuestion:
    return CallQuestion(
        filing_id=world.filing.pk,
        person_id=person_id,
        seat_id=freest_seat(),
        request=REQUEST,
        at=MORNING,
        now=MORNING,
    )


class TestReadCalls:
    def test_reads_of_each_person_what_the_gate_reads(self, world: World) -> None:
        people = crowd(world)
        ids = [person.pk for person in people]

        with transaction.atomic():
            many = list(read_calls(question(world), [ids[:3], ids[3:]]))
            single = [read_call(question(world, person_id)) for person_id in ids]

        assert [facts_bytes(one.facts) for one in many] == [
            facts_bytes(one.facts) for one in single
        ]
        assert [(one.epoch, one.seats, one.stale_permits, one.decided_before) for one in many] == [
            (one.epoch, one.seats, one.stale_permits, one.decided_before) for one in single
        ]
        assert len({facts_bytes(one.facts) for one in many}) == len(people)

    def test_leaves_out_whoever_does_not_exist(self, world: World) -> None:
        (person,) = callees(world, 1)

        with transaction.atomic():
            many = list(read_calls(question(world), [[person.pk, 10**9], []]))

        assert len(many) == 1


class TestPreflight:
    def test_says_what_the_gate_says(self, world: World) -> None:
        people = crowd(world)
        found = preflight(
            filing=world.filing, person_ids=[p.pk for p in people], actor=ACTOR, now=MORNING
        )

        told = Counter(
            decide(read_call(question(world, person.pk)).facts, book()).verdict
            for person in people
        )
        assert found.people == len(people)
        assert found.now == told[Verdict.ALLOW] == 3
        assert found.later == told[Verdict.DEFER] == 1  # the one who is being called
        assert found.never == told[Verdict.REFUSE] == 6
        assert found.refusing["CN13-REF-01"] == found.refusing["CN13-REF-09"] == 1
        assert found.refusing["CN13-REF-02"] == 2

    def test_of_a_draft_supposes_that_it_is_active(self, world: World) -> None:
        people = callees(world, 3)
        draft = make_campaign(
            people=world.people,
            principal=world.principal,
            caller_number=world.caller_number,
            trunk=world.trunk,
            code="autumn",
            active=False,
        )

        found = preflight(
            filing=draft.filing, person_ids=[p.pk for p in people], actor=ACTOR, now=MORNING
        )

        assert (found.state, found.now) == ("draft", 3)

    def test_supposes_nothing_else(self, world: World) -> None:
        people = callees(world, 2)
        facts = read_call(question(world, people[0].pk)).facts.filing

        assert as_if_active(facts) == facts

    def test_says_of_a_list_what_no_seat_is_doing_this_moment(self, world: World) -> None:
        """Before the first shift, and while every agent talks or wraps up."""
        people = callees(world, 2)
        SeatDuty.objects.all().delete()
        assert (
            decide(read_call(question(world, people[0].pk)).facts, book()).verdict != Verdict.ALLOW
        )

        found = preflight(
            filing=world.filing, person_ids=[p.pk for p in people], actor=ACTOR, now=MORNING
        )

        assert (found.now, found.objections) == (2, Counter())

    def test_supposes_an_agent_who_is_rested_and_has_just_pressed(self, world: World) -> None:
        seat = read_call(question(world, callees(world, 1)[0].pk)).facts.seat
        assert seat is not None
        talking = replace(
            seat,
            on_duty_since=MORNING - timedelta(hours=3),
            ready_at=MORNING - timedelta(minutes=5),
            last_rang_at=MORNING - timedelta(minutes=1),
            last_talk_ended_at=MORNING - timedelta(seconds=3),
        )

        ready = as_if_ready(talking, at=MORNING)

        assert ready is not None
        assert (ready.ready_at, ready.on_duty_since) == (MORNING, MORNING)
        assert (ready.last_rang_at, ready.last_talk_ended_at) == (None, None)
        assert (ready.hour, ready.day, ready.points) == (seat.hour, seat.day, seat.points)

    def test_tells_when(self, world: World) -> None:
        people = callees(world, 2)

        found = preflight(
            filing=world.filing,
            person_ids=[p.pk for p in people],
            actor=ACTOR,
            now=MORNING,
            at=beijing("2026-03-13 20:30"),  # a Friday evening
        )

        assert found.later == 2
        assert found.first_at == found.last_at == beijing("2026-03-16 09:00")
        assert found.later_on == {"2026-03-16 09:00": 2}

    def test_reserves_and_stores_nothing_but_its_entry(self, world: World) -> None:
        people = callees(world, 3)
        before = Permit.objects.count(), Decision.objects.count(), AuditEntry.objects.count()

        preflight(filing=world.filing, person_ids=[p.pk for p in people], actor=ACTOR, now=MORNING)

        after = Permit.objects.count(), Decision.objects.count(), AuditEntry.objects.count()
        assert after == (before[0], before[1], before[2] + 1)


class TestSuppression:
    def suppression(self, world: World) -> Suppression:
        filing = world.filing
        return Suppression(
            principal_id=filing.principal_id, industry=filing.industry, purpose=filing.purpose
        )

    def test_denies_only_whom_the_rulebook_refuses(self, world: World) -> None:
        people = crowd(world)
        suppression = self.suppression(world)
        assert suppression.refresh() == 3

        denied = [person for person in people if suppression.denies(person.pk)]

        assert denied == [people[1], people[2], people[6]]
        for person in denied:
            decision = decide(read_call(question(world, person.pk)).facts, book())
            objecting = {finding.rule_id for finding in decision.objections}
            assert decision.verdict is Verdict.REFUSE
            assert set(suppression.rules(person.pk)) <= objecting

    def test_changes_no_answer_of_a_preflight(self, world: World) -> None:
        ids = [person.pk for person in crowd(world)]
        suppression = self.suppression(world)
        suppression.refresh()

        asked = preflight(filing=world.filing, person_ids=ids, actor=ACTOR, now=MORNING)
        filtered = preflight(
            filing=world.filing, person_ids=ids, actor=ACTOR, now=MORNING, suppression=suppression
        )

        assert (filtered.now, filtered.later, filtered.never) == (
            asked.now,
            asked.later,
            asked.never,
        )
        assert filtered.prefiltered == 3

    def test_of_an_older_moment_lets_nobody_through(self, world: World) -> None:
        person, other = callees(world, 2)
        suppression = self.suppression(world)
        suppression.refresh()
        refuse(person, world.principal)

        found = preflight(
            filing=world.filing,
            person_ids=[person.pk, other.pk],
            actor=ACTOR,
            now=MORNING,
            suppression=suppression,
        )

        assert not suppression.denies(person.pk)
        assert (found.now, found.never, found.prefiltered) == (1, 1, 0)

    def test_takes_in_what_was_refused_since(self, world: World) -> None:
        person, other = callees(world, 2)
        suppression = self.suppression(world)
        refuse(person, None)
        assert suppression.refresh() == 1
        refuse(other, world.principal)

        assert suppression.refresh() == 2
        assert suppression.denies(other.pk)


class TestCommand:
    def run(self, *arguments: str) -> dict[str, Any]:
        out = StringIO()
        call_command("preflight", *arguments, "--json", stdout=out)
        result: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
        return result

    def test_counts_the_waiting_leads(self, world: World) -> None:
        people = callees(world, 4)
        for person in people:
            add_lead(world, person)
        refuse(people[0], world.principal)

        told = self.run("--campaign", world.filing.code, "--prefilter")

        assert (told["people"], told["now"], told["never"]) == (4, 3, 1)
        assert told["rules"][0]["rule"] in ("CN13-REF-01", "CN13-REF-02", "CN13-REF-09")
        assert told["supposed"]["state"] == "active"
