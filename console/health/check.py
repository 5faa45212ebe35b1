"""The self-check: what takes too long for a page, one step after the other."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import redis
from django.conf import settings

from audit.check import findings, orphans
from audit.sealing_keys import log_public_keys
from audit.selectors import entries
from audit.tree_check import tree_findings
from compliance import clock
from compliance.numbers import Words
from console.health.board import everything
from console.health.part import State
from dialer import streams
from dialer.reconcile.hours import day_before
from dialer.reconcile.near import witnesses_near
from dialer.reconcile.run import TOLERANCE, reconcile
from dialer.reconcile.witness_csv import WitnessError

PROBE = bytes(4096)
COUNTED = Words("{count} 项异常，audit_check 逐项列出", "{count} findings; audit_check names each")
GONE = Words("不能写入：{why}", "cannot be written: {why}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What came of one step."""

    name: Words
    fine: bool
    said: Words
    milliseconds: int = 0

    def data(self) -> dict[str, object]:
        """Return it as JSON."""
        return {
            "name": [self.name.zh, self.name.en],
            "fine": self.fine,
            "said": [self.said.zh, self.said.en],
            "milliseconds": self.milliseconds,
        }


Step = tuple[Words, Callable[[], tuple[bool, Words]]]


def steps() -> Sequence[Step]:
    """Return every step, the quick ones first."""
    return (
        (Words("消息存储往返", "A message there and back"), _store),
        (Words("写入磁盘", "Writing to the disks"), _disks),
        (Words("各部分状态", "Every part of the page"), _parts),
        (Words("昨日线路对账（只比对）", "Yesterday's wire, compared only"), _wire),
        (Words("逐条核查审计条目", "Every entry of the trail"), _entries),
        (Words("核查封存树", "The tree that seals them"), _tree),
    )


def taken(step: Step) -> Found:
    """Take one step; one that breaks has found something."""
    name, take = step
    began = time.perf_counter()
    try:
        fine, said = take()
    except Exception as error:  # noqa: BLE001 - whatever breaks here is the finding
        fine, said = False, Words("出错：{why}", "broke: {why}").filled(why=type(error).__name__)
    spent = round((time.perf_counter() - began) * 1000)
    return Found(name=name, fine=fine, said=said, milliseconds=spent)


def _store() -> tuple[bool, Words]:
    key, value = f"yunhu:health:{uuid4().hex}", uuid4().hex
    try:
        streams.client().set(key, value, ex=10)
        same = streams.client().getdel(key) == value
    except redis.RedisError as error:
        return False, Words("无应答：{why}", "no answer: {why}").filled(why=type(error).__name__)
    return same, Words("一致", "the same") if same else Words("不一致", "another")


def _disks() -> tuple[bool, Words]:
    """Have every disk of ours take a page and keep it."""
    folders = (settings.EVIDENCE_DIR, settings.AUDIT_PUBLISH_DIR, settings.RECORDINGS_DIR)
    worst = 0.0
    written = 0
    for folder in filter(os.path.isdir, folders):
        if not os.access(folder, os.W_OK):  # another account's
            continue
        began = time.perf_counter()
        try:
            _keep(Path(folder))
        except OSError as error:
            return False, GONE.filled(why=f"{Path(folder).name}: {error.strerror}")
        written, worst = written + 1, max(worst, time.perf_counter() - began)
    said = Words("{count} 处可写，最慢 {ms} 毫秒", "{count} written, {ms} ms at most")
    return True, said.filled(count=written, ms=round(worst * 1000))


def _keep(folder: Path) -> None:
    path = folder / f".{uuid4().hex}"
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(file, PROBE)
        os.fsync(file)
    finally:
        os.close(file)
        path.unlink(missing_ok=True)


def _parts() -> tuple[bool, Words]:
    bad = (State.BROKEN, State.UNKNOWN)
    wrong = [one for one in everything(now=clock.read()) if one.state in bad]
    if not wrong:
        return True, Words("均正常", "all in order")
    zh = "、".join(_named(one.face.name.zh, one.of) for one in wrong)
    en = ", ".join(_named(one.face.name.en, one.of) for one in wrong)
    return False, Words(f"异常：{zh}", f"not in order: {en}")


def _named(name: str, of: str) -> str:
    return f"{name} {of}".strip()


def _wire() -> tuple[bool, Words]:
    span = day_before(clock.host_now())
    try:
        found = reconcile(span=span, witnesses=witnesses_near(span.widened(TOLERANCE))).found
    except WitnessError as error:
        return False, error.words
    said = Words("差异 {count}，无许可 {bare}", "unmatched {count}, without a permit {bare}")
    told = said.filled(count=len(found.unmatched), bare=len(found.unpermitted))
    return not found.unmatched, told


def _entries() -> tuple[bool, Words]:
    return _counted(findings(entries()), orphans())


def _tree() -> tuple[bool, Words]:
    published = Path(settings.AUDIT_PUBLISH_DIR)
    return _counted(tree_findings(keys=log_public_keys(), published=published))


def _counted(*found: Iterator[object]) -> tuple[bool, Words]:
    count = sum(1 for one in found for _ in one)
    if count:
        return False, COUNTED.filled(count=count)
    return True, Words("均正常", "all in order")
