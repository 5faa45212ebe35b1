"""What every decision stands on: a trusted clock, working stores, a sealed trail, no stop."""

from dataclasses import dataclass

from compliance.rulebook.decision import ALLOW, Answer, Reason, refuse
from compliance.rulebook.facts import CallFacts
from compliance.rulebook.rule import call_rule, no_params
from compliance.rulebook.stated import Stated

SKEW_UNKNOWN = Reason(
    code="skew_unknown",
    zh="无法核对时钟，不知现在几点，不得外呼。",
    en="The clock could not be checked; without the time no call is placed.",
)
SKEWED = Reason(
    code="skewed",
    zh="主机与数据库时钟相差 {skew} 毫秒，上限 {limit} 毫秒。",
    en="The clocks of the host and the database differ by {skew} ms; the limit is {limit} ms.",
)
TWO_CLOCKS = Reason(
    code="two_clocks",
    zh="备案信息与本次呼叫不是在同一时刻读取的。",
    en="The filing and the call were not looked up for the same instant.",
)
CLOCK_KIND = Reason(
    code="clock_kind",
    zh="时钟种类“{kind}”不受信任。",
    en="A clock of the kind {kind} is not trusted.",
)
TRUNKS_UNKNOWN = Reason(
    code="trunks_unknown",
    zh="无法确定是否接有真实运营商线路。",
    en="It is not known whether any trunk reaches a real carrier.",
)
DEMO_CLOCK_ON_CARRIER = Reason(
    code="demo_clock_on_carrier",
    zh="演示时钟只可用于回环线路；现有 {count} 条真实运营商线路。",
    en="A demo clock is for the loopback carrier only; {count} trunks reach a real one.",
)
AUDIT_UNWRITABLE = Reason(
    code="audit_unwritable",
    zh="审计日志不可写，故障即停。",
    en="The audit trail cannot be written, so nothing is dialled.",
)
LEDGER_UNREADABLE = Reason(
    code="ledger_unreadable",
    zh="许可台账不可读，故障即停。",
    en="The permit ledger cannot be read, so nothing is dialled.",
)
SEALING_UNKNOWN = Reason(
    code="sealing_unknown",
    zh="无法确定审计日志是否已封存，不得外呼。",
    en="It is not known whether the audit trail is sealed, so nothing is dialled.",
)
SIGNER_REFUSED = Reason(
    code="signer_refused",
    zh="审计日志的签名程序拒绝签名：日志可能被改动，须由人查明，不得外呼。",
    en="The signer of the audit trail refuses to sign: the trail may have been altered; people "
    "have to find out, and nothing is dialled.",
)
QUARANTINED = Reason(
    code="quarantined",
    zh="审计日志中验证码不符的条目在增加，须由人查明，不得外呼。",
    en="Entries of the audit trail whose code is wrong are growing in number; people have to "
    "find out, and nothing is dialled.",
)
SEALING_LATE = Reason(
    code="sealing_late",
    zh="审计日志已 {lag} 秒未封存签名，上限 {limit} 秒。",
    en="The audit trail has not been sealed and signed for {lag} s; the limit is {limit} s.",
)
STOPPED = Reason(
    code="stopped",
    zh="已按下一键停呼（{scopes}）。",
    en="The kill switch is on ({scopes}).",
)


def _skew(stated: Stated) -> int:
    stated.only("skew_ms")
    return stated.number("skew_ms")


@call_rule(SKEW_UNKNOWN, SKEWED, TWO_CLOCKS, CLOCK_KIND, params=_skew)
def clock_trusted(facts: CallFacts, params: int) -> Answer:
    """Refuse unless host and database agree on the time."""
    skew = facts.health.clock_skew_ms
    if skew is None:
        return refuse(SKEW_UNKNOWN)
    if facts.filing.at != facts.at:
        return refuse(TWO_CLOCKS)
    if facts.health.clock_kind not in ("system", "demo"):
        return refuse(CLOCK_KIND, kind=facts.health.clock_kind)
    return ALLOW if -params <= skew <= params else refuse(SKEWED, skew=skew, limit=params)


@call_rule(TRUNKS_UNKNOWN, DEMO_CLOCK_ON_CARRIER, params=no_params)
def no_bypass(facts: CallFacts, params: None) -> Answer:
    """Refuse a demo clock wherever a real carrier could be reached."""
    count = facts.health.carrier_trunks
    if count is None or facts.filing.trunk is None:
        return refuse(TRUNKS_UNKNOWN)
    if facts.health.clock_kind == "system":
        return ALLOW
    reachable = max(count, facts.filing.trunk.kind != "loopback")
    return refuse(DEMO_CLOCK_ON_CARRIER, count=reachable) if reachable else ALLOW


@call_rule(AUDIT_UNWRITABLE, LEDGER_UNREADABLE, params=no_params)
def stores_work(facts: CallFacts, params: None) -> Answer:
    """Refuse unless the audit trail can be written and the ledger read."""
    if facts.health.audit_writable is not True:
        return refuse(AUDIT_UNWRITABLE)
    return ALLOW if facts.health.ledger_readable is True else refuse(LEDGER_UNREADABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealingNumbers:
    """How far sealing may lag: when people are warned, and when dialling stops."""

    warn_s: int
    stop_s: int


def _sealing(stated: Stated) -> SealingNumbers:
    stated.only("warn_s", "stop_s")
    return SealingNumbers(warn_s=stated.number("warn_s"), stop_s=stated.number("stop_s"))


@call_rule(SEALING_UNKNOWN, SIGNER_REFUSED, QUARANTINED, SEALING_LATE, params=_sealing)
def sealed(facts: CallFacts, params: SealingNumbers) -> Answer:
    """Refuse unless the audit trail is being sealed and signed, and was so not long ago."""
    stop, lag = facts.health.sealing_stop, facts.health.sealing_lag_s
    if stop == "refused":
        return refuse(SIGNER_REFUSED)
    if stop == "quarantine":
        return refuse(QUARANTINED)
    if stop != "" or lag is None:
        return refuse(SEALING_UNKNOWN)
    return ALLOW if lag <= params.stop_s else refuse(SEALING_LATE, lag=lag, limit=params.stop_s)


@call_rule(STOPPED, params=no_params)
def not_stopped(facts: CallFacts, params: None) -> Answer:
    """Refuse while a kill switch covers the call."""
    stopped = facts.health.stopped
    return refuse(STOPPED, scopes=",".join(sorted(stopped))) if stopped else ALLOW
