"""The sources of a person's time line, one for each kind of record."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from compliance.models import (
    Complaint,
    Consent,
    Decision,
    Permit,
    Person,
    Refusal,
    RefusalLift,
    User,
)
from compliance.models.words import RefusalSource
from compliance.numbers import Words
from compliance.selectors.complaints import complaints_for
from console.selectors.officer import words
from console.selectors.officer.lines import Line, Named, Source
from console.selectors.officer.words import said_of
from dialer.models import Attempt, Recording

RECORDED = frozenset({"consent.recorded", "consents.imported"})
DECIDED = frozenset({"permit.issued", "permit.refused", "permit.deferred", "call.asked"})
PERMITTED = frozenset({"permit.issued", "permit.redeemed", "permit.voided", "permit.expired"})
KEPT = frozenset({"recording.closed", "recording.cut", "recording.deleted"})


def _consent(row: Consent) -> Line:
    return Line(
        at=row.recorded_at,
        kind="consent",
        key=row.pk,
        tone="allow",
        title=Words("登记同意", "Consent recorded"),
        details=(
            said_of(words.BASES, row.basis),
            Words(f"委托主体 {row.whitelist.principal}", f"for {row.whitelist.principal}"),
            Words(f"方式 {row.method}", f"by {row.method}"),
            Words(f"凭证 {row.evidence_sha256[:16]}…", f"evidence {row.evidence_sha256[:16]}…"),
        ),
        named=Named(
            objects=(f"whitelist:{row.whitelist_id}",), actions=RECORDED, at=row.recorded_at
        ),
    )


def _withdrawal(row: Consent) -> Line:
    assert row.withdrawn_at is not None  # noqa: S101 - the rows are chosen so
    return Line(
        at=row.withdrawn_at,
        kind="withdrawal",
        key=row.pk,
        tone="refuse",
        title=Words("撤回同意", "Consent withdrawn"),
        details=(Words(f"委托主体 {row.whitelist.principal}", f"for {row.whitelist.principal}"),),
        named=Named(objects=(f"consent:{row.pk}",), actions=frozenset({"consent.withdrawn"})),
    )


def _refusal(row: Refusal) -> Line:
    reach = (
        Words("对一切来电", "of every call")
        if row.principal is None
        else Words(f"对 {row.principal} 及同类", f"towards {row.principal} and its kind")
    )
    imported = row.source == RefusalSource.IMPORT
    return Line(
        at=row.recorded_at,
        kind="refusal",
        key=row.pk,
        tone="refuse",
        title=Words("登记拒绝", "Refusal recorded"),
        details=(said_of(words.SOURCES, row.source), reach),
        refusal=row.pk,
        named=None
        if imported  # the whole import has one entry
        else Named(objects=(f"refusal:{row.pk}",), actions=frozenset({"refusal.recorded"})),
    )


def _lift(row: RefusalLift) -> Line:
    return Line(
        at=row.lifted_at,
        kind="lift",
        key=row.pk,
        tone="defer",
        title=Words("解除拒绝", "Refusal lifted"),
        details=(Words("两人批准", "approved by two people"),),
        refusal=row.refusal_id,
        named=Named(objects=(f"refusal:{row.refusal_id}",), actions=frozenset({"refusal.lifted"})),
    )


def _decision(row: Decision) -> Line:
    permit = getattr(row, "permit", None)
    asked = row.kind == Decision.Kind.QUESTION
    objects = [f"decision:{row.pk}"] + ([f"permit:{permit.pk}"] if permit else [])
    verdict = said_of(words.VERDICTS, row.verdict)
    return Line(
        at=row.at,
        kind="decision",
        key=row.pk,
        tone=row.verdict,
        title=Words(f"查询：{verdict.zh}", f"Asked only: {verdict.en}")
        if asked
        else Words(f"判定：{verdict.zh}", f"Decision: {verdict.en}"),
        details=_where(row.filing.name, row.seat.code if row.seat else ""),
        rules=tuple(row.objecting_rules),
        decision=row.pk,
        named=Named(objects=tuple(objects), actions=DECIDED),
    )


def _permit(row: Permit) -> Line:
    return Line(
        at=row.issued_at,
        kind="permit",
        key=row.pk,
        tone="allow",
        title=Words("外呼许可", "Permit"),
        details=(
            said_of(words.STATES, row.state),
            Words(f"主叫 {row.caller_number}", f"caller number {row.caller_number}"),
            *_where(row.filing.name, row.seat.code),
        ),
        decision=row.decision_id,
        named=Named(objects=(f"permit:{row.pk}",), actions=PERMITTED),
    )


def _attempt(row: Attempt) -> Line:
    talked = row.permit.talk_seconds
    said = (Words(f"通话 {talked} 秒", f"{talked} s of talk"),) if talked else ()
    return Line(
        at=row.started_at,
        kind="attempt",
        key=row.pk,
        title=Words("呼叫", "Call"),
        details=(said_of(words.OUTCOMES, row.result), *said),
        decision=row.permit.decision_id,
        named=Named(objects=(f"attempt:{row.pk}",), actions=frozenset({"call.ended"})),
    )


def _recording(row: Recording) -> Line:
    return Line(
        at=row.started_at,
        kind="recording",
        key=row.pk,
        title=Words("录音", "Recording"),
        details=(said_of(words.RECORDINGS, row.state),),
        decision=row.attempt.permit.decision_id,
        named=Named(objects=(f"recording:{row.pk}",), actions=KEPT),
    )


def _complaint(row: Complaint) -> Line:
    return Line(
        at=row.recorded_at,
        kind="complaint",
        key=row.pk,
        tone="refuse",
        title=Words(f"投诉 {row.pk}", f"Complaint {row.pk}"),
        details=(
            said_of(words.CHANNELS, row.channel),
            Words(f"办结期限 {row.due_on}", f"due on {row.due_on}"),
        ),
        complaint=row.pk,
        named=Named(objects=(f"complaint:{row.pk}",), actions=frozenset({"complaint.opened"})),
    )


def _where(campaign: str, seat: str) -> tuple[Words, ...]:
    task = Words(f"任务 {campaign}", f"campaign {campaign}")
    return (task, Words(f"坐席 {seat}", f"seat {seat}")) if seat else (task,)


def _consents(person: Person, _: User) -> QuerySet[Any]:
    return Consent.objects.filter(person=person).select_related("whitelist__principal")


def _withdrawals(person: Person, reader: User) -> QuerySet[Any]:
    return _consents(person, reader).filter(withdrawn_at__isnull=False)


def _refusals(person: Person, _: User) -> QuerySet[Any]:
    return Refusal.objects.filter(person=person).select_related("principal")


def _lifts(person: Person, _: User) -> QuerySet[Any]:
    return RefusalLift.objects.filter(refusal__person=person)


def _decisions(person: Person, _: User) -> QuerySet[Any]:
    rows = Decision.objects.filter(person=person)
    return rows.select_related("filing", "seat", "permit").defer("facts", "findings", "answers")


def _permits(person: Person, _: User) -> QuerySet[Any]:
    return Permit.objects.filter(person=person).select_related("filing", "seat", "caller_number")


def _attempts(person: Person, _: User) -> QuerySet[Any]:
    return Attempt.objects.filter(permit__person=person).select_related("permit")


def _recordings(person: Person, _: User) -> QuerySet[Any]:
    rows = Recording.objects.filter(attempt__permit__person=person)
    return rows.select_related("attempt__permit")


def _complaints(person: Person, reader: User) -> QuerySet[Any]:
    return complaints_for(reader).filter(person=person)


# In the order in which things of one instant came about.
SOURCES = (
    Source(kind="consent", rank=0, words=Words("同意", "Consents"), moment="recorded_at",
           rows=_consents, line=_consent),
    Source(kind="refusal", rank=1, words=Words("拒绝", "Refusals"), moment="recorded_at",
           rows=_refusals, line=_refusal),
    Source(kind="decision", rank=2, words=Words("判定", "Decisions"), moment="at",
           rows=_decisions, line=_decision, parse=UUID),
    Source(kind="permit", rank=3, words=Words("许可", "Permits"), moment="issued_at",
           rows=_permits, line=_permit, parse=UUID),
    Source(kind="attempt", rank=4, words=Words("呼叫", "Calls"), moment="started_at",
           rows=_attempts, line=_attempt),
    Source(kind="recording", rank=5, words=Words("录音", "Recordings"), moment="started_at",
           rows=_recordings, line=_recording, parse=UUID),
    Source(kind="withdrawal", rank=6, words=Words("撤回", "Withdrawals"), moment="withdrawn_at",
           rows=_withdrawals, line=_withdrawal),
    Source(kind="lift", rank=7, words=Words("解除", "Lifts"), moment="lifted_at",
           rows=_lifts, line=_lift),
    Source(kind="complaint", rank=8, words=Words("投诉", "Complaints"), moment="recorded_at",
           rows=_complaints, line=_complaint),
)  # fmt: skip
