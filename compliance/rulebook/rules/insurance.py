"""Insurance: hours of selling, and how long before its end a policy may be offered for renewal."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from compliance.rulebook.chosen import asked_for_now, sooner
from compliance.rulebook.decision import ALLOW, NOT_APPLICABLE, Answer, Reason, defer, refuse
from compliance.rulebook.facts import CallFacts, ConsentFacts
from compliance.rulebook.grounds import Demands, carrying, demands
from compliance.rulebook.local import LocalClock
from compliance.rulebook.opening import ALL_DAY, DailyHours, spans, text
from compliance.rulebook.rule import call_rule
from compliance.rulebook.stated import Stated
from compliance.rulebook.unknowns import CONSENTS_UNKNOWN

INSURANCE = "insurance"
SALES_CLOSED = Reason(
    code="sales_closed",
    zh="保险电话销售只可在 {hours} 进行，客户主动要求的除外。",
    en="Insurance is sold by telephone in {hours} only, unless the customer asked otherwise.",
)
POLICY_END_UNKNOWN = Reason(
    code="policy_end_unknown",
    zh="续保外呼须有保单到期日，该被叫没有记录。",
    en="A renewal call needs the day on which the policy ends, and none is on record.",
)
RENEWAL_EARLY = Reason(
    code="renewal_early",
    zh="距保单到期超过 {days} 天，不得续保外呼。",
    en="The policy ends in more than {days} days, too early for a renewal call.",
)


def _sales_hours(stated: Stated) -> DailyHours:
    stated.only("purposes", "open")
    open_ = spans(stated.table["open"])
    return DailyHours(clock=stated.clock, open=dict.fromkeys(stated.names("purposes"), open_))


@call_rule(SALES_CLOSED, params=_sales_hours)
def sales_hours(facts: CallFacts, params: DailyHours) -> Answer:
    """Defer insurance selling at night, unless the person asked for that very time."""
    purpose = facts.filing.purpose
    open_ = params.open.get(purpose, ALL_DAY)
    if facts.filing.industry != INSURANCE or open_ is ALL_DAY:
        return NOT_APPLICABLE
    second = params.clock.split(facts.at)[1]
    if any(first <= second < last for first, last in open_):
        return ALLOW
    if asked_for_now(facts):
        return NOT_APPLICABLE
    until = sooner(params.next_opening(purpose, facts.at), facts)
    shown = text(open_)
    if until is None:
        return refuse(SALES_CLOSED, hours=shown)
    return defer(until, SALES_CLOSED, hours=shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalParams:
    """How many days before its end a policy may be offered for renewal."""

    clock: LocalClock
    days: int
    demands: Demands


def _renewal(stated: Stated) -> RenewalParams:
    stated.only("days")
    return RenewalParams(clock=stated.clock, days=stated.number("days"), demands=demands(stated))


@call_rule(CONSENTS_UNKNOWN, POLICY_END_UNKNOWN, RENEWAL_EARLY, params=_renewal)
def renewal_lead(facts: CallFacts, params: RenewalParams) -> Answer:
    """Defer a renewal call until the policy's last weeks; without the policy's end, refuse.

    The end has to stand on a consent that carries the call: two half-good ones are no good one.
    """
    if facts.filing.industry != INSURANCE or facts.filing.renews_policies is False:
        return NOT_APPLICABLE
    if facts.consents is None:
        return refuse(CONSENTS_UNKNOWN)
    opens = [_opens(consent, params) for consent in carrying(facts, params.demands)]
    first = min([at for at in opens if at is not None], default=None)
    if first is None:
        return refuse(POLICY_END_UNKNOWN)
    return ALLOW if first <= facts.at else defer(first, RENEWAL_EARLY, days=params.days)


def _opens(consent: ConsentFacts, params: RenewalParams) -> datetime | None:
    ends_on = consent.policy_ends_on
    if ends_on is None:
        return None
    return params.clock.instant(ends_on.toordinal(), 0) - timedelta(days=params.days)
