"""How a consent was asked for, checked, and what it reaches: forms, samples, AI, call-backs."""

from dataclasses import dataclass
from datetime import timedelta

from compliance.rulebook.decision import (
    ALLOW,
    NOT_APPLICABLE,
    Answer,
    Reason,
    Verdict,
    defer,
    refuse,
)
from compliance.rulebook.facts import CallFacts
from compliance.rulebook.grounds import (
    Demands,
    Step,
    answer_at,
    demands,
    failing_at,
    got_past,
    request_over,
)
from compliance.rulebook.rule import call_rule
from compliance.rulebook.stated import Stated
from compliance.rulebook.unknowns import CONSENTS_UNKNOWN, LEDGER_UNKNOWN

FORM_UNREVIEWED = Reason(
    code="form_unreviewed",
    zh="被叫所见的同意文本未经第二人审核（须单独勾选、未预先勾选，并写明委托主体、目的、电话、是否使用机器人及撤回方式）。",
    en="The text that the person agreed to was not reviewed by a second person: a separate, "
    "unticked box that names principal, purpose, telephone, AI and how to withdraw.",
)
SAMPLE_MISSING = Reason(
    code="sample_missing",
    zh="该批同意尚未抽样核验，暂不外呼。",
    en="The list that the consent came with has not been sampled yet; it waits.",
)
SAMPLE_FAILED = Reason(
    code="sample_failed",
    zh="该批同意抽样核验未通过，名单已冻结。",
    en="A sample of the list that the consent came with failed; the list is on hold.",
)
NOT_SEPARATE = Reason(
    code="not_separate",
    zh="没有被叫对机器人语音或敏感个人信息的单独同意。",
    en="The person gave no separate consent to a machine's voice or to sensitive information.",
)
FILING_UNCLEAR = Reason(
    code="filing_unclear",
    zh="备案未说明是否使用敏感个人信息。",
    en="The filing does not say whether sensitive personal information is used.",
)
REQUEST_MISSING = Reason(
    code="request_missing",
    zh="没有被叫要求回电的事件记录。",
    en="No event is on record by which the person asked to be called back.",
)
REQUEST_LAPSED = Reason(
    code="request_lapsed",
    zh="被叫要求回电已逾 {minutes} 分钟，不再属于即时回访。",
    en="The person's request is more than {minutes} minutes old: no instant call-back any more.",
)
REQUEST_TRIED = Reason(
    code="request_tried",
    zh="同一回电请求已呼叫 {attempts} 次。",
    en="The request has been tried {attempts} times.",
)
REQUEST_ANSWERED = Reason(
    code="request_answered",
    zh="该回电请求已完成通话，一次请求只回访一次。",
    en="The request has been answered: one request, one completed call.",
)

_OVER = {
    "missing": REQUEST_MISSING,
    "lapsed": REQUEST_LAPSED,
    "tried": REQUEST_TRIED,
    "answered": REQUEST_ANSWERED,
}


def _demands(stated: Stated) -> Demands:
    stated.only()
    return demands(stated)


@call_rule(CONSENTS_UNKNOWN, FORM_UNREVIEWED, params=_demands)
def form_reviewed(facts: CallFacts, params: Demands) -> Answer:
    """Refuse unless the clear yes was given under a text that a second person reviewed."""
    return answer_at(facts, params, Step.REVIEWED, FORM_UNREVIEWED)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleParams:
    """How many consents of a list are checked, and how long the list waits for it."""

    demands: Demands
    recheck: timedelta
    percent: int  # of a list's consents are checked, …
    least: int  # … and never fewer than this, unless the list is shorter


def _sampling(stated: Stated) -> SampleParams:
    stated.only("percent", "least", "recheck_minutes", "exempt")
    return SampleParams(
        demands=demands(stated),
        recheck=timedelta(minutes=stated.number("recheck_minutes")),
        percent=stated.number("percent"),
        least=stated.number("least"),
    )


@call_rule(CONSENTS_UNKNOWN, SAMPLE_MISSING, SAMPLE_FAILED, params=_sampling)
def sampled(facts: CallFacts, params: SampleParams) -> Answer:
    """Defer while the list that the consent came with was not sampled, or failed its sample."""
    if facts.consents is None:
        return refuse(CONSENTS_UNKNOWN)
    if got_past(facts, params.demands, Step.SAMPLED):
        return ALLOW
    failing = failing_at(facts, params.demands, Step.SAMPLED)
    if not failing:
        return NOT_APPLICABLE
    failed = any(consent.sample == "failed" for consent in failing)
    return defer(facts.at + params.recheck, SAMPLE_FAILED if failed else SAMPLE_MISSING)


def _separate(stated: Stated) -> Demands:
    stated.only("ai_free", "sensitive")
    return demands(stated)


@call_rule(CONSENTS_UNKNOWN, FILING_UNCLEAR, NOT_SEPARATE, params=_separate)
def separate(facts: CallFacts, params: Demands) -> Answer:
    """Refuse a machine's voice and sensitive information without separate consent to them."""
    if facts.filing.sensitive_data is None:
        return refuse(FILING_UNCLEAR)
    return answer_at(facts, params, Step.SEPARATE, NOT_SEPARATE)


def _request(stated: Stated) -> Demands:
    stated.only("purposes", "window_minutes", "attempts", "completed")
    return demands(stated)


@call_rule(
    CONSENTS_UNKNOWN,
    LEDGER_UNKNOWN,
    REQUEST_MISSING,
    REQUEST_LAPSED,
    REQUEST_TRIED,
    REQUEST_ANSWERED,
    params=_request,
)
def requested_now(facts: CallFacts, params: Demands) -> Answer:
    """Refuse an instant call-back without a request that is fresh and not used up."""
    needed = params.requests.get(facts.filing.purpose)
    if needed is None:
        return NOT_APPLICABLE
    if facts.consents is None:
        return refuse(CONSENTS_UNKNOWN)
    if facts.attempts is None:
        return refuse(LEDGER_UNKNOWN)
    answer = answer_at(facts, params, Step.REQUESTED, REQUEST_MISSING)
    if answer.verdict is not Verdict.REFUSE:
        return answer
    failing = failing_at(facts, params, Step.REQUESTED)
    newest = max(failing, key=lambda consent: consent.given_at)
    return refuse(
        _OVER[request_over(newest, facts, needed)],
        minutes=needed.window // timedelta(minutes=1),
        attempts=needed.attempts,
    )
