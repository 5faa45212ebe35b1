"""What the calendar's commands take and tell alike."""

import json
from typing import Any

from django.core.management.base import CommandError

from compliance.models import CalendarYear, User
from compliance.numbers import Words

NO_ACCOUNT = Words("没有启用的账号 {username}。", "There is no active account {username}.")


def account(username: str) -> User:
    """Return an active account; whether it may do this is the service's to say.

    :raises CommandError: if there is none
    """
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(str(NO_ACCOUNT.filled(username=username)), returncode=2)
    return user


def year_data(row: CalendarYear) -> dict[str, Any]:
    """Return a year as JSON values."""
    return {
        "proposal": row.pk,
        "year": row.year,
        "notice_number": row.notice_number,
        "notice_sha256": row.notice_sha256,
        "sha256": row.sha256,
        "days_off": row.days.count("o"),
        "workdays": row.days.count("w"),
        "in_force": row.approved_at is not None,
    }


def as_line(data: dict[str, Any], *, as_json: bool) -> str:
    """Return the year as one JSON object, or as a line that a person reads."""
    if as_json:
        return json.dumps(data, ensure_ascii=False)
    zh = "已生效" if data["in_force"] else "待另一人批准"
    en = "in force" if data["in_force"] else "waits for another person's approval"
    return (
        f"#{data['proposal']} · {data['year']} · {data['notice_number']} · 休息 {data['days_off']}"
        f" 天 days off · {data['sha256'][:16]} · {zh} {en}"
    )
