"""Marketing: barred to licensed call centres, whatever a campaign calls itself."""

from dataclasses import dataclass

from compliance.rulebook.decision import ALLOW, Answer, Reason, refuse
from compliance.rulebook.facts import PURPOSES, FilingFacts
from compliance.rulebook.rule import filing_rule
from compliance.rulebook.stated import Stated
from compliance.rulebook.unknowns import PURPOSE_UNKNOWN, REGIME_UNKNOWN

SCRIPT_MISSING = Reason(
    code="script_missing",
    zh="没有经审批的话术，不能排除其中含有推销内容。",
    en="There is no approved script, so it may well sell something.",
)
MARKETING_BARRED = Reason(
    code="marketing_barred",
    zh="呼叫中心企业不得提供商业营销类电话呼出服务。",
    en="A licensed call centre may not place commercial-marketing calls.",
)
MARKETING_NOT_CLEARED = Reason(
    code="marketing_not_cleared",
    zh="该类运营主体的营销外呼未经合规确认，默认不允许。",
    en="Marketing calls are not cleared for this kind of operator; the default is no.",
)
OFFER_MISLABELLED = Reason(
    code="offer_mislabelled",
    zh="话术含推销内容，外呼目的应为商业营销（P1），不得按 {purpose} 外呼。",
    en="The script sells something: that is marketing (P1), whatever the label {purpose} says.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketingParams:
    """Where marketing is barred by law, and where counsel has cleared it."""

    marketing: str  # the purpose that is marketing
    barred: frozenset[str]  # regimes
    cleared: frozenset[str]


def _marketing_params(stated: Stated) -> MarketingParams:
    stated.only("marketing", "barred_regimes", "cleared_regimes")
    return MarketingParams(
        marketing=stated.table["marketing"],
        barred=stated.names("barred_regimes"),
        cleared=stated.names("cleared_regimes") - stated.names("barred_regimes"),
    )


@filing_rule(
    REGIME_UNKNOWN,
    PURPOSE_UNKNOWN,
    SCRIPT_MISSING,
    MARKETING_BARRED,
    MARKETING_NOT_CLEARED,
    OFFER_MISLABELLED,
    params=_marketing_params,
)
def allowed(facts: FilingFacts, params: MarketingParams) -> Answer:
    """Refuse marketing, named or in the script, unless the operator's regime may do it."""
    if facts.regime is None:
        return refuse(REGIME_UNKNOWN)
    if facts.purpose not in PURPOSES:
        return refuse(PURPOSE_UNKNOWN, purpose=facts.purpose)
    if facts.purpose == params.marketing:
        return _cleared(facts, params)
    if facts.script_offers is False:
        return ALLOW
    if facts.script_offers is None:
        return refuse(SCRIPT_MISSING)
    return refuse(OFFER_MISLABELLED, purpose=facts.purpose)


def _cleared(facts: FilingFacts, params: MarketingParams) -> Answer:
    if facts.regime in params.barred:
        return refuse(MARKETING_BARRED)
    if facts.regime not in params.cleared:
        return refuse(MARKETING_NOT_CLEARED)
    return refuse(SCRIPT_MISSING) if facts.script_offers is None else ALLOW
