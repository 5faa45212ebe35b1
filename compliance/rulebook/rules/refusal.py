"""A person's no: it ends calling, for the principal and for the whole kind of business."""

from compliance.rulebook.decision import ALLOW, Answer, Reason, refuse
from compliance.rulebook.facts import CallFacts, LiftFacts, RefusalFacts
from compliance.rulebook.rule import call_rule, no_params

UNKNOWN = Reason(
    code="unknown",
    zh="无法读取拒绝名单，按已拒绝处理。",
    en="The refusal registry could not be read; that counts as refused.",
)
REFUSED_PRINCIPAL = Reason(
    code="refused_principal",
    zh="被叫已于 {on} 明确拒绝该委托主体来电（来源：{source}）。",
    en="The person refused this principal's calls on {on} (source: {source}).",
)
REFUSED_INDUSTRY = Reason(
    code="refused_industry",
    zh="被叫已于 {on} 明确拒绝该行业来电（来源：{source}）。",
    en="The person refused calls of this kind of business on {on} (source: {source}).",
)
LIFT_INVALID = Reason(
    code="lift_invalid",
    zh="{on} 的拒绝未依规解除：须本人在通话之外重新同意，并经两人批准。",
    en="The refusal of {on} was not lifted as it must be: by the person's own new consent "
    "outside a call, and two people.",
)
MIN_APPROVERS = 2


def _standing(facts: CallFacts) -> tuple[RefusalFacts, ...]:
    """Return the refusals that cover the campaign's purpose, lifted or not."""
    purpose = facts.filing.purpose
    return tuple(r for r in facts.refusals or () if r.purpose in (None, purpose))


def _day(refusal: RefusalFacts) -> str:
    return refusal.at.date().isoformat()


@call_rule(UNKNOWN, REFUSED_PRINCIPAL, params=no_params)
def refused_principal(facts: CallFacts, params: None) -> Answer:
    """Refuse for ever once the person said no to this principal, or to everybody."""
    if facts.refusals is None:
        return refuse(UNKNOWN)
    for refusal in _standing(facts):
        if refusal.lift is None and (refusal.everywhere or refusal.same_principal):
            return refuse(REFUSED_PRINCIPAL, on=_day(refusal), source=refusal.source)
    return ALLOW


@call_rule(UNKNOWN, REFUSED_INDUSTRY, params=no_params)
def refused_industry(facts: CallFacts, params: None) -> Answer:
    """Refuse for ever once the person said no to this kind of business."""
    if facts.refusals is None:
        return refuse(UNKNOWN)
    for refusal in _standing(facts):
        if refusal.lift is None and refusal.same_industry:
            return refuse(REFUSED_INDUSTRY, on=_day(refusal), source=refusal.source)
    return ALLOW
