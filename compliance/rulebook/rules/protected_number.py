"""Numbers that no campaign rings: hospitals, schools, authorities and hotlines."""

from compliance.rulebook.decision import ALLOW, Answer, Reason, refuse
from compliance.rulebook.facts import CallFacts
from compliance.rulebook.rule import call_rule, no_params

PROTECTION_UNKNOWN = Reason(
    code="protection_unknown",
    zh="无法核对保护号码名单，按受保护处理。",
    en="The list of protected numbers could not be read; that counts as protected.",
)
PROTECTED = Reason(
    code="protected_number",
    zh="被叫是急救、医院、学校、机关或公共热线的号码，不得外呼。",
    en="The number is a rescue desk's, hospital's, school's, authority's or hotline's.",
)


@call_rule(PROTECTION_UNKNOWN, PROTECTED, params=no_params)
def not_protected(facts: CallFacts, params: None) -> Answer:
    """Refuse a protected organisation's number."""
    if facts.callee.protected is False:
        return ALLOW
    return refuse(PROTECTED if facts.callee.protected is True else PROTECTION_UNKNOWN)
