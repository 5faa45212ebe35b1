"""The time that the person asked for: nobody calls before it."""

from compliance.rulebook.decision import ALLOW, Answer, Reason, defer, refuse
from compliance.rulebook.facts import CallFacts
from compliance.rulebook.rule import call_rule, no_params

WISHES_UNKNOWN = Reason(
    code="wishes_unknown",
    zh="无法读取被叫约定的来电时间。",
    en="Whether the person asked for a time to be called could not be read.",
)
ASKED_FOR_LATER = Reason(
    code="asked_for_later",
    zh="被叫要求在约定时间来电，时间未到。",
    en="The person asked to be called at a time that has not come yet.",
)


@call_rule(WISHES_UNKNOWN, ASKED_FOR_LATER, params=no_params)
def kept(facts: CallFacts, params: None) -> Answer:
    """Defer until the time that the person asked for; what has passed binds nobody."""
    wishes = facts.chosen_times
    if wishes is None:
        return refuse(WISHES_UNKNOWN)
    for wish in wishes:
        if facts.at < wish.from_at:
            return defer(wish.from_at, ASKED_FOR_LATER)
    return ALLOW
