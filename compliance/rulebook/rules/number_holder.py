"""Whether the number is still the person's who agreed: numbers change hands 二次号码."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from compliance.rulebook.decision import ALLOW, Answer, Reason, refuse
from compliance.rulebook.facts import CallFacts
from compliance.rulebook.local import LocalClock
from compliance.rulebook.rule import call_rule
from compliance.rulebook.stated import Stated
from compliance.rulebook.unknowns import CONSENTS_UNKNOWN

HOLDER_CHANGED = Reason(
    code="holder_changed",
    zh="该号码在 {on} 为空号或已另配他人，此前的同意不再有效，须重新核实。",
    en="On {on} the number was nobody's or somebody else's; consents from before it no longer "
    "hold.",
)
HOLDER_UNCHECKED = Reason(
    code="holder_unchecked",
    zh="已超过 {days} 天未核实该号码仍归同意人使用。",
    en="Nobody has made sure for {days} days that the number is still the person's who agreed.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderParams:
    """How long a check holds, and which purposes need one."""

    clock: LocalClock
    recheck: timedelta
    checked_purposes: frozenset[str]


def _params(stated: Stated) -> HolderParams:
    stated.only("recheck_days", "checked_purposes")
    return HolderParams(
        clock=stated.clock,
        recheck=timedelta(days=stated.number("recheck_days")),
        checked_purposes=stated.names("checked_purposes"),
    )


@call_rule(CONSENTS_UNKNOWN, HOLDER_CHANGED, HOLDER_UNCHECKED, params=_params)
def same_holder(facts: CallFacts, params: HolderParams) -> Answer:
    """Refuse when the number changed hands after the consents, or nobody looked for too long.

    That a consent from before does not carry the call is CON-01's; this rule says why.
    """
    if facts.consents is None:
        return refuse(CONSENTS_UNKNOWN)
    vacant_at = facts.callee.vacant_at
    if vacant_at is None and facts.filing.purpose not in params.checked_purposes:
        return ALLOW
    agreed = [consent.given_at for consent in facts.consents if consent.given_at <= facts.at]
    if vacant_at is not None and not any(at > vacant_at for at in agreed):
        return refuse(HOLDER_CHANGED, on=params.clock.date_text(vacant_at))
    if facts.filing.purpose in params.checked_purposes and not _fresh(facts, agreed, params):
        return refuse(HOLDER_UNCHECKED, days=params.recheck.days)
    return ALLOW


def _fresh(facts: CallFacts, agreed: list[datetime], params: HolderParams) -> bool:
    """Return whether the person agreed, or the number was checked, not too long ago."""
    checked_at = facts.callee.checked_at
    known = agreed if checked_at is None else [*agreed, checked_at]
    return any(facts.at - params.recheck <= at <= facts.at for at in known)
