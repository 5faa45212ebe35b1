"""What the machine of gate tests knows and looks at; whatever it does is taken back."""

import random
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction
from django.db.models import Q
from hypothesis.stateful import (
    RuleBasedStateMachine,
)

from audit.uuid7 import uuid7
from compliance.books import book, find_rule, logic_digest, read_pack
from compliance.gate import PermitRefusal
from compliance.models import (
    CampaignFiling,
    Decision,
    KillSwitch,
    Permit,
    Person,
    Refusal,
)
from compliance.redemption import PermitUnusableError, redeem
from compliance.rulebook.book import Book
from compliance.rulebook.codec import answers_text, facts_from_bytes, finding_row
from compliance.rulebook.engine import decide
from compliance.selectors.call_facts import LOOK_BACK, REJECTED_BACK
from compliance.selectors.filing_facts import filing_facts_at_epoch
from compliance.selectors.vouched_consents import vouched_at_epoch
from compliance.services.filing_pause import filing_pause, filing_resume
from compliance.services.kill_switch import kill_switch_engage, kill_switch_release
from compliance.services.permit_close import PermitNotUpError, permit_close
from tests.compliance.gate.attacker import change, sql
from tests.undone import undone
from tests.world import (
    ACTOR,
    MORNING,
    World,
    ask,
)

SEATS, PEOPLE, TRUNK_CALLS = 3, 8, 2
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def shuffled_book() -> Book:
    """Return the same book with its rules in another order."""
    pack = read_pack("cn13")
    rules = list(pack["rules"].items())
    random.Random(7).shuffle(rules)
    return Book(
        pack={**pack, "rules": dict(rules)}, find_rule=find_rule, logic_digest=logic_digest()
    )


OTHER_ORDER = shuffled_book()


class GateWorld(RuleBasedStateMachine):
    """One example: a world, a clock, and what was spent."""

    world: World  # set by the test, made once
    callees: list[Person]
    others: dict[str, Any]
    calls: int  # in all examples

    def __init__(self) -> None:
        super().__init__()
        # Whatever one example does is rolled back; then an epoch's number may come again.
        filing_facts_at_epoch.cache_clear()
        vouched_at_epoch.cache_clear()
        self._example = ExitStack()
        self._example.enter_context(undone())
        self.now = MORNING
        self.spent: set[UUID] = set()

    def teardown(self) -> None:
        self._example.close()
        filing_facts_at_epoch.cache_clear()
        vouched_at_epoch.cache_clear()

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
        officer = self.world.people.approver
        if how == "pause":
            filing_pause(filing=self.filing, reason="x", **told)
            return lambda: filing_resume(filing=self.filing, reason="x", by=officer, now=self.now)
        targets = {"principal": str(self.world.principal.pk), "industry": "education"}
        switch = kill_switch_engage(scope=how, target=targets.get(how, ""), reason="x", **told)
        asked_by = self.world.people.author
        return lambda: kill_switch_release(
            switch=switch, asked_by=asked_by, by=officer, now=self.now
        )

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
            .filter(
                Q(issued_at__gt=now - LOOK_BACK)
                | Q(state__in=["issued", "redeemed"])
                | Q(result__in=["busy", "declined"], issued_at__gt=now - REJECTED_BACK)
            )
            .count(),
        )

    def would_allow(self, seat: int, person: int) -> bool:
        """Ask the gate, and undo it; what its decisions stand on is looked at in `ask`."""
        with undone():
            answer = ask(
                self.world,
                self.callees[person],
                seat=self.world.seats[seat],
                request=uuid7(self.now),
                now=self.now,
            )
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

    def alter(self, column: str, to: str, permit: UUID) -> None:
        # A constraint may refuse what the trigger would have.
        with suppress(DatabaseError), transaction.atomic():
            sql(change("permit", f"{column} = {to}", "id = %s"), [permit])

    def other_principal(self, towards: str) -> Any:
        return self.others["education" if towards == "industry" else "retail"]


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
    assert answers_text(replayed) == stored.answers
    assert [finding_row(finding) for finding in replayed.objections] == stored.findings
    assert replayed.verdict.value == stored.verdict
    assert (other.verdict, other.retry_at) == (replayed.verdict, replayed.retry_at)
    assert {f.rule_id for f in other.objections} == {f.rule_id for f in replayed.objections}
