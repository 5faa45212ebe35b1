"""How long a person is left alone: after a call, after a talk, after calls in vain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from compliance.rulebook.decision import (
    ALLOW,
    NOT_APPLICABLE,
    Answer,
    Reason,
    defer,
    latest,
    refuse,
)
from compliance.rulebook.facts import ATTEMPT_DAYS, AttemptFacts, CallFacts
from compliance.rulebook.rule import call_rule
from compliance.rulebook.stated import Stated, whole
from compliance.rulebook.unknowns import LEDGER_UNKNOWN, PURPOSE_UNKNOWN

MINUTE = timedelta(minutes=1)
TOO_SOON = Reason(
    code="too_soon",
    zh="距该委托主体上次呼叫不足 {minutes} 分钟。",
    en="This principal called the person less than {minutes} minutes ago.",
)
TOO_SOON_FOR_ALL = Reason(
    code="too_soon_for_all",
    zh="距本平台上次呼叫该被叫不足 {minutes} 分钟。",
    en="The person was called from here less than {minutes} minutes ago.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GapParams:
    """The least time between two calls to one person."""

    principal_minutes: Mapping[str, int]  # by purpose
    anyone_minutes: int


def _gaps(stated: Stated) -> GapParams:
    stated.only("principal_minutes", "anyone_minutes")
    by_purpose = Stated(table=stated.table["principal_minutes"], clock=stated.clock, used={})
    return GapParams(
        principal_minutes=by_purpose.by_purpose(whole),
        anyone_minutes=stated.number("anyone_minutes"),
    )


@call_rule(LEDGER_UNKNOWN, PURPOSE_UNKNOWN, TOO_SOON, TOO_SOON_FOR_ALL, params=_gaps)
def gap(facts: CallFacts, params: GapParams) -> Answer:
    """Defer until enough time has passed since the last call to the person."""
    if facts.attempts is None:
        return refuse(LEDGER_UNKNOWN)
    minutes = params.principal_minutes.get(facts.filing.purpose)
    if minutes is None:
        return refuse(PURPOSE_UNKNOWN, purpose=facts.filing.purpose)
    if not facts.attempts:
        return ALLOW
    own = [attempt for attempt in facts.attempts if attempt.same_principal]
    waits = [
        _since_last(own, facts.at, minutes, TOO_SOON),
        _since_last(facts.attempts, facts.at, params.anyone_minutes, TOO_SOON_FOR_ALL),
    ]
    return latest([wait for wait in waits if wait is not ALLOW])


def _since_last(
    attempts: Sequence[AttemptFacts], at: datetime, minutes: int, reason: Reason
) -> Answer:
    if not attempts:
        return ALLOW
    until = max([attempt.at for attempt in attempts]) + minutes * MINUTE
    return defer(until, reason, minutes=minutes) if until > at else ALLOW


TALKED = Reason(
    code="talked",
    zh="该委托主体已与被叫通话，{days} 天内不再外呼。",
    en="This principal has talked with the person; it does not call again for {days} days.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceParams:
    """How long a purpose keeps silent after a conversation, and which conversations count."""

    days: Mapping[str, int]  # by purpose; 0: no silence
    after: frozenset[str]  # purposes


def _silence(stated: Stated) -> SilenceParams:
    stated.only("days", "after")
    by_purpose = Stated(table=stated.table["days"], clock=stated.clock, used={})
    return SilenceParams(days=by_purpose.by_purpose(whole), after=stated.names("after"))


@call_rule(LEDGER_UNKNOWN, PURPOSE_UNKNOWN, TALKED, params=_silence)
def after_conversation(facts: CallFacts, params: SilenceParams) -> Answer:
    """Defer for some weeks once the principal has talked with the person."""
    if facts.attempts is None:
        return refuse(LEDGER_UNKNOWN)
    days = params.days.get(facts.filing.purpose)
    if days is None:
        return refuse(PURPOSE_UNKNOWN, purpose=facts.filing.purpose)
    if not days:
        return NOT_APPLICABLE
    if not facts.attempts:
        return ALLOW
    talks = [
        attempt.at
        for attempt in facts.attempts
        if attempt.conversation and attempt.same_principal and attempt.purpose in params.after
    ]
    if not talks:
        return ALLOW
    until = max(talks) + timedelta(days=days)
    return defer(until, TALKED, days=days) if facts.at < until else ALLOW


UNANSWERED = Reason(
    code="unanswered",
    zh="被叫连续 {run} 次未接，休眠 {days} 天。",
    en="The person did not answer {run} times in a row; calling rests for {days} days.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RestParams:
    """How many unanswered calls in a row make calling rest, and how long."""

    run: int
    within: timedelta  # from the first to the last call of the run
    days: Mapping[str, int]  # by purpose; 0: no rest


def _rest(stated: Stated) -> RestParams:
    stated.only("run", "within_days", "days")
    by_purpose = Stated(table=stated.table["days"], clock=stated.clock, used={})
    days = by_purpose.by_purpose(whole)
    within = stated.number("within_days")
    if within + max(days.values()) > ATTEMPT_DAYS:
        raise ValueError(f"The facts reach back {ATTEMPT_DAYS} days, too short for this rest.")
    return RestParams(run=stated.number("run"), within=timedelta(days=within), days=days)


@call_rule(LEDGER_UNKNOWN, PURPOSE_UNKNOWN, UNANSWERED, params=_rest)
def after_no_answer(facts: CallFacts, params: RestParams) -> Answer:
    """Defer for some weeks after several unanswered calls in a row; an answer starts anew."""
    if facts.attempts is None:
        return refuse(LEDGER_UNKNOWN)
    days = params.days.get(facts.filing.purpose)
    if days is None:
        return refuse(PURPOSE_UNKNOWN, purpose=facts.filing.purpose)
    if not days:
        return NOT_APPLICABLE
    if not facts.attempts:
        return ALLOW
    run = _unanswered(facts.attempts)[-params.run :]
    if len(run) < params.run or run[-1] - run[0] > params.within:
        return ALLOW
    until = run[-1] + timedelta(days=days)
    return defer(until, UNANSWERED, run=params.run, days=days) if facts.at < until else ALLOW


def _unanswered(attempts: Sequence[AttemptFacts]) -> list[datetime]:
    """Return when the principal rang in vain since the person last answered it."""
    own = [attempt for attempt in attempts if attempt.same_principal and attempt.rang]
    answered = [attempt.at for attempt in own if attempt.answered]
    vain = sorted(attempt.at for attempt in own if not attempt.answered)
    return [at for at in vain if at > max(answered)] if answered else vain
