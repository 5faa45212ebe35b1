"""What the agents say: the approved script, and what the lint finds in it."""

from compliance.rulebook.decision import ALLOW, Answer, Reason, refuse
from compliance.rulebook.facts import FilingFacts
from compliance.rulebook.rule import filing_rule, no_params
from compliance.rulebook.stated import Stated

SCRIPT_UNKNOWN = Reason(
    code="script_unknown",
    zh="没有经核准的话术，或无法检查其内容。",
    en="There is no approved script, or its text could not be checked.",
)
SCRIPT_CHANGED = Reason(
    code="script_changed",
    zh="话术内容与核准时的哈希不一致，须重新核准。",
    en="The script's text is not the one that was approved; it has to be approved again.",
)
SCRIPT_ELSEWHERE = Reason(
    code="script_elsewhere",
    zh="话术是为另一委托主体或另一外呼目的核准的。",
    en="The script was approved for another principal or for another purpose.",
)
SAME_PERSON = Reason(
    code="same_person",
    zh="话术的核准人与编写人不得为同一人。",
    en="The person who approves a script may not be the one who wrote it.",
)
UNDISCLOSED = Reason(
    code="undisclosed",
    zh="话术开场没有完整告知委托主体、呼叫中心、工号、目的、录音、号码来源和拒绝方式。",
    en="The opening does not say the principal, the call centre, the seat, the purpose, that the "
    "call is recorded, where the number comes from and how to refuse.",
)
IMPERSONATES = Reason(
    code="impersonates",
    zh="话术冒用与委托主体不符的身份。",
    en="The script claims to be somebody that the principal is not.",
)
SAYS_FREE = Reason(
    code="says_free",
    zh="话术称“免费”“赠送”而未在同一步骤说明价格、期限、续费和限制。",
    en="The script says “free” without price, period, renewal and limits in the same step.",
)
PRESSES = Reason(
    code="presses",
    zh="话术含有虚假紧迫、恐吓或假冒熟人的说法。",
    en="The script presses, frightens, or pretends to know the person.",
)
ASKS_CODES = Reason(
    code="asks_codes",
    zh="话术向客户索取验证码。",
    en="The script asks the customer for a verification code.",
)
PROMISES = Reason(
    code="promises",
    zh="话术含有该行业禁用的承诺或宣传。",
    en="The script makes a promise that this kind of business may not make.",
)
ASKS_CONSENT = Reason(
    code="asks_consent",
    zh="话术在通话中索取今后营销的同意，或在拒绝后再次询问。",
    en="The script asks during the call for consent to later marketing, or again after a no.",
)


def _two_person(stated: Stated) -> None:
    stated.only("two_person")
    if not stated.flag("two_person"):
        raise ValueError("A script is always approved by a second person.")


@filing_rule(SCRIPT_UNKNOWN, SCRIPT_CHANGED, SCRIPT_ELSEWHERE, SAME_PERSON, params=_two_person)
def approved(facts: FilingFacts, params: None) -> Answer:
    """Refuse unless a second person approved this very text for this principal and purpose."""
    script = facts.script
    if script is None or script.faults is None:
        return refuse(SCRIPT_UNKNOWN)
    if script.intact is not True:
        return refuse(SCRIPT_CHANGED)
    if script.for_principal is not True or script.for_purpose is not True:
        return refuse(SCRIPT_ELSEWHERE)
    if script.author == script.approver:
        return refuse(SAME_PERSON)
    return ALLOW


def _free_of(facts: FilingFacts, fault: str, reason: Reason) -> Answer:
    script = facts.script
    if script is None or script.faults is None:
        return refuse(SCRIPT_UNKNOWN)
    return refuse(reason) if fault in script.faults else ALLOW


@filing_rule(SCRIPT_UNKNOWN, UNDISCLOSED, params=no_params)
def discloses(facts: FilingFacts, params: None) -> Answer:
    """Refuse unless the opening says who calls, why, from where, and how to say no."""
    return _free_of(facts, "disclosure", UNDISCLOSED)


@filing_rule(SCRIPT_UNKNOWN, IMPERSONATES, params=no_params)
def own_name(facts: FilingFacts, params: None) -> Answer:
    """Refuse a script that calls under somebody else's name."""
    return _free_of(facts, "identity", IMPERSONATES)


@filing_rule(SCRIPT_UNKNOWN, SAYS_FREE, params=no_params)
def free_with_conditions(facts: FilingFacts, params: None) -> Answer:
    """Refuse a script that says free and keeps the conditions for later."""
    return _free_of(facts, "free", SAYS_FREE)


@filing_rule(SCRIPT_UNKNOWN, PRESSES, params=no_params)
def no_pressure(facts: FilingFacts, params: None) -> Answer:
    """Refuse a script with false urgency, fear, or a false acquaintance."""
    return _free_of(facts, "pressure", PRESSES)


@filing_rule(SCRIPT_UNKNOWN, ASKS_CODES, params=no_params)
def no_codes(facts: FilingFacts, params: None) -> Answer:
    """Refuse a script that asks for a verification code."""
    return _free_of(facts, "codes", ASKS_CODES)


@filing_rule(SCRIPT_UNKNOWN, PROMISES, params=no_params)
def no_barred_claims(facts: FilingFacts, params: None) -> Answer:
    """Refuse a script with a promise that the law bars for this kind of business."""
    return _free_of(facts, "claims", PROMISES)


@filing_rule(SCRIPT_UNKNOWN, ASKS_CONSENT, params=no_params)
def no_consent_seeking(facts: FilingFacts, params: None) -> Answer:
    """Refuse a script that asks for consent to later calls."""
    return _free_of(facts, "future_consent", ASKS_CONSENT)
