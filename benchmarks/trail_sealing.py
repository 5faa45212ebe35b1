"""How fast the sequencer catches up, how soon an entry is sealed, and what its proof takes up."""

import bisect
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

import psycopg

from benchmarks.database import fresh_database
from benchmarks.report import Comparison, at_least, at_most
from benchmarks.trail_appends import sequencer

ENTRIES = 30_000  # a round
LEAST_RATE = 10_000  # entries a second
MOST_SECONDS = 1.0
WATCHED_SECONDS = 8.0
PAUSE_SECONDS = 0.01  # between two entries of the one writer
PATIENCE_SECONDS = 30.0


def measure(*, server_url: str, rounds: int) -> list[Comparison]:
    """Drain a full queue; then watch single entries; then weigh the tables."""
    with fresh_database(server_url) as url:
        rates = [_rate() for _ in range(min(rounds, 3))]
        evidence, entries = _weights()
    with fresh_database(server_url) as url, sequencer():
        lags = [_p99_lag(url) for _ in range(min(rounds, 3))]
    return [
        Comparison(
            name="sequencer_throughput",
            ours=f"entries a second sealed, signed and published, {ENTRIES:,} in the queue",
            peer="entries a second that are asked for",
            rounds=[(rate, LEAST_RATE) for rate in rates],
            goal=at_least(1),
            notes=["codes checked, leaves and tiles committed in batches of 5,000"],
        ),
        Comparison(
            name="sealing_lag",
            ours="p99 seconds from the entry's commit to its leaf's, poll of 200 ms",
            peer="seconds that are allowed",
            rounds=[(lag, MOST_SECONDS) for lag in lags],
            goal=at_most(1),
            notes=[f"an entry every {PAUSE_SECONDS * 1000:.0f} ms for {WATCHED_SECONDS:.0f} s"],
        ),
        Comparison(
            name="evidence_bytes",
            ours="bytes an entry of tamper evidence: leaf, tiles, checkpoints, code",
            peer="bytes an entry in all",
            rounds=[(evidence, evidence + entries)],
        ),
    ]


def _rate() -> float:
    from datetime import UTC, datetime  # noqa: PLC0415

    from django.db import transaction  # noqa: PLC0415

    from audit.record import Entry, record_many  # noqa: PLC0415 - needs Django set up
    from audit.sealing.sequencer import Sequencer  # noqa: PLC0415
    from audit.sealing.signer import Signer  # noqa: PLC0415
    from audit.sealing.state import begin_log, standing  # noqa: PLC0415
    from audit.sealing_keys import log_keys  # noqa: PLC0415

    data = {"verdict": "allow", "rules": ["CN13-TIM-01"] * 12, "book": "c0ffee" * 10}
    many = [Entry(action="permit.issued", obj="lead:1", actor="u:1", data=data)] * ENTRIES
    with transaction.atomic():
        record_many(many, now=datetime.now(UTC))
    folder = Path(_SIGNER.name)
    begin_log()
    signer = Signer(folder=folder, keys=log_keys)
    one = Sequencer(signer=signer, publish_to=folder / "published", sign_seconds=10)
    before = standing().size
    began = time.perf_counter()
    one.drain()
    seconds = time.perf_counter() - began
    if standing().signed - before != ENTRIES:
        raise AssertionError("Not everything was sealed and signed.")
    return ENTRIES / seconds


_SIGNER = TemporaryDirectory()  # gone at the end of this process


def _weights() -> tuple[float, float]:
    """Return the bytes of an entry that are evidence, and those that are not."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), sum(octet_length(mac)) FROM audit_entry")
        count, codes = cursor.fetchone()
        cursor.execute(
            "SELECT sum(pg_total_relation_size(oid::regclass)) FROM pg_class"
            " WHERE relname IN ('audit_leaf', 'audit_tile', 'audit_checkpoint')"
        )
        (sealed,) = cursor.fetchone()
        cursor.execute(
            "SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits"
            " WHERE inhparent = 'audit_entry'::regclass"
        )
        (entries,) = cursor.fetchone()
    evidence = (int(sealed) + int(codes)) / count
    return evidence, (int(entries) - int(codes)) / count


def _p99_lag(url: str) -> float:
    """Write entries one by one while the sequencer runs; return how late the latest 1 % were."""
    written: list[tuple[float, str]] = []
    seen: list[tuple[float, int]] = []
    done = Event()
    watcher = Thread(target=_watch, args=(url, seen, done))
    watcher.start()
    try:
        _write(written)
        _wait_for(seen, _sealed(url, written))
    finally:
        done.set()
        watcher.join()
    places = _places(url)
    sizes = [size for _, size in seen]
    lags = sorted(seen[bisect.bisect_right(sizes, places[eid])][0] - at for at, eid in written)
    return lags[int(len(lags) * 0.99)]


def _watch(url: str, seen: list[tuple[float, int]], done: Event) -> None:
    with psycopg.connect(url, autocommit=True) as link:
        while not done.wait(0.005):
            row = link.execute("SELECT size FROM audit_state").fetchone()
            if row and (not seen or row[0] > seen[-1][1]):
                seen.append((time.monotonic(), int(row[0])))


def _write(written: list[tuple[float, str]]) -> None:
    from datetime import UTC, datetime  # noqa: PLC0415

    from django.db import transaction  # noqa: PLC0415

    from audit.record import record  # noqa: PLC0415

    until = time.monotonic() + WATCHED_SECONDS
    while time.monotonic() < until:
        with transaction.atomic():
            eid = record("permit.issued", obj="lead:1", actor="u:1", now=datetime.now(UTC))
        written.append((time.monotonic(), str(eid)))
        time.sleep(PAUSE_SECONDS)


def _sealed(url: str, written: list[tuple[float, str]]) -> int:
    with psycopg.connect(url) as link:
        row = link.execute("SELECT count(*) FROM audit_entry").fetchone()
    return int(row[0]) if row else len(written)


def _wait_for(seen: list[tuple[float, int]], size: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not seen or seen[-1][1] < size:
        if time.monotonic() > deadline:
            raise subprocess.TimeoutExpired("audit_sequencer", PATIENCE_SECONDS)
        time.sleep(0.02)


def _places(url: str) -> dict[str, int]:
    with psycopg.connect(url) as link:
        rows = link.execute(
            "SELECT eid::text, leaf_index FROM audit_leaf JOIN audit_entry ON id = entry_id"
        )
        return {str(eid): int(index) for eid, index in rows}
