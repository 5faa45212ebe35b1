"""Entries a second from eight writers, beside plain inserts of the same row into a plain table.

A sequencer of its own process seals what is written all the while, on the same machine.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from tempfile import TemporaryDirectory

import psycopg

from benchmarks.database import ROOT, fresh_database, point_django_at
from benchmarks.report import Comparison, at_least

WRITERS = 8
SECONDS = 2.5  # of each side of a round
OTHER_WORK_S = 0.005
PLAIN = """
CREATE TABLE plain_entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, eid uuid NOT NULL UNIQUE,
    ts timestamptz NOT NULL, tenant varchar(64) NOT NULL, action varchar(64) NOT NULL,
    actor varchar(160) NOT NULL, object varchar(160) NOT NULL, outcome varchar(8) NOT NULL,
    body bytea NOT NULL, mac bytea NOT NULL, kid varchar(16) NOT NULL);
CREATE INDEX ON plain_entry (object, id);
CREATE INDEX ON plain_entry (actor, id);
CREATE INDEX ON plain_entry (ts);
CREATE TABLE business (id bigserial PRIMARY KEY, value integer NOT NULL);
"""
Work = tuple[bool, bool]  # into the trail, with other work


def measure(*, server_url: str, rounds: int) -> list[Comparison]:
    """Let the writers take turns between the trail and the plain table."""
    found: dict[bool, list[tuple[float, float]]] = {False: [], True: []}
    with fresh_database(server_url) as url:
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(PLAIN)
        with sequencer(), _Crew(url) as crew:
            for _ in range(rounds + 1):
                for busy, pairs in found.items():
                    ours = crew.rate((True, busy))
                    plain = crew.rate((False, busy))
                    pairs.append((ours, plain))
    notes = [
        f"{os.cpu_count()} cores for the writers, the sequencer and the database together",
        "each writer makes the same body and code for both; the plain table has the same indexes",
    ]
    return [
        Comparison(
            name="trail_appends",
            ours=f"entries a second, {WRITERS} writers, one a transaction",
            peer="plain inserts of the same row a second",
            rounds=found[False][1:],  # the first round warms caches and plans
            goal=at_least(0.95),
            must=at_least(0.85),
            notes=notes,
        ),
        Comparison(
            name="trail_appends_in_business",
            ours=f"business transactions a second with an entry, {WRITERS} writers, 5 ms each",
            peer="the same with a plain insert",
            rounds=found[True][1:],
            goal=at_least(0.95),
            notes=notes[:1],
        ),
    ]


@contextmanager
def sequencer() -> Iterator[None]:
    """Run the sequencer beside the block, with folders of its own."""
    with TemporaryDirectory() as folder:
        places = {
            "AUDIT_SIGNER_DIR": f"{folder}/signer",
            "AUDIT_PUBLISH_DIR": f"{folder}/published",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "django", "audit_sequencer"],
            cwd=ROOT,
            env={**os.environ, **places},
            stderr=subprocess.DEVNULL,
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait()


class _Crew:
    """Writers that begin each piece of work together."""

    def __init__(self, url: str) -> None:
        context = get_context("spawn")
        self._barrier = context.Barrier(WRITERS)
        self._pipes: list[Connection] = []
        self._workers = []
        for _ in range(WRITERS):
            ours, theirs = context.Pipe()
            told = (theirs, self._barrier, url, os.environ["KEYS_DIR"])
            worker = context.Process(target=_serve, args=told, daemon=True)
            worker.start()
            theirs.close()
            self._pipes.append(ours)
            self._workers.append(worker)

    def __enter__(self) -> "_Crew":
        return self

    def __exit__(self, *_problem: object) -> None:
        for pipe in self._pipes:
            pipe.close()
        for worker in self._workers:
            worker.join(timeout=10)

    def rate(self, work: Work) -> float:
        """Return how many a second all writers wrote together."""
        for pipe in self._pipes:
            pipe.send(work)
        shares: list[tuple[int, float]] = [pipe.recv() for pipe in self._pipes]
        return sum(done / seconds for done, seconds in shares)


def _serve(pipe: Connection, barrier: Barrier, url: str, keys: str) -> None:
    point_django_at(url=url, keys=keys)
    while True:
        try:
            into_the_trail, busy = pipe.recv()
        except EOFError:
            return
        barrier.wait(timeout=60)
        pipe.send(_write(into_the_trail=into_the_trail, busy=busy))


def _write(*, into_the_trail: bool, busy: bool) -> tuple[int, float]:
    from datetime import UTC, datetime  # noqa: PLC0415

    from django.db import connection, transaction  # noqa: PLC0415

    from audit.record import recording  # noqa: PLC0415 - needs Django set up
    from audit.round_trips import Statement, send_together  # noqa: PLC0415

    data = {"verdict": "allow", "rules": ["CN13-TIM-01"] * 12, "book": "c0ffee" * 10}
    began = time.monotonic()
    done = 0
    while time.monotonic() - began < SECONDS:
        with transaction.atomic():
            if busy:
                with connection.cursor() as cursor:
                    cursor.execute("INSERT INTO business (value) VALUES (1)")
                time.sleep(OTHER_WORK_S)
            row = recording(
                "permit.issued", obj="lead:1", actor="u:1", now=datetime.now(UTC), data=data
            )
            send_together(row if into_the_trail else Statement(_PLAIN_SQL, row.values))
        done += 1
    return done, time.monotonic() - began


_PLAIN_SQL = (
    "WITH written AS (INSERT INTO plain_entry"
    " (eid, ts, tenant, action, actor, object, outcome, body, mac, kid)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id)"
    " SELECT audit_all_written(count(*), 1) FROM written"
)
