"""The machine: room on its disks, its clock, the keys that lie on it, the journals of INVITEs."""

import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection

from audit.deploy_check import database_role
from audit.keys import SECRETS, KeyFileError, read_private, read_secret
from compliance import clock
from compliance.models import Trunk
from compliance.numbers import Words
from compliance.selectors.clock_due import numbers_of
from console.health.part import Face, Part, State
from dialer.deploy_check import lines_keys, recordings_key
from dialer.models import LineInvite
from dialer.recording.room import LEAST_FREE, OF_A_CALL

CLOCK_RULE = "CN13-TIM-11"
NEEDED = ("permit",)  # private halves that the gate needs
SCARCE = 4  # times what is needed at least
TAKEN_OVER = timedelta(seconds=10)  # a line process takes its journal over every second
SUFFIX = ".invites"  # as the line process names them; its own module loads a SIP driver
TAIL = 4096  # bytes
DISK = Face(
    code="disk",
    name=Words("磁盘", "Disk"),
    means=Words(
        "录音放不下时，线路不再拨出；数据库写满即停呼。",
        "Lines dial nothing that could not be recorded; a full database stops all calls.",
    ),
    do=Words("清理或扩容；录音只按留存规则删除。", "Make room; recordings go by retention alone."),
    stops=True,
)
CLOCK = Face(
    code="clock",
    name=Words("时钟", "Clock"),
    means=Words(
        "主机与数据库时钟相差超过规则上限即停呼。",
        "Beyond the rulebook's limit between the host's and the database's clock no call leaves.",
    ),
    do=Words("检查 NTP（chronyc tracking）。", "Look at NTP (chronyc tracking)."),
    stops=True,
)
KEYS = Face(
    code="keys",
    name=Words("密钥", "Keys"),
    means=Words(
        "缺少闸门所需密钥即停呼；他人可读的密钥使签名失去意义。",
        "Without the keys of the gate no call leaves; one that others read vouches for nothing.",
    ),
    do=Words("运行 check --deploy，按提示收紧权限。", "Run check --deploy and do what it says."),
    stops=True,
)
JOURNALS = Face(
    code="journal",
    name=Words("呼叫日志文件", "Journal of INVITEs"),
    means=Words(
        "写不进即不拨出；未入库的条目由线路进程重启后补入。",
        "What cannot be written there does not leave; a line process takes the rest over.",
    ),
    do=Words("确认该线路的 run_lines 在运行。", "See that the trunk's run_lines runs."),
)


def disk(_now: datetime) -> Iterator[Part]:
    """Yield the disk with the least room among those that records are written to."""
    folders = (settings.RECORDINGS_DIR, settings.LINES_DIR, settings.AUDIT_PUBLISH_DIR)
    free, folder = min(_free(Path(one)) for one in (*folders, settings.EVIDENCE_DIR))
    needed = LEAST_FREE + OF_A_CALL
    state = State.FINE if free >= SCARCE * needed else State.LATE
    said = Words("最少可用 {free} MiB（{folder}）", "{free} MiB free at least ({folder})")
    yield DISK.seen(
        State.BROKEN if free < needed else state, said.filled(free=free >> 20, folder=folder)
    )


def _free(folder: Path) -> tuple[int, str]:
    there = next(one for one in (folder, *folder.parents) if one.exists())
    found = os.statvfs(there)
    return found.f_bavail * found.f_frsize, folder.name


def clock_skew(now: datetime) -> Iterator[Part]:
    """Yield how far the host's clock is from the database's."""
    limit: int = numbers_of(CLOCK_RULE, now)
    before = clock.host_now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (theirs,) = cursor.fetchone()
    after = clock.host_now()
    skew = round(abs(theirs - (before + (after - before) / 2)).total_seconds() * 1000)
    said = Words("相差 {skew} 毫秒，上限 {limit}", "{skew} ms apart, the limit is {limit}")
    state = State.LATE if skew * 2 > limit else State.FINE
    yield CLOCK.seen(State.BROKEN if skew > limit else state, said.filled(skew=skew, limit=limit))


def keys(_now: datetime) -> Iterator[Part]:
    """Yield whether this account can read the keys of the gate, and no others."""
    missing = list(_unreadable())
    if missing:
        lacking = Words("缺少或不可读：{names}", "missing, or not to be read: {names}")
        yield KEYS.seen(State.BROKEN, lacking.filled(names=", ".join(missing)))
        return
    found = [str(one.msg) for check in CHECKS for one in check()]
    if found:
        halves = [one.partition(" / ") for one in found]
        zh, en = "；".join(one[0] for one in halves), "; ".join(one[2] for one in halves)
        yield KEYS.seen(State.LATE, Words(zh, en))
        return
    yield KEYS.seen(State.FINE, Words("各归其主", "each with its own process"))


CHECKS = (recordings_key, lines_keys, database_role)


def _unreadable() -> Iterator[str]:
    for read, names in ((read_secret, SECRETS), (read_private, NEEDED)):
        for name in names:
            try:
                read(settings.KEYS_DIR, name)
            except KeyFileError:
                yield name


def journals(_now: datetime) -> Iterator[Part]:
    """Yield, for each trunk with a journal, whether the database has taken its last line over."""
    for code in Trunk.objects.filter(active=True).order_by("code").values_list("code", flat=True):
        files = sorted(Path(settings.LINES_DIR).glob(f"{code}.*{SUFFIX}"))
        if files:
            yield _journal(code, files[-1])


def _journal(code: str, path: Path) -> Part:
    try:
        known, at = _last_line(path)
    except PermissionError:
        own = Words("仅线路进程可读", "its line process alone can read it")
        return JOURNALS.seen(State.ABSENT, own, of=code)
    if known is None or at is None:
        return JOURNALS.seen(State.FINE, Words("尚无条目", "no line yet"), of=code)
    behind = clock.host_now() - at > TAKEN_OVER
    if behind and not LineInvite.objects.filter(pk=known).exists():
        late = Words("最后一条尚未入库", "its last line is not in the database")
        return JOURNALS.seen(State.LATE, late, of=code, since=at)
    return JOURNALS.seen(State.FINE, Words("已入库", "taken over"), of=code, since=at)


def _last_line(path: Path) -> tuple[UUID | None, datetime | None]:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL))
        whole = file.read().rpartition(b"\n")[0]  # half a line is of a call that did not leave
    try:
        row = json.loads(whole.rpartition(b"\n")[2])
        return UUID(hex=row["id"]), datetime.fromisoformat(row["at"])
    except (ValueError, KeyError, TypeError):
        return None, None
