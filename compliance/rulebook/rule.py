"""What makes a function a rule: its reasons, its parameters, and what it looks at."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from compliance.rulebook.decision import Answer, Reason
from compliance.rulebook.facts import CallFacts, FilingFacts
from compliance.rulebook.local import LocalClock
from compliance.rulebook.stated import Stated

P = TypeVar("P")

Scope = Literal["filing", "call", "line"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Generic[P]):
    """A check with its bilingual reasons; ids, citations and numbers come from a pack."""

    scope: Scope
    check: Callable[[Any, P], Answer]
    read_params: Callable[[Stated], P]
    reasons: Mapping[str, Reason]
    doc: str

    def __call__(self, facts: CallFacts | FilingFacts, params: P) -> Answer:
        """Ask the rule."""
        return self.check(facts, params)


def no_params(stated: Stated) -> None:
    """Read the parameters of a rule that has none."""
    stated.only()


def clock_only(stated: Stated) -> LocalClock:
    """Read the parameters of a rule that has no numbers but needs to know the local day."""
    stated.only()
    return stated.clock


def _make(
    scope: Scope,
    check: Callable[[Any, P], Answer],
    read_params: Callable[[Stated], P],
    reasons: tuple[Reason, ...],
) -> Rule[P]:
    by_code = {reason.code: reason for reason in reasons}
    if len(by_code) != len(reasons):
        raise ValueError(f"Two reasons of {check.__name__} share a code.")
    return Rule(
        scope=scope,
        check=check,
        read_params=read_params,
        reasons=by_code,
        doc=check.__doc__ or "",
    )


def call_rule(
    *reasons: Reason, params: Callable[[Stated], P]
) -> Callable[[Callable[[CallFacts, P], Answer]], Rule[P]]:
    """Make a rule that judges one call."""
    return lambda check: _make("call", check, params, reasons)


def line_rule(
    *reasons: Reason, params: Callable[[Stated], P]
) -> Callable[[Callable[[CallFacts, P], Answer]], Rule[P]]:
    """Make a rule that judges one call by what its caller number and its trunk carry.

    Only such rules read `facts.line`: the gate asks them again about a crowded line.
    """
    return lambda check: _make("line", check, params, reasons)


def filing_rule(
    *reasons: Reason, params: Callable[[Stated], P]
) -> Callable[[Callable[[FilingFacts, P], Answer]], Rule[P]]:
    """Make a rule that judges a campaign's filing, at registration and before every call."""
    return lambda check: _make("filing", check, params, reasons)
