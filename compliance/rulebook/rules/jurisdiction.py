"""Whose rulebook it is: an operator is under one, and no other may judge its calls."""

from compliance.rulebook.decision import ALLOW, Answer, Reason, refuse
from compliance.rulebook.facts import FilingFacts
from compliance.rulebook.rule import filing_rule
from compliance.rulebook.stated import Stated
from compliance.rulebook.unknowns import REGIME_UNKNOWN

REGIME_ELSEWHERE = Reason(
    code="regime_elsewhere",
    zh="运营主体的业务类型 {regime} 不适用本规则集。",
    en="An operator of the regime {regime} is not under this rulebook.",
)


def _regimes(stated: Stated) -> frozenset[str]:
    stated.only("regimes")
    return stated.names("regimes")


@filing_rule(REGIME_UNKNOWN, REGIME_ELSEWHERE, params=_regimes)
def governed(facts: FilingFacts, params: frozenset[str]) -> Answer:
    """Refuse every call of an operator that is under another rulebook."""
    if facts.regime is None:
        return refuse(REGIME_UNKNOWN)
    if facts.regime in params:
        return ALLOW
    return refuse(REGIME_ELSEWHERE, regime=facts.regime)
