"""What a rule did in the last 30 days, and the decisions that each figure was counted of."""

from dataclasses import dataclass

from compliance.models import Decision
from compliance.selectors.rule_usage import Usage, Used
from console.selectors.decisions_wanted import Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """How often a rule gave one answer, and the filters of the page that lists when."""

    count: int
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One rule's figures."""

    allowed: Figure
    deferred: Figure
    refused: Figure


def counted(rule: str, *, usage: Usage) -> Counted:
    """Return the figures of one rule."""
    used, said = usage.rules.get(rule, Used()), Decision.Verdict

    def figure(count: int, answer: str) -> Figure:
        wanted = Wanted(rule=rule, answer=answer, since=usage.since, until=usage.until)
        return Figure(count=count, query=wanted.query)

    return Counted(
        allowed=figure(used.allowed, said.ALLOW),
        deferred=figure(used.deferred, said.DEFER),
        refused=figure(used.refused, said.REFUSE),
    )
