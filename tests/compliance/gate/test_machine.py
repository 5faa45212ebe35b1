"""The gate under any sequence of events, with a clock that goes where it likes.

The machine works in one database session on the real tables; after every step it checks:

I1   in every rolling window, no more permits than the cap: seat (hour, day) and callee (day, 30
     days), counted here from the ledger's rows with windows that end at every permit
I2   live permits: one a seat, one a person, and no more on the trunk than its contract allows
I3   a refused or deferred request leaves the ledger, the leads to caps and the seats untouched
I4   a permit is spent at most once, within its ten seconds, as it was signed
I5   nothing is spent after a covering refusal, a withdrawal, a pause, a switch or a new epoch
I6   a skewed clock or a missing fact means no; another refusal never turns a no into a yes
I7   every decision's stored bytes replay to the same findings
I8   the same request id gives the same answer and reserves nothing twice
I9   expiring and closing twice change nothing, and give no place in a cap back
I10  the counts that the rules were given are the counts of the ledger's rows
I12  a clock that goes back admits nothing that it would not have admitted
I15  the order of the rules does not change who objects
I16  requests asked in any order end, and grant as many as the caps leave
"""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Q
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from audit.uuid7 import uuid7
from compliance.books import book, find_rule, logic_digest, read_pack
from compliance.gate import PermitRefusal
from compliance.models import (
    CampaignFiling,
    Consent,
    Decision,
    Epoch,
    KillSwitch,
    Permit,
    Person,
    Refusal,
)
from compliance.redemption import PermitUnusableError, redeem
from compliance.rulebook.book import Book
from compliance.rulebook.codec import facts_from_bytes, finding_row
from compliance.rulebook.engine import decide
from compliance.selectors.call_facts import LOOK_BACK
from compliance.selectors.filing_facts import filing_facts_at_epoch
from compliance.services.consent_withdraw import consent_withdraw
from compliance.services.filing_pause import filing_pause, filing_resume
from compliance.services.kill_switch import kill_switch_engage, kill_switch_release
from compliance.services.permit_close import PermitNotUpError, permit_close
from compliance.services.permits_expire import permits_expire
from tests.compliance.gate.attacker import sql, triggers_off
from tests.world import (
    ACTOR,
    MORNING,
    World,
    ask,
    build_world,
    callees,
    let_time_pass,
    make_principal,
    refuse,
)

SEATS, PEOPLE, TRUNK_CALLS = 3, 8, 2
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SEAT_CAPS = {HOUR: 25, DAY: 120}  # CN13-DIA-03
CALLEE_CAPS = {DAY: 2, timedelta(days=30): 6}  # CN13-FRQ-01, P3
OUTCOMES = st.sampled_from([("no_answer", 0), ("busy", 0), ("answered", 2), ("answered", 60)])
seats, people = st.integers(0, SEATS - 1), st.integers(0, PEOPLE - 1)
places = st.integers(0, 3)
fickle = st.integers(5, PEOPLE - 1)  # who may say no; the others stay willing


def shuffled_book() -> Book:
    """Return the same book with its rules in another order."""
    pack = read_pack("cn13")
    rules = list(pack["rules"].items())
    random.Random(7).shuffle(rules)
    return Book(
        pack={**pack, "rules": dict(rules)}, find_rule=find_rule, logic_digest=logic_digest()
    )


OTHER_ORDER = shuffled_book()


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever the block does, its durable commits too, as a test case does."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)


class Gate(RuleBasedStateMachine):
    """Everybody who can touch the gate, in any order."""

    world: World  # set by the test, made once
    callees: list[Person]
    calls: int  # in all examples

    def __init__(self) -> None:
        super().__init__()
        # Whatever one example does is rolled back; then an epoch's number may come again.
        filing_facts_at_epoch.cache_clear()
        self._example = ExitStack()
        self._example.enter_context(undone())
        self.now = MORNING
        self.spent: set[UUID] = set()

    def teardown(self) -> None:
        self._example.close()
        filing_facts_at_epoch.cache_clear()

    # What happens

    @rule(seat=seats, person=people)
    def request(self, seat: int, person: int) -> None:
        before = self.ledger()
        request = uuid7(self.now)

        answer = self.ask(person, seat, request=request)

        if isinstance(answer, PermitRefusal):
            assert self.ledger() == before  # I3
            return
        assert self.ask(person, seat, request=request) == answer  # I8
        assert len(self.ledger()) == len(before) + 1
        assert not self.covered(answer)  # I5, at the decision

    @rule(seat=seats, person=people, seconds=st.sampled_from([-3600, -2, 2, 3600]))
    def request_by_a_wrong_clock(self, seat: int, person: int, seconds: int) -> None:
        now = self.now + timedelta(seconds=seconds)

        answer = self.ask(person, seat, now=now)

        assert isinstance(answer, PermitRefusal)  # I6
        assert "CN13-TIM-11" in answer.rules

    @rule(order=st.permutations([(s, p) for s in range(SEATS) for p in range(PEOPLE)]))
    def request_all(self, order: list[tuple[int, int]]) -> None:
        free = self.free_places()

        answers = [self.ask(person, seat) for seat, person in order]

        granted = sum(isinstance(answer, Permit) for answer in answers)
        assert granted <= free  # I16: ends, and grants no more than there is room for
        if free and any(self.would_allow(s, p) for s, p in order):
            raise AssertionError("Room was left, and somebody who may be called was not.")

    @rule(seat=seats, person=people, outcome=OUTCOMES)
    def call(self, seat: int, person: int, outcome: tuple[str, int]) -> None:
        answer = self.ask(person, seat)
        if isinstance(answer, Permit):
            assert self.try_to_spend(answer.pk)
            self.note_call(answer.pk)
            assert self.try_to_close(answer.pk, outcome)

    @precondition(lambda self: self.any_permit)
    @rule(place=places)
    def spend(self, place: int) -> None:
        row = self.pick(place)
        usable = (
            row.state == Permit.State.ISSUED
            and self.now < row.expires_at
            and row.issued_at <= self.now + timedelta(seconds=1)
            and row.epoch == Epoch.objects.get().value
            and not self.covered(row)
        )

        spent = self.try_to_spend(row.pk)

        assert spent == usable  # I4, I5
        if spent:
            self.note_call(row.pk)
            assert not self.try_to_spend(row.pk)  # I4

    @precondition(lambda self: self.any_permit)
    @rule(place=places, column=st.sampled_from(["expires_at", "issued_at", "epoch", "seat_id"]))
    def spend_altered(self, place: int, column: str) -> None:
        before = self.pick(place)
        permit = before.pk
        change = {
            "expires_at": "expires_at - interval '1 ms'",
            "issued_at": "issued_at + interval '1 ms'",
            "epoch": "epoch - 1",
            "seat_id": "(SELECT max(id) FROM compliance_seat) + (SELECT min(id) FROM"
            " compliance_seat) - seat_id",
        }[column]
        with undone():
            with triggers_off():
                self.alter(column, change, permit)
            if getattr(Permit.objects.get(pk=permit), column) != getattr(before, column):
                assert not self.try_to_spend(permit)  # I4

    @precondition(lambda self: self.any_permit)
    @rule(place=places, outcome=OUTCOMES)
    def end(self, place: int, outcome: tuple[str, int]) -> None:
        row = self.pick(place)
        up = row.state == Permit.State.REDEEMED

        assert self.try_to_close(row.pk, outcome) == up
        assert self.try_to_close(row.pk, outcome) is False  # I9

    @rule()
    def expire(self) -> None:
        issued = Permit.objects.count()
        permits_expire(now=self.now)

        assert permits_expire(now=self.now) == 0  # I9
        assert Permit.objects.count() == issued

    @rule(person=fickle, towards=st.sampled_from(["principal", "industry", "everybody", "other"]))
    def refuse(self, person: int, towards: str) -> None:
        principal = {"principal": self.world.principal, "everybody": None}.get(
            towards, self.other_principal(towards)
        )
        allowed = self.would_allow(0, person)

        refuse(self.callees[person], principal)

        assert allowed or not self.would_allow(0, person)  # I6: monotone

    @rule(person=fickle)
    def withdraw(self, person: int) -> None:
        consent = Consent.objects.filter(person=self.callees[person]).latest("pk")
        consent_withdraw(consent=consent, actor=ACTOR, now=self.now)

        assert not self.would_allow(0, person)

    @rule(stop=st.sampled_from(["pause", "platform", "principal", "industry"]), person=people)
    def stop_for_a_while(self, stop: str, person: int) -> None:
        go_on = self.stop(stop)

        assert not any(self.would_allow(seat, person) for seat in range(SEATS))
        assert not any(self.try_to_spend(permit.pk) for permit in self.live_unspent())  # I5

        go_on()
        # What was permitted before the stop stays dead after it.
        assert not any(self.try_to_spend(permit.pk) for permit in self.live_unspent())

    @rule(seconds=st.sampled_from([1, 5, 11, 660, 1800, 24 * 3600, 7 * 24 * 3600]))
    def time_passes(self, seconds: int) -> None:
        self.now = let_time_pass(self.now + timedelta(seconds=seconds))
        permits_expire(now=self.now)  # as the schedule does every few seconds

    @rule(seconds=st.sampled_from([1, 11, 3600, 24 * 3600]))
    def time_goes_back(self, seconds: int) -> None:
        then = max(self.now - timedelta(seconds=seconds), MORNING - DAY)
        self.now = let_time_pass(then)

    # What always holds

    @invariant()
    def caps_hold(self) -> None:
        """I1 and I12: whatever the clock did, every window that ends at a permit holds."""
        rows = list(Permit.objects.values_list("seat_id", "person_id", "issued_at"))
        for place, caps in ((0, SEAT_CAPS), (1, CALLEE_CAPS)):
            for key in {row[place] for row in rows}:
                times = [row[2] for row in rows if row[place] == key]
                for window, cap in caps.items():
                    for end in times:
                        inside = [at for at in times if end - window < at <= end]
                        assert len(inside) <= cap

    @invariant()
    def live_permits_fit(self) -> None:
        """I2."""
        live = self.live()
        assert len(live) <= TRUNK_CALLS
        assert len({permit.seat_id for permit in live}) == len(live)
        assert len({permit.person_id for permit in live}) == len(live)

    @invariant()
    def spent_permits_are_the_ledgers(self) -> None:
        """I4: the ledger knows exactly the permits that were spent here."""
        redeemed = Permit.objects.filter(redeemed_at__isnull=False)
        assert set(redeemed.values_list("pk", flat=True)) == self.spent

    # What the machine looks at

    @property
    def filing(self) -> CampaignFiling:
        return self.world.filing

    @property
    def any_permit(self) -> bool:
        return Permit.objects.exists()

    def pick(self, place: int) -> Permit:
        """Return the permit at that place, counted back from the newest."""
        rows = list(Permit.objects.order_by("-pk"))
        return rows[place % len(rows)]

    def note_call(self, permit: UUID) -> None:
        assert permit not in self.spent  # I4
        self.spent.add(permit)
        type(self).calls += 1

    def stop(self, how: str) -> Callable[[], object]:
        """Stop all calls; return how to let them go on."""
        told: dict[str, Any] = {"actor": ACTOR, "now": self.now}
        if how == "pause":
            filing_pause(filing=self.filing, reason="x", **told)
            return lambda: filing_resume(filing=self.filing, reason="x", **told)
        targets = {"principal": str(self.world.principal.pk), "industry": "education"}
        switch = kill_switch_engage(scope=how, target=targets.get(how, ""), reason="x", **told)
        return lambda: kill_switch_release(switch=switch, **told)

    def live_unspent(self) -> list[Permit]:
        return [permit for permit in self.live() if permit.state == Permit.State.ISSUED]

    def ask(self, person: int, seat: int, **more: Any) -> Permit | PermitRefusal:
        """Ask the gate, and look at what its decision stood on."""
        more = {"now": self.now, "request": uuid7(self.now), **more}
        new = not Decision.objects.filter(pk=more["request"]).exists()
        counts = self.counts(person, seat, more["now"])

        answer = ask(self.world, self.callees[person], seat=self.world.seats[seat], **more)

        if new:
            stored = Decision.objects.get(pk=more["request"])
            assert counts_given(stored) == counts  # I10
            assert_replays(stored)
        return answer

    def counts(self, person: int, seat: int, now: datetime) -> tuple[int, int, int, int]:
        """Count in the ledger's rows what the rules have to be told."""
        of_seat = Permit.objects.filter(seat=self.world.seats[seat])
        return (
            of_seat.filter(issued_at__gt=now - HOUR).count(),
            of_seat.filter(issued_at__gt=now - DAY).count(),
            Permit.objects.filter(issued_at__gt=now - DAY).count(),  # one caller number
            Permit.objects.filter(person=self.callees[person])
            .filter(Q(issued_at__gt=now - LOOK_BACK) | Q(state__in=["issued", "redeemed"]))
            .count(),
        )

    def would_allow(self, seat: int, person: int) -> bool:
        """Ask the gate, and undo it."""
        with undone():
            answer = self.ask(person, seat)
        return isinstance(answer, Permit)

    def ledger(self) -> list[tuple[object, ...]]:
        return list(Permit.objects.order_by("pk").values_list())

    def live(self) -> list[Permit]:
        rows = Permit.objects.open()
        return [p for p in rows if p.state == Permit.State.REDEEMED or p.expires_at > self.now]

    def free_places(self) -> int:
        return TRUNK_CALLS - len(self.live())

    def covered(self, permit: Permit) -> bool:
        """Return whether anything that was committed forbids the permit's call."""
        filing = self.filing
        refusals = Refusal.objects.filter(person_id=permit.person_id)
        return (
            filing.state != CampaignFiling.State.ACTIVE
            or KillSwitch.objects.filter(released_at=None).exists()
            or permit.consent.withdrawn_at is not None
            or any(
                r.everywhere
                or r.principal_id == filing.principal_id
                or r.industry == filing.industry
                for r in refusals
            )
        )

    def try_to_spend(self, permit: UUID) -> bool:
        try:
            with transaction.atomic():
                trunk_id = self.world.trunk.pk
                redeem(permit_id=permit, trunk_id=trunk_id, actor=ACTOR, now=self.now)
        except PermitUnusableError:
            return False
        return True

    def try_to_close(self, permit: UUID, outcome: tuple[str, int]) -> bool:
        result, seconds = outcome
        try:
            permit_close(permit_id=permit, result=result, talk_seconds=seconds, ended_at=self.now)
        except PermitNotUpError:
            return False
        return True

    def alter(self, column: str, change: str, permit: UUID) -> None:
        # A constraint may refuse what the trigger would have.
        with suppress(DatabaseError), transaction.atomic():
            sql("UPDATE compliance_permit SET " + f"{column} = {change} WHERE id = %s", [permit])

    def other_principal(self, towards: str) -> Any:
        return self.others["education" if towards == "industry" else "retail"]

    others: dict[str, Any]


def counts_given(stored: Decision) -> tuple[int, int, int, int]:
    """Return the counts that the rules were given for a decision."""
    facts = facts_from_bytes(bytes(stored.facts))
    assert facts.seat is not None
    assert facts.line is not None
    assert facts.attempts is not None
    caller = facts.line.caller_day.count
    return facts.seat.hour.count, facts.seat.day.count, caller, len(facts.attempts)


def assert_replays(stored: Decision) -> None:
    """I7: the stored bytes give the same findings. I15: so do the rules in another order."""
    facts = facts_from_bytes(bytes(stored.facts))
    replayed, other = decide(facts, book()), decide(facts, OTHER_ORDER)
    assert [finding_row(finding) for finding in replayed.findings] == stored.findings
    assert replayed.verdict.value == stored.verdict
    assert (other.verdict, other.retry_at) == (replayed.verdict, replayed.retry_at)
    assert {f.rule_id for f in other.objections} == {f.rule_id for f in replayed.objections}


def machine(world: World) -> type[Gate]:
    """Return the machine in a world that is there already."""

    class GateOfWorld(Gate):
        pass

    GateOfWorld.world, GateOfWorld.calls = world, 0
    GateOfWorld.callees = callees(world, PEOPLE)
    GateOfWorld.others = {
        industry: make_principal(name=f"另一家 {industry}", industry=industry)
        for industry in ("education", "retail")
    }
    return GateOfWorld


SIZES = [
    pytest.param((10, 25), id="fast"),
    pytest.param((80, 50), id="long", marks=[pytest.mark.long, pytest.mark.timeout(3600)]),
]


@pytest.mark.django_db
class TestGate:
    @pytest.mark.parametrize("size", SIZES)
    def test_keeps_its_invariants_under_any_sequence_of_events(
        self, size: tuple[int, int]
    ) -> None:
        examples, steps = size
        world = build_world(seats=SEATS, max_calls=TRUNK_CALLS)

        gate = machine(world)

        run_state_machine_as_test(
            gate,
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                database=None,
                phases=[Phase.generate],  # shrinking would take minutes on a real database
                suppress_health_check=list(HealthCheck),
            ),
        )

        assert gate.calls > 0  # the machine got as far as the wire
