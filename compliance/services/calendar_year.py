"""Take a year of holidays on record: one person proposes it, another approves it."""

from datetime import datetime

from django.db import transaction

from audit import record as audit
from compliance.days_file import YearStated, year_digest
from compliance.denials import DeniedError
from compliance.models import CalendarYear, User
from compliance.numbers import Words

KEEPERS = frozenset({User.Role.ADMINISTRATOR, User.Role.COMPLIANCE})
NOT_YOURS = Words(
    "账号 {username} 不得办理放假安排（须为管理员或合规人员）。",
    "The account {username} may not propose or approve a year: an administrator or a compliance "
    "officer does.",
)
NOT_WAITING = Words("该提交不在等待批准。", "This proposal does not wait for an approval.")
OWN = Words(
    "提交人不能批准自己的提交，须由另一人批准。",
    "Another person than the proposer approves a year.",
)
ALTERED = Words("内容与提交时不一致。", "The proposal is not what was proposed.")


class CalendarApprovalError(Exception):
    """The year cannot be approved: by this person, a second time, or as it was altered."""

    def __init__(self, words: Words) -> None:
        """Keep the sentence in both languages."""
        super().__init__(str(words))
        self.words = words


class NotACalendarKeeperError(DeniedError):
    """Days are proposed and approved by administrators and compliance officers."""

    def __init__(self, username: str) -> None:
        """Say who, in both languages."""
        self.words = NOT_YOURS.filled(username=username)
        super().__init__(str(self.words))


@transaction.atomic
def calendar_propose(*, year: YearStated, proposed_by: User, now: datetime) -> CalendarYear:
    """Keep a year as a proposal; nothing changes until another person approves it.

    :raises NotACalendarKeeperError: if the account may not
    """
    _check_role(proposed_by)
    row = CalendarYear.objects.create(
        year=year.year,
        notice_number=year.notice_number,
        notice_sha256=year.notice_sha256,
        days=year.days,
        sha256=year.sha256,
        proposed_by=proposed_by,
        proposed_at=now,
    )
    audit.record(
        "calendar.proposed",
        obj=f"calendar:{row.pk}",
        actor=f"u:{proposed_by.pk}",
        now=now,
        data=_told(row),
    )
    return row


@transaction.atomic
def calendar_approve(*, proposal_id: int, approved_by: User, now: datetime) -> CalendarYear:
    """Put a proposed year in force; from this commit on it is in every decision, by its digest.

    :raises NotACalendarKeeperError: if the account may not
    :raises CalendarApprovalError: if there is no such proposal, it was approved before, it is the
        approver's own, or it is not what was proposed
    """
    _check_role(approved_by)
    row = CalendarYear.objects.select_for_update().filter(pk=proposal_id).first()
    if row is None or row.approved_at is not None:
        raise CalendarApprovalError(NOT_WAITING)
    if row.proposed_by_id == approved_by.pk:
        raise CalendarApprovalError(OWN)
    if row.sha256 != _digest(row):
        raise CalendarApprovalError(ALTERED)
    waiting = CalendarYear.objects.filter(pk=row.pk, approved_at=None)
    waiting.update(approved_by=approved_by, approved_at=now)
    audit.record(
        "calendar.approved",
        obj=f"calendar:{row.pk}",
        actor=f"u:{approved_by.pk}",
        now=now,
        data=_told(row) | {"proposed_by": row.proposed_by_id},
    )
    row.refresh_from_db()
    return row


def _check_role(user: User) -> None:
    if user.role not in KEEPERS or not user.is_active:
        raise NotACalendarKeeperError(user.username)


def _digest(row: CalendarYear) -> str:
    return year_digest(
        year=row.year,
        notice_number=row.notice_number,
        notice_sha256=row.notice_sha256,
        days=row.days,
    )


def _told(row: CalendarYear) -> dict[str, object]:
    return {
        "year": row.year,
        "notice": row.notice_number,
        "notice_sha256": row.notice_sha256,
        "sha256": row.sha256,
        "days_off": row.days.count("o"),
    }
