"""The number that is called: only ordinary people's numbers are ever dialled."""

from compliance.rulebook.decision import ALLOW, Answer, Reason, refuse
from compliance.rulebook.facts import CallFacts
from compliance.rulebook.rule import call_rule
from compliance.rulebook.stated import Stated

CALLEE_CLASS = Reason(
    code="callee_class",
    zh="被叫号码类型为“{number_class}”，不得外呼。",
    en="The number called is of the class {number_class}, which is never dialled.",
)


def _allowed(stated: Stated) -> frozenset[str]:
    stated.only("allowed")
    return stated.names("allowed")


@call_rule(CALLEE_CLASS, params=_allowed)
def callable_class(facts: CallFacts, params: frozenset[str]) -> Answer:
    """Refuse emergency, short, service, premium, privacy and foreign numbers, and unknown ones."""
    number_class = facts.callee.number_class
    if number_class in params:
        return ALLOW
    return refuse(CALLEE_CLASS, number_class=number_class)
