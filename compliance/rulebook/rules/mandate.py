"""The principal's written mandate: nobody is called for a business that did not ask for it."""

from dataclasses import dataclass

from compliance.rulebook.decision import ALLOW, NOT_APPLICABLE, Answer, Reason, refuse
from compliance.rulebook.facts import FilingFacts
from compliance.rulebook.local import LocalClock
from compliance.rulebook.rule import filing_rule
from compliance.rulebook.stated import Stated
from compliance.rulebook.unknowns import REGIME_UNKNOWN

MANDATE_MISSING = Reason(
    code="mandate_missing",
    zh="没有委托主体的书面委托。",
    en="There is no written mandate from the principal.",
)
MANDATE_CONTRACT = Reason(
    code="mandate_contract",
    zh="委托记录未附合同。",
    en="The mandate on record has no contract behind it.",
)
MANDATE_PERIOD = Reason(
    code="mandate_period",
    zh="委托有效期为 {first} 至 {last}，当日不在其内。",
    en="The mandate runs from {first} to {last}, which does not cover this day.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateParams:
    """Who calls on its own behalf and needs no mandate."""

    clock: LocalClock
    without: frozenset[str]  # regimes


def _params(stated: Stated) -> MandateParams:
    stated.only("without")
    return MandateParams(clock=stated.clock, without=stated.names("without"))


@filing_rule(REGIME_UNKNOWN, MANDATE_MISSING, MANDATE_CONTRACT, MANDATE_PERIOD, params=_params)
def mandated(facts: FilingFacts, params: MandateParams) -> Answer:
    """Refuse unless the principal's written mandate covers the day."""
    if facts.regime is None:
        return refuse(REGIME_UNKNOWN)
    if facts.regime in params.without:
        return NOT_APPLICABLE
    mandate = facts.mandate
    if mandate is None:
        return refuse(MANDATE_MISSING)
    if mandate.has_contract is not True:
        return refuse(MANDATE_CONTRACT)
    first, last = mandate.valid_from, mandate.valid_until
    if first.toordinal() <= params.clock.day(facts.at) <= last.toordinal():
        return ALLOW
    return refuse(MANDATE_PERIOD, first=first.isoformat(), last=last.isoformat())
