"""The number that is shown: filed, bound, one per campaign, and no user's number."""

from dataclasses import dataclass

from compliance.rulebook.decision import ALLOW, Answer, Reason, refuse
from compliance.rulebook.facts import CallerFacts, FilingFacts
from compliance.rulebook.local import LocalClock
from compliance.rulebook.rule import clock_only, filing_rule
from compliance.rulebook.stated import Stated
from compliance.rulebook.unknowns import CALLER_UNKNOWN, REGIME_UNKNOWN

CALLER_HOLDER = Reason(
    code="caller_holder",
    zh="主叫号码 {number} 未核配给本运营主体。",
    en="The caller number {number} was not assigned to the operator.",
)
CALLER_TRUNK = Reason(
    code="caller_trunk",
    zh="线路台账不允许在该线路上传送主叫号码 {number}。",
    en="The line ledger does not permit the caller number {number} on this trunk.",
)
CALLER_CALLOUT = Reason(
    code="caller_callout",
    zh="主叫号码 {number} 只开通呼入，未开通呼出。",
    en="The caller number {number} is open for incoming calls only.",
)
CALLER_PERIOD = Reason(
    code="caller_period",
    zh="主叫号码 {number} 的备案有效期为 {first} 至 {last}，当日不在其内。",
    en="The caller number {number} is filed from {first} to {last}, not for this day.",
)


@filing_rule(
    CALLER_UNKNOWN,
    CALLER_HOLDER,
    CALLER_TRUNK,
    CALLER_CALLOUT,
    CALLER_PERIOD,
    params=clock_only,
)
def registered(facts: FilingFacts, params: LocalClock) -> Answer:
    """Refuse unless the number is the operator's, on this trunk, opened, and filed today."""
    caller = facts.caller
    if caller is None:
        return refuse(CALLER_UNKNOWN)
    first, last = caller.valid_from, caller.certificate_until
    if not first.toordinal() <= params.day(facts.at) <= last.toordinal():
        return refuse(
            CALLER_PERIOD, number=caller.number, first=first.isoformat(), last=last.isoformat()
        )
    return _bound(caller)


def _bound(caller: CallerFacts) -> Answer:
    if caller.holder_is_operator is not True:
        return refuse(CALLER_HOLDER, number=caller.number)
    if caller.on_trunk is not True:
        return refuse(CALLER_TRUNK, number=caller.number)
    if caller.callout_opened is not True:
        return refuse(CALLER_CALLOUT, number=caller.number)
    return ALLOW


CALLER_MANY = Reason(
    code="caller_many",
    zh="该任务登记了 {count} 个主叫号码，最多 {limit} 个；不得按被叫归属地选号。",
    en="The campaign has {count} caller numbers, at most {limit} are allowed; a number is never "
    "chosen by where the callee is.",
)


def _limit(stated: Stated) -> int:
    stated.only("numbers")
    return stated.number("numbers")


@filing_rule(CALLER_UNKNOWN, CALLER_MANY, params=_limit)
def fixed(facts: FilingFacts, params: int) -> Answer:
    """Refuse when the campaign could choose among numbers."""
    if facts.caller is None:
        return refuse(CALLER_UNKNOWN)
    count = facts.caller.numbers_of_campaign
    return ALLOW if 1 <= count <= params else refuse(CALLER_MANY, count=count, limit=params)


CALLER_CLASS = Reason(
    code="caller_class",
    zh="主叫号码 {number} 属于“{number_class}”，不是可作业务外呼的号码。",
    en="The caller number {number} is of the class {number_class}, not one for business calls.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassParams:
    """Which classes of numbers may be shown, by the operator's regime."""

    allowed: dict[str, frozenset[str]]
    user_number_digits: int  # length of a mobile number, which always begins with 1


def _class_params(stated: Stated) -> ClassParams:
    digits = stated.number("mobile_digits")
    regimes = [key for key in stated.table if key != "mobile_digits"]
    return ClassParams(
        allowed={regime: stated.names(regime) for regime in regimes},
        user_number_digits=digits,
    )


@filing_rule(CALLER_UNKNOWN, REGIME_UNKNOWN, CALLER_CLASS, params=_class_params)
def no_user_number(facts: FilingFacts, params: ClassParams) -> Answer:
    """Refuse a mobile or ordinary fixed number, whatever its record says that it is."""
    caller = facts.caller
    if caller is None:
        return refuse(CALLER_UNKNOWN)
    allowed = None if facts.regime is None else params.allowed.get(facts.regime)
    if allowed is None:
        return refuse(REGIME_UNKNOWN)
    digits = national(caller.number)
    looks_mobile = digits[:1] == "1" and len(digits) == params.user_number_digits
    if caller.number_class in allowed and not looks_mobile:
        return ALLOW
    return refuse(CALLER_CLASS, number=caller.number, number_class=caller.number_class)


CALLER_PREFIX = Reason(
    code="caller_prefix",
    zh="主叫号码 {number} 属于禁用号段 {prefix}。",
    en="The caller number {number} begins with {prefix}, which is never shown.",
)


def _prefixes(stated: Stated) -> tuple[str, ...]:
    stated.only("prefixes")
    prefixes = stated.names("prefixes")
    if not prefixes:
        raise ValueError("The list of denied prefixes is empty.")
    return tuple(sorted(prefixes))


@filing_rule(CALLER_UNKNOWN, CALLER_PREFIX, params=_prefixes)
def prefix_allowed(facts: FilingFacts, params: tuple[str, ...]) -> Answer:
    """Refuse a number that begins with a denied prefix."""
    if facts.caller is None:
        return refuse(CALLER_UNKNOWN)
    digits = national(facts.caller.number)
    if not digits.startswith(params):
        return ALLOW
    prefix = next(prefix for prefix in params if digits.startswith(prefix))
    return refuse(CALLER_PREFIX, number=facts.caller.number, prefix=prefix)


def national(number: str) -> str:
    """Return the digits after the country code."""
    return number.removeprefix("+86")
