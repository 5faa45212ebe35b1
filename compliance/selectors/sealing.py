"""Whether the audit trail is sealed in time, as people are told before the gate closes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from compliance.numbers import Words
from compliance.selectors.clock_due import Due, numbers_of, stopping

RULE = "CN13-REC-04"
# As the gate reads it; the page asks every second, so nothing is counted here.
_NOW = """
SELECT stopped, ceil(greatest(0, extract(epoch FROM clock_timestamp() - sealed_until)))::bigint
  FROM audit_state WHERE id = 1
"""
FINE = Words("封存正常，滞后 {lag} 秒", "sealing runs, {lag} s behind")
LATE = Words(
    "封存滞后 {lag} 秒；满 {limit} 秒停呼", "sealing is {lag} s behind; calls stop at {limit} s"
)
TOO_LATE = Words(
    "封存滞后 {lag} 秒，已停呼", "sealing is {lag} s behind: no call until it has caught up"
)
STOPPED = {
    "refused": Words(
        "签名程序拒绝签名，已停呼，须查明", "the signer refuses: no call until people know why"
    ),
    "unknown": Words("无法确定是否封存，已停呼", "nobody knows whether it is sealed: no call"),
    "quarantine": Words(
        "有条目验证码不符，已停呼，须查明",
        "entries have a wrong code: no call until people know why",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SealingNow:
    """How sealing stands, by the database's own clock."""

    state: str  # fine, late, stopped
    words: Words


def sealing_now(*, now: datetime) -> SealingNow:
    """Return how sealing stands by the numbers that the gate goes by at `now`."""
    with connection.cursor() as cursor:
        cursor.execute(_NOW)
        stopped, lag = cursor.fetchone() or ("unknown", 0)
    if stopped:
        return SealingNow(state="stopped", words=STOPPED[stopped])
    numbers = numbers_of(RULE, now)
    if lag > numbers.stop_s:
        return SealingNow(state="stopped", words=TOO_LATE.filled(lag=lag))
    if lag > numbers.warn_s:
        return SealingNow(state="late", words=LATE.filled(lag=lag, limit=numbers.stop_s))
    return SealingNow(state="fine", words=FINE.filled(lag=lag))


CLOCK = stopping("sealing", "审计日志：{zh}", "Audit trail: {en}")


def sealing_clocks(*, today: date, now: datetime) -> Iterator[Due]:  # noqa: ARG001 - as all
    """Yield a clock while sealing is late or has stopped; a trail in order has none."""
    seen = sealing_now(now=now)
    if seen.state != "fine":
        at = now - timedelta(seconds=seen.state == "stopped")
        yield CLOCK.due_at("audit_state:1", at, now=now, zh=seen.words.zh, en=seen.words.en)
