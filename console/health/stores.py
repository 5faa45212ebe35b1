"""The database and the message store."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import redis
from django.db import connection

from compliance import clock
from compliance.numbers import Words
from console.health.part import Face, Part, State
from dialer import streams

FULL = 0.9  # of the connections, or of the memory
_STATE = """
SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::bool,
       has_column_privilege('audit_entry', 'body', 'INSERT'),
       (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
       current_setting('max_connections')::int,
       pg_postmaster_start_time()
"""
DATABASE = Face(
    code="database",
    name=Words("数据库", "Database"),
    means=Words(
        "所有决定和记录都在这里；不可写即停呼。",
        "Every decision and record is here; while it cannot be written, no call leaves.",
    ),
    do=Words(
        "查看数据库服务与磁盘；切勿改接备份库继续外呼。",
        "Look at the database service and its disk; never go on calling on a copy.",
    ),
    stops=True,
)
BROKER = Face(
    code="broker",
    name=Words("消息存储", "Message store"),
    means=Words(
        "许可由它送到线路；无应答时不发起新呼叫，拒绝照常生效。",
        "It takes permits to the lines; without it no call leaves, and refusals hold as ever.",
    ),
    do=Words(
        "检查 Valkey/Redis 服务和 REDIS_URL。",
        "Look at the Valkey or Redis service, and REDIS_URL.",
    ),
    stops=True,
)


def database(_now: datetime) -> Iterator[Part]:
    """Yield how the database answers, and whether the trail can be written."""
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(_STATE)
        read_only, writable, used, most, since = cursor.fetchone()
    said = Words(
        "应答 {ms} 毫秒，连接 {used}/{most}", "answers in {ms} ms, connections {used} of {most}"
    ).filled(ms=_milliseconds(began), used=used, most=most)
    if read_only or not writable:
        only = Words("只读，审计日志不可写", "read-only: the trail cannot be written")
        yield DATABASE.seen(State.BROKEN, only)
        return
    state = State.LATE if used > most * FULL else State.FINE
    yield DATABASE.seen(state, said, since=since if state == State.FINE else None)


def broker(_now: datetime) -> Iterator[Part]:
    """Yield whether the message store answers, and has room."""
    began = time.perf_counter()
    try:
        told = streams.client().info()
    except redis.RedisError as error:
        why = Words("无应答（{why}）", "does not answer ({why})").filled(why=type(error).__name__)
        yield BROKER.seen(State.BROKEN, why)
        return
    used, most = int(told["used_memory"]), int(told.get("maxmemory", 0))
    full = most > 0 and used > most * FULL
    said = Words("应答 {ms} 毫秒，占用 {used} MiB", "answers in {ms} ms, holds {used} MiB")
    yield BROKER.seen(
        State.LATE if full else State.FINE,
        said.filled(ms=_milliseconds(began), used=used >> 20),
        since=clock.host_now() - timedelta(seconds=int(told["uptime_in_seconds"])),
    )


def _milliseconds(began: float) -> int:
    return max(1, round((time.perf_counter() - began) * 1000))
