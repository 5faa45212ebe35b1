"""A person's no: it ends calling, for the principal and for the whole kind of business."""

from dataclasses import dataclass

from compliance.rulebook.decision import ALLOW, NOT_APPLICABLE, Answer, Reason, refuse
from compliance.rulebook.facts import CallFacts, LiftFacts, RefusalFacts
from compliance.rulebook.local import LocalClock
from compliance.rulebook.rule import call_rule, clock_only
from compliance.rulebook.stated import Stated
from compliance.rulebook.unknowns import REFUSALS_UNKNOWN

REFUSED_PRINCIPAL = Reason(
    code="refused_principal",
    zh="被叫已于 {on} 明确拒绝该委托主体来电（来源：{source}）。",
    en="The person refused this principal's calls on {on} (source: {source}).",
)
REFUSED_EVERYBODY = Reason(
    code="refused_everybody",
    zh="被叫已于 {on} 拒绝一切来电（来源：{source}）。",
    en="The person refused every call on {on} (source: {source}).",
)
REFUSED_INDUSTRY = Reason(
    code="refused_industry",
    zh="被叫已于 {on} 明确拒绝该行业来电（来源：{source}）。",
    en="The person refused calls of this kind of business on {on} (source: {source}).",
)
LIFTED_BY_OTHERS = Reason(
    code="lifted_by_others",
    zh="{on} 的拒绝未依规解除：须本人此后在通话之外重新同意。",
    en="The refusal of {on} was not lifted as it must be: by the person's own later consent, "
    "given outside a call.",
)
LIFTED_ALONE = Reason(
    code="lifted_alone",
    zh="{on} 的拒绝解除仅有 {count} 人批准，须 {needed} 人。",
    en="The lifting of the refusal of {on} was approved by {count} people; {needed} are needed.",
)


def _covering(facts: CallFacts, refusals: tuple[RefusalFacts, ...]) -> list[RefusalFacts]:
    """Return the refusals that cover the campaign's purpose, lifted or not."""
    purpose = facts.filing.purpose
    return [
        r
        for r in refusals
        if r.purpose in (None, purpose) and (r.everywhere or r.same_principal or r.same_industry)
    ]


@call_rule(REFUSALS_UNKNOWN, REFUSED_PRINCIPAL, params=clock_only)
def refused_principal(facts: CallFacts, params: LocalClock) -> Answer:
    """Refuse for ever once the person said no to this principal."""
    if facts.refusals is None:
        return refuse(REFUSALS_UNKNOWN)
    if not facts.refusals:
        return ALLOW
    for refusal in _covering(facts, facts.refusals):
        if refusal.lift is None and refusal.same_principal:
            on = params.date_text(refusal.at)
            return refuse(REFUSED_PRINCIPAL, on=on, source=refusal.source)
    return ALLOW


@dataclass(frozen=True, slots=True, kw_only=True)
class EverybodyParams:
    """Which purposes a refusal of every call does not reach."""

    clock: LocalClock
    exempt: frozenset[str]


def _everybody(stated: Stated) -> EverybodyParams:
    stated.only("exempt")
    return EverybodyParams(clock=stated.clock, exempt=stated.names("exempt"))


@call_rule(REFUSALS_UNKNOWN, REFUSED_EVERYBODY, params=_everybody)
def refused_everybody(facts: CallFacts, params: EverybodyParams) -> Answer:
    """Refuse for ever once the person said no to everybody, but for a public emergency."""
    if facts.refusals is None:
        return refuse(REFUSALS_UNKNOWN)
    if not facts.refusals:
        return ALLOW
    if facts.filing.purpose in params.exempt:
        return NOT_APPLICABLE
    for refusal in _covering(facts, facts.refusals):
        if refusal.lift is None and refusal.everywhere:
            on = params.clock.date_text(refusal.at)
            return refuse(REFUSED_EVERYBODY, on=on, source=refusal.source)
    return ALLOW


@call_rule(REFUSALS_UNKNOWN, REFUSED_INDUSTRY, params=clock_only)
def refused_industry(facts: CallFacts, params: LocalClock) -> Answer:
    """Refuse for ever once the person said no to this kind of business."""
    if facts.refusals is None:
        return refuse(REFUSALS_UNKNOWN)
    if not facts.refusals:
        return ALLOW
    for refusal in _covering(facts, facts.refusals):
        if refusal.lift is None and refusal.same_industry:
            on = params.date_text(refusal.at)
            return refuse(REFUSED_INDUSTRY, on=on, source=refusal.source)
    return ALLOW


@call_rule(REFUSALS_UNKNOWN, LIFTED_BY_OTHERS, params=clock_only)
def lifted_by_the_person(facts: CallFacts, params: LocalClock) -> Answer:
    """Refuse while a refusal was lifted by anything but the person's own later consent."""
    if facts.refusals is None:
        return refuse(REFUSALS_UNKNOWN)
    if not facts.refusals:
        return ALLOW
    for refusal in _covering(facts, facts.refusals):
        lift = refusal.lift
        if lift is not None and not _own_consent(refusal, lift):
            return refuse(LIFTED_BY_OTHERS, on=params.date_text(refusal.at))
    return ALLOW


def _own_consent(refusal: RefusalFacts, lift: LiftFacts) -> bool:
    return lift.outside_a_call is True and lift.consent_given_at > refusal.at


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftParams:
    """How many people must agree that a refusal is lifted."""

    clock: LocalClock
    approvers: int


def _lift_params(stated: Stated) -> LiftParams:
    stated.only("approvers")
    return LiftParams(clock=stated.clock, approvers=stated.number("approvers"))


@call_rule(REFUSALS_UNKNOWN, LIFTED_ALONE, params=_lift_params)
def lifted_by_two(facts: CallFacts, params: LiftParams) -> Answer:
    """Refuse while a refusal was lifted by fewer people than it takes."""
    if facts.refusals is None:
        return refuse(REFUSALS_UNKNOWN)
    if not facts.refusals:
        return ALLOW
    for refusal in _covering(facts, facts.refusals):
        if refusal.lift is None:
            continue
        count = len(set(refusal.lift.approvers))
        if count < params.approvers:
            on = params.clock.date_text(refusal.at)
            return refuse(LIFTED_ALONE, on=on, count=count, needed=params.approvers)
    return ALLOW
