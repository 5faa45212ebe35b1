"""The campaign's filing: the plan's seven elements, and a second person who activated it."""

from compliance.rulebook.decision import ALLOW, Answer, Reason, refuse
from compliance.rulebook.facts import FilingFacts
from compliance.rulebook.rule import filing_rule, no_params
from compliance.rulebook.stated import Stated

ELEMENTS_MISSING = Reason(
    code="elements_missing",
    zh="外呼业务备案缺少要素：{elements}。",
    en="The campaign's filing lacks: {elements}.",
)
AUTHOR_UNKNOWN = Reason(
    code="author_unknown",
    zh="备案没有记录编制人。",
    en="The filing does not say who wrote it.",
)
SAME_PERSON = Reason(
    code="same_person",
    zh="审批人与编制人不得为同一人。",
    en="The person who approves may not be the one who wrote the filing.",
)
NOT_ACTIVE = Reason(
    code="not_active",
    zh="外呼任务当前状态为 {state}，不是已启用。",
    en="The campaign is {state}, not active.",
)
NOT_APPROVED = Reason(
    code="not_approved",
    zh="外呼任务尚未由第二人审批启用。",
    en="No second person has activated the campaign.",
)


@filing_rule(ELEMENTS_MISSING, AUTHOR_UNKNOWN, SAME_PERSON, params=no_params)
def complete(facts: FilingFacts, params: None) -> Answer:
    """Refuse unless all seven elements are there and nobody approved their own filing."""
    if facts.missing_elements:
        return refuse(ELEMENTS_MISSING, elements=",".join(sorted(facts.missing_elements)))
    if facts.author is None:
        return refuse(AUTHOR_UNKNOWN)
    if facts.approver == facts.author:
        return refuse(SAME_PERSON)
    return ALLOW


def _two_person(stated: Stated) -> None:
    stated.only("two_person")
    if not stated.flag("two_person"):
        raise ValueError("A campaign is always activated by a second person.")


@filing_rule(NOT_ACTIVE, NOT_APPROVED, SAME_PERSON, params=_two_person)
def activated(facts: FilingFacts, params: None) -> Answer:
    """Refuse unless the campaign is running and a second person activated it."""
    if facts.state != "active":
        return refuse(NOT_ACTIVE, state=facts.state)
    if facts.approver is None:
        return refuse(NOT_APPROVED)
    if facts.approver == facts.author:
        return refuse(SAME_PERSON)
    return ALLOW
