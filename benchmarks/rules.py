"""The rulebook beside rule engines that hold as many conditions and tell every objection."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

import cedarpy
import zen

from benchmarks.conditions import CONDITIONS, in_cedar
from benchmarks.database import fresh_database
from benchmarks.flattened import flat
from benchmarks.report import Comparison, at_most
from compliance.rulebook.decision import Verdict
from compliance.rulebook.facts import CallFacts, RefusalFacts, UseFacts

if TYPE_CHECKING:
    from compliance.rulebook.book import Book

TURNS = 8  # of each side in a round …
MOST = 10.0  # µs for a decision with its digest
IN_A_ROW = 30  # … of so many decisions; the quickest counts, for other programs only slow it down
REQUEST = {"principal": 'Gate::"one"', "action": 'Action::"call"', "resource": 'Line::"one"'}
# The pair for which 1/48 was once measured with 20 rules; there, 1/20 is the least that must hold.
MEASURED_BEFORE = ("allowed", "zen-engine")
Evaluator = Callable[[CallFacts], set[str]]


def measure(*, server_url: str, rounds: int) -> list[Comparison]:
    """Decide a call that is allowed and one with three objections, all sides taking turns."""
    book, first_call, called_before = _facts(server_url)
    ours = _ours(book)
    compared = []
    cases = (
        ("allowed", first_call, True),
        ("three objections", _three_objections(first_call), True),
        ("allowed, called before", called_before, False),
    )
    peers = (
        ("zen-engine", _zen(), f"{len(CONDITIONS)} compiled expressions", True),
        ("cedarpy", _cedar(), f"{len(CONDITIONS)} forbid policies, parsed before", True),
        ("zen-engine, one list", _zen_at_once(), "one compiled list of all conditions", False),
    )
    for case, facts, case_counts in cases:
        for peer, evaluate, how, peer_counts in peers:
            judged = case_counts and peer_counts
            compared.append(
                Comparison(
                    name=f"rules, {case}, {peer}",
                    ours=f"decide() over {len(CONDITIONS)} rules, least µs",
                    peer=f"{how}, from dataclass to objections, least µs",
                    rounds=[_round(ours, evaluate, facts) for _ in range(rounds)],
                    goal=at_most(1 / 40) if judged else None,
                    must=at_most(1 / 20) if (case, peer) == MEASURED_BEFORE else None,
                )
            )
    compared += [_with_digest(book, case, facts, rounds) for case, facts, _ in cases]
    return compared


def _with_digest(book: "Book", case: str, facts: CallFacts, rounds: int) -> Comparison:
    """Measure what a permit needs: the decision, and the digest of the facts it is bound to."""
    from compliance.rulebook.codec import facts_bytes  # noqa: PLC0415 - needs Django set up
    from compliance.rulebook.engine import decide  # noqa: PLC0415

    def decided() -> None:
        decide(facts, book)

    def digested() -> None:
        decide(facts, book)
        hashlib.sha256(facts_bytes(facts)).digest()

    alone, both = ([_least(one) for _ in range(rounds)] for one in (decided, digested))
    return Comparison(
        name=f"rules, {case}, with the digest",
        ours="decide() and the SHA-256 of the canonical facts, least µs",
        peer="µs that all rules with the digest may take",
        rounds=[(one, MOST) for one in both],
        goal=at_most(1) if case == "allowed" else None,
        notes=[f"decide() alone: {min(alone):.1f} µs"],
    )


def _least(act: Callable[[], None]) -> float:
    times = []
    for _ in range(TURNS * IN_A_ROW):
        began = perf_counter()
        act()
        times.append(perf_counter() - began)
    return min(times) * 1e6


def _facts(server_url: str) -> "tuple[Book, CallFacts, CallFacts]":
    """Read the facts of two calls the way the gate does."""
    with fresh_database(server_url):
        from audit.uuid7 import uuid7  # noqa: PLC0415 - needs Django set up
        from benchmarks.parties import OPENING  # noqa: PLC0415
        from benchmarks.world import world_make  # noqa: PLC0415
        from compliance.books import book  # noqa: PLC0415
        from compliance.selectors.call_facts import (  # noqa: PLC0415
            CallQuestion,
            read_call,
        )

        world = world_make(filings=1, seats=1, people=10)
        question = CallQuestion(
            filing_id=world.filings[0],
            person_id=world.people[0],
            seat_id=world.seats[0],
            request=uuid7(OPENING),
            at=OPENING,
            now=OPENING,
        )
        reading = read_call(question)
    return book(), replace(reading.facts, attempts=()), reading.facts


def _three_objections(facts: CallFacts) -> CallFacts:
    assert facts.seat is not None
    no = RefusalFacts(
        id=1,
        at=facts.at,
        source="key_9",
        everywhere=False,
        same_principal=True,
        same_industry=False,
        purpose=None,
        lift=None,
    )
    return replace(
        facts,
        refusals=(no,),
        callee=replace(facts.callee, number_class="short"),
        seat=replace(facts.seat, hour=UseFacts(count=25, oldest_at=facts.at)),
    )


def _round(ours: Evaluator, theirs: Evaluator, facts: CallFacts) -> tuple[float, float]:
    if ours(facts) != theirs(facts):
        raise AssertionError(f"The two disagree: {ours(facts)}, {theirs(facts)}.")
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(TURNS):
        for evaluate, taken in zip((ours, theirs), times, strict=True):
            for _ in range(IN_A_ROW):
                began = perf_counter()
                evaluate(facts)
                taken.append(perf_counter() - began)
    return min(times[0]) * 1e6, min(times[1]) * 1e6


def _ours(book: "Book") -> Evaluator:
    from compliance.rulebook.engine import decide  # noqa: PLC0415

    asked = {bound.id for bound in book.rules() if "PRE" in bound.stages}
    if asked != CONDITIONS.keys():
        raise AssertionError(f"The conditions are not the book's: {asked ^ CONDITIONS.keys()}.")

    def evaluate(facts: CallFacts) -> set[str]:
        decision = decide(facts, book)
        if decision.verdict is Verdict.ALLOW:
            return set()
        return {finding.rule_id for finding in decision.objections}

    return evaluate


def _zen() -> Evaluator:
    compiled = [(rule, zen.compile_expression(text)) for rule, text in CONDITIONS.items()]

    def evaluate(facts: CallFacts) -> set[str]:
        context = flat(facts)
        return {rule for rule, condition in compiled if condition.evaluate(context)}

    return evaluate


def _zen_at_once() -> Evaluator:
    every = zen.compile_expression(f"[{', '.join(CONDITIONS.values())}]")

    def evaluate(facts: CallFacts) -> set[str]:
        answers = every.evaluate(flat(facts))
        return {rule for rule, met in zip(CONDITIONS, answers, strict=True) if met}

    return evaluate


def _cedar() -> Evaluator:
    permit = "permit(principal, action, resource);"
    policies = cedarpy.PolicySet.from_str("\n".join([permit, *map(in_cedar, CONDITIONS)]))
    entities = cedarpy.Entities.from_json_str("[]")

    def evaluate(facts: CallFacts) -> set[str]:
        answer = cedarpy.is_authorized({**REQUEST, "context": flat(facts)}, policies, entities)
        if answer.diagnostics.errors:
            raise AssertionError(answer.diagnostics.errors)
        if answer.allowed:
            return set()
        return set(answer.diagnostics.id_annotations_by_reason.values())

    return evaluate
