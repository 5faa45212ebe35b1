"""What complaints and reports bring about: a suspension, and how a campaign may call again."""

from collections import Counter
from dataclasses import dataclass

from compliance.rulebook.braking import Brake, Chain
from compliance.rulebook.decision import ALLOW, Answer, Reason, refuse
from compliance.rulebook.facts import FilingFacts, ResumeFacts, SuspensionFacts
from compliance.rulebook.rule import filing_rule
from compliance.rulebook.stated import Stated, whole

UNKNOWN = Reason(
    code="suspensions_unknown",
    zh="无法查明是否因投诉被暂停，不得外呼。",
    en="It could not be found out whether complaints have suspended it; no call is placed.",
)
SUSPENDED = Reason(
    code="suspended",
    zh="已被暂停（{causes}），自 {since} 起。",
    en="It is suspended ({causes}) since {since}.",
)
CHAIN_SUSPENDED = Reason(
    code="chain_suspended",
    zh="其{scopes}因投诉已被暂停。",
    en="Complaints have suspended its {scopes}.",
)
RESUMED_ALONE = Reason(
    code="resumed_alone",
    zh="恢复外呼须有整改报告，并由报告人以外的 {approvers} 人审批。",
    en="To resume takes a corrective report and the approval of {approvers} people beside its "
    "author.",
)
RESUMED_EARLY = Reason(
    code="resumed_early",
    zh="停呼期未满即恢复外呼。",
    en="It was resumed before the suspension's time was over.",
)
RESUMED_OFTEN = Reason(
    code="resumed_often",
    zh="整改后最多恢复 {most} 次，已恢复 {times} 次。",
    en="After a corrective report it may resume {most} time(s); it has {times}.",
)


def _brake(stated: Stated) -> Brake:
    stated.only("per_mille", "window_days", "a_day", "year_industries", "a_year", "year_days")
    return Brake(
        per_mille=stated.number("per_mille"),
        window_days=stated.number("window_days"),
        a_day=stated.number("a_day"),
        year_industries=stated.names("year_industries"),
        a_year=stated.number("a_year"),
        year_days=stated.number("year_days"),
    )


@filing_rule(UNKNOWN, SUSPENDED, params=_brake)
def not_suspended(facts: FilingFacts, params: Brake) -> Answer:
    """Refuse while complaints, or what its calls looked like, suspend the campaign."""
    if facts.suspensions is None:
        return refuse(UNKNOWN)
    if not facts.suspensions:
        return ALLOW
    standing = [one for one in facts.suspensions if one.scope == "campaign" and not one.resumed]
    if not standing:
        return ALLOW
    causes = ",".join(sorted({one.cause for one in standing}))
    since = min(one.since for one in standing).date().isoformat()
    return refuse(SUSPENDED, causes=causes, since=since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resuming:
    """What it takes to call again."""

    approvers: int
    resume_max: int


def _resuming(stated: Stated) -> Resuming:
    stated.only("approvers", "resume_max")
    return Resuming(
        approvers=stated.number("approvers"), resume_max=whole(stated.table["resume_max"])
    )


@filing_rule(UNKNOWN, RESUMED_ALONE, RESUMED_EARLY, RESUMED_OFTEN, params=_resuming)
def resumed_properly(facts: FilingFacts, params: Resuming) -> Answer:
    """Refuse if a suspension ended early, on too few people's word, or more often than allowed."""
    if facts.suspensions is None:
        return refuse(UNKNOWN)
    if not facts.suspensions:
        return ALLOW
    ended = [(one, one.resumed) for one in facts.suspensions if one.resumed is not None]
    if any(_others(resumed) < params.approvers for _, resumed in ended):
        return refuse(RESUMED_ALONE, approvers=params.approvers)
    if any(_is_early(one, resumed) for one, resumed in ended):
        return refuse(RESUMED_EARLY)
    times = max(Counter(one.scope for one, _ in ended).values(), default=0)
    if times > params.resume_max:
        return refuse(RESUMED_OFTEN, most=params.resume_max, times=times)
    return ALLOW


def _others(resumed: ResumeFacts) -> int:
    return len(set(resumed.approvers) - {resumed.author})


def _is_early(one: SuspensionFacts, resumed: ResumeFacts) -> bool:
    return resumed.at < one.since or (one.until is not None and resumed.at < one.until)


def _chain(stated: Stated) -> Chain:
    stated.only("window_days", "seat", "campaign", "line", "principal")
    return Chain(
        window_days=stated.number("window_days"),
        seat=stated.number("seat"),
        campaign=stated.number("campaign"),
        line=stated.number("line"),
        principal=stated.number("principal"),
    )


@filing_rule(UNKNOWN, CHAIN_SUSPENDED, params=_chain)
def chain_clear(facts: FilingFacts, params: Chain) -> Answer:
    """Refuse while complaints suspend the campaign's line or its principal."""
    if facts.suspensions is None:
        return refuse(UNKNOWN)
    if not facts.suspensions:
        return ALLOW
    scopes = {one.scope for one in facts.suspensions if not one.resumed} - {"campaign"}
    return refuse(CHAIN_SUSPENDED, scopes=",".join(sorted(scopes))) if scopes else ALLOW
