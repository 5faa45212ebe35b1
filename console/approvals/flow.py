"""Ask, decide, carry out. The database is the referee of who is a second person."""

from collections.abc import Mapping

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from audit.plain_numbers import without_numbers
from audit.storable import storable
from compliance import clock
from compliance.denials import DeniedError
from compliance.models import User
from console.access import member
from console.approvals.kind import CannotCarryOutError, Kind, Subject
from console.approvals.kinds import KINDS
from console.browser_mark import browser_of
from console.models import Approval, Vote
from console.templatetags.either import either
from console.trail import note

WAITS_ALREADY = (
    "同一事项已在等待复核，内容如下；本次未另行提请。",
    "The same thing waits for a second person already, as it stands here; nothing was added.",
)
GONE = ("所申请的对象已不存在。", "What was asked for is not there any more.")


class NotASecondPersonError(DeniedError):
    """The database refuses the vote: the same person, the same browser, or it is decided."""


class AskedBeforeError(Exception):
    """The same thing waits for a second person already; `approval` is the one that waits."""

    def __init__(self, approval: Approval) -> None:
        """Keep what waits, to lead there."""
        super().__init__(f"{approval} waits already.")
        self.approval = approval


def propose(
    request: HttpRequest,
    *,
    kind: str,
    subject: object,
    summary: tuple[str, str],
    asked: Mapping[str, object] | None = None,
) -> Approval:
    """Ask for a second person's decision; `summary` is one line in Chinese and one in English.

    `subject` is an opaque id, such as a row's key; `asked` is JSON. Neither holds a number: both
    stay for ever, and what people gave as their reason is kept without those in it.

    :raises KeyError: if there is no such kind
    :raises DeniedError: if the role may not ask for it
    :raises AskedBeforeError: if the same thing waits already
    """
    of = KINDS[kind]
    by = member(request)
    if by.role not in of.proposers:
        raise DeniedError(f"{by} cannot ask for {kind}.")
    waiting = Approval.objects.filter(kind=kind, subject=str(subject), state=Approval.State.OPEN)
    try:
        with transaction.atomic():
            approval = Approval.objects.create(
                kind=kind,
                subject=str(subject),
                summary_zh=without_numbers(summary[0])[:200],
                summary_en=without_numbers(summary[1])[:200],
                asked=_kept(asked or {}),
                roles=sorted(of.roles),
                people=of.people,
                proposer=by,
                browser=browser_of(request),
                proposed_at=clock.read(),
            )
            _note(request, "proposed", approval, {"kind": kind, "subject": approval.subject})
    except IntegrityError as error:
        if (before := waiting.first()) is None:
            raise
        raise AskedBeforeError(before) from error
    return approval


def propose_once(
    request: HttpRequest,
    *,
    kind: str,
    subject: object,
    summary: tuple[str, str],
    asked: Mapping[str, object] | None = None,
) -> Approval:
    """Propose as `propose` does, or return what waits for the same thing already, and say so."""
    try:
        return propose(request, kind=kind, subject=subject, summary=summary, asked=asked)
    except AskedBeforeError as before:
        messages.info(request, either(*WAITS_ALREADY))
        return before.approval


def _kept(asked: Mapping[str, object]) -> dict[str, object]:
    kept = {name: _storable(value) for name, value in asked.items()}
    if isinstance(reason := kept.get("reason"), str):
        kept["reason"] = without_numbers(reason)
    return kept


def _storable(value: object) -> object:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {name: _storable(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(one) for one in value]
    return value


def decide(request: HttpRequest, *, approval: Approval, verdict: str, reason: str) -> None:
    """Vote, and do what was approved; it is on the record first that it was.

    :raises NotASecondPersonError: if the database refuses the vote
    """
    by, said = member(request), without_numbers(reason).strip()[:500]
    try:
        with transaction.atomic():
            Vote.objects.create(
                approval=approval,
                by=by,
                browser=browser_of(request),
                verdict=verdict,
                reason=said,
                voted_at=clock.read(),
            )
            _note(request, verdict, approval, {"kind": approval.kind, "reason": said})
    except IntegrityError as error:  # the database is the referee
        refused = str(error).partition("\n")[0]
        _note(request, "denied", approval, {"verdict": verdict}, outcome="denied")
        raise NotASecondPersonError(refused) from error
    approval.refresh_from_db()
    if verdict == Vote.Verdict.APPROVED:
        carry_out(request, approval=approval)
    elif verdict == Vote.Verdict.REJECTED:
        KINDS[approval.kind].reject(subject_of(approval), by, said, clock.read())


def carry_out(request: HttpRequest, *, approval: Approval) -> None:
    """Do what this person approved; what the service refuses is kept in words.

    A process that was killed in between leaves neither; whoever approved may ask for it again.
    """
    by, now = member(request), clock.read()
    try:
        KINDS[approval.kind].approve(subject_of(approval), by, now)
    except CannotCarryOutError as error:
        why = {"failure_zh": error.zh[:500], "failure_en": error.en[:500]}
        _end(request, approval, "failed", "error", **why)
        return
    except ObjectDoesNotExist:
        _end(request, approval, "failed", "error", failure_zh=GONE[0], failure_en=GONE[1])
        return
    if approval.state == Approval.State.APPROVED:
        _end(
            request,
            approval,
            "carried_out",
            "ok",
            carried_out_at=now,
            failure_zh="",
            failure_en="",
        )


def subject_of(approval: Approval) -> Subject:
    """Return what is asked for, as its kind takes it."""
    return Subject(id=approval.subject, asked=approval.asked, proposer=approval.proposer)


def kind_of(approval: Approval) -> Kind:
    """Return its kind."""
    return KINDS[approval.kind]


def may_decide(user: User, approval: Approval) -> bool:
    """Return whether it is this person's to decide, as far as accounts tell."""
    asked = user.pk != approval.proposer_id and user.role in approval.roles
    return asked and all(vote.by_id != user.pk for vote in approval.votes.all())


@transaction.atomic
def _end(
    request: HttpRequest, approval: Approval, action: str, outcome: str, **told: object
) -> None:
    Approval.objects.filter(pk=approval.pk, carried_out_at=None).update(**told)
    data = {"kind": approval.kind, "subject": approval.subject}
    _note(request, action, approval, data, outcome=outcome)
    approval.refresh_from_db()


def _note(
    request: HttpRequest,
    what: str,
    approval: Approval,
    data: Mapping[str, object],
    outcome: str = "ok",
) -> None:
    obj = f"approval:{approval.pk}"
    note(f"approval.{what}", request=request, obj=obj, data=data, outcome=outcome)
