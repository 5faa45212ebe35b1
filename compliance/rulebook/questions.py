"""The rules to ask at one stage, laid out so that asking them all is quick."""

from collections.abc import Callable, Hashable
from typing import Any

from compliance.rulebook.bound import BoundRule
from compliance.rulebook.decision import ALLOW, NOT_APPLICABLE, Answer, Decision, Verdict
from compliance.rulebook.facts import CallFacts
from compliance.rulebook.local import LocalClock
from compliance.rulebook.sight import sight, standing

PLANS_KEPT = 4096  # of one stage; then all are forgotten and made anew
Ask = tuple[Callable[[Any, Any], Answer], Any, bool]  # the check, its numbers, if of the call


class Plan:
    """Which rules are left to ask, beside those whose answer stands already.

    Only "allow" and "does not apply" ever stand: whoever objects is asked at every call.
    """

    __slots__ = ("allowance", "asks", "decisions", "kept", "left", "settled")

    def __init__(
        self,
        rules: tuple[BoundRule, ...],
        settled: tuple[Answer | None, ...],
        *,
        book_digest: str,
        kept: tuple[Any, ...] = (),
    ) -> None:
        """Lay out what is left to ask, and the decision if all of that allows.

        :param kept: what must live as long as the plan, because its key names it by identity
        """
        self.settled = settled
        self.kept = kept
        self.left = tuple(
            (place, bound)
            for place, (bound, answer) in enumerate(zip(rules, settled, strict=True))
            if answer is None
        )
        self.asks: tuple[Ask, ...] = tuple(
            (bound.rule.check, bound.params, bound.on_call) for _, bound in self.left
        )
        self.decisions: dict[tuple[bool, ...], Decision] = {}  # by who allowed of those left
        self.allowance = Decision(
            verdict=Verdict.ALLOW if rules else Verdict.REFUSE,  # no rules allow nothing
            findings=tuple(
                bound.not_applicable if answer is NOT_APPLICABLE else bound.allowed
                for bound, answer in zip(rules, settled, strict=True)
            ),
            retry_at=None,
            book_digest=book_digest,
        )


class Questions:
    """The rules of one stage, and the plans by which they are asked."""

    def __init__(
        self, rules: tuple[BoundRule, ...], *, book_digest: str, clock: LocalClock
    ) -> None:
        """Keep the rules in their order."""
        self.rules = rules
        self.asks_of_line = tuple(
            (bound.rule.check, bound.params) for bound in rules if bound.rule.scope == "line"
        )
        self.plain = Plan(rules, (None,) * len(rules), book_digest=book_digest)
        self._clock = clock
        self._book_digest = book_digest
        self._plans: dict[Hashable, Plan] = {}
        self._met: set[Hashable] = set()

    def plan(self, facts: CallFacts) -> Plan:
        """Return how to ask about a call: the answers that stand for all its like are filled in.

        A plan is made when a like of the call comes a second time: many never do.
        """
        stands = standing(facts, self._clock)
        if stands is None:
            return self.plain
        key, kept = stands
        plan = self._plans.get(key)
        if plan is not None:
            return plan
        if key not in self._met:
            if len(self._met) >= PLANS_KEPT:
                self._met.clear()
            self._met.add(key)
            return self.plain
        if len(self._plans) >= PLANS_KEPT:
            self._plans.clear()
        plan = self._plans[key] = self._settled(facts, kept)
        return plan

    def _settled(self, facts: CallFacts, kept: tuple[Any, ...]) -> Plan:
        call, filing = sight(facts, self._clock)
        settled = tuple(_answer(bound, call if bound.on_call else filing) for bound in self.rules)
        return Plan(self.rules, settled, book_digest=self._book_digest, kept=kept)


def _answer(bound: BoundRule, view: Any) -> Answer | None:
    try:
        answer = bound.rule.check(view, bound.params)
    except Exception:  # noqa: BLE001 - it looked further, or it fails: it is asked at every call
        return None
    return answer if answer is ALLOW or answer is NOT_APPLICABLE else None
