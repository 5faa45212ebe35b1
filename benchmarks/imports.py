"""Compare `leads_import` with a raw COPY of the same finished rows, both sides in one run.

    DATABASE_URL=postgresql://… python -m benchmarks.imports [--rows 100000] [--rounds 3]

The import reads a CSV file as people have them, checks every row, seals numbers and names, and
commits with its audit entry. The raw side copies the very rows that came of it into tables of
the same shape (indexes and checks, no foreign keys), and commits. It prints the ratio of
their speeds round by round. A database of its own is made and dropped.
"""

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

GOAL = 0.2  # of raw COPY's rows a second
MOBILE_PREFIXES = ("138", "139", "150", "158", "186", "199", "177", "135")
TABLES = {
    "compliance_person": "number_index, number_sealed, masked, number_class, provinces, "
    "places_version, created_at",
    "dialer_lead": "campaign_id, person_id, contact_list_id, name_sealed, external_ref, state, "
    "due_at, claimed_at, attempts, last_decision, last_result",
}


def main() -> None:
    """Run the rounds and print what they measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with _deployment() as folder:
        ratios = list(_rounds(folder, rows=options.rows, rounds=options.rounds))
    best, spread = statistics.median(ratios), max(ratios) - min(ratios)
    verdict = "met" if best >= GOAL else "missed"
    print(f"import / COPY: median {best:.3f}, spread {spread:.3f}; goal {GOAL}: {verdict}")


def _rounds(folder: Path, *, rows: int, rounds: int) -> Iterator[float]:
    from tests.compliance.imports.house import build_house

    house = build_house()
    _make_raw_tables()
    for number in range(rounds):
        file = folder / f"list{number}.csv"
        _write_list(file, rows=rows, seed=number)
        imported = _time_import(file, house)
        copied = _time_copy()
        print(
            f"round {number + 1}: import {imported:.2f} s ({rows / imported:,.0f} rows/s), "
            f"COPY {copied:.2f} s ({rows / copied:,.0f} rows/s), ratio {copied / imported:.3f}"
        )
        yield copied / imported


@contextmanager
def _deployment() -> Iterator[Path]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with tempfile.TemporaryDirectory() as name:
        os.environ["KEYS_DIR"] = f"{name}/keys"
        import django
        from django.db import connection

        django.setup()
        from audit.keys import make_missing

        make_missing()
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        try:
            yield Path(name)
        finally:
            connection.creation.destroy_test_db("unused", verbosity=0)


def _write_list(file: Path, *, rows: int, seed: int) -> None:
    """Write a list in which no two numbers are alike, in this round or in another."""
    random.seed(seed)
    ends = random.sample(range(10_000_000), rows)
    with file.open("w", encoding="utf-8") as out:
        out.write("姓名,手机号,客户编号\n")
        for at, end in enumerate(ends):
            prefix = MOBILE_PREFIXES[seed % len(MOBILE_PREFIXES)]
            out.write(f"张{end % 997},{prefix}{seed % 10}{end:07d},K{at}\n")


def _time_import(file: Path, house: object) -> float:
    from compliance.imports.outcome import Watcher
    from compliance.imports.rows import ImportFile
    from compliance.lists import LEAD_COLUMNS
    from compliance.services.list_choose import ListChoice
    from dialer.services.leads_import import leads_import
    from tests.compliance.imports.house import NOW

    choice = ListChoice(
        reference=file.name, source="own_form", collected_by="benchmark", notice_text="benchmark"
    )
    began = time.perf_counter()
    with ImportFile(path=file, columns=LEAD_COLUMNS) as opened:
        done = leads_import(
            campaign=house.campaign,
            file=opened,
            choice=choice,
            imported_by=house.administrator,
            now=NOW + timedelta(seconds=1),
            watcher=Watcher(),
        )
    took = time.perf_counter() - began
    if done.added != done.rows - done.rejects or done.added < done.rows // 2:
        raise SystemExit(f"The import did not do its work: {done}")
    return took


def _make_raw_tables() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"CREATE TABLE raw_{table} (LIKE {table} INCLUDING ALL)")
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
            _seen[table] = cursor.fetchone()[0]


_seen: dict[str, int] = {}


def _time_copy() -> float:
    """Copy the rows that the last import made, out of memory, in one transaction."""
    from django.db import connection, transaction

    new = {table: _new_rows(table, columns) for table, columns in TABLES.items()}
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for table, columns in TABLES.items():
            with cursor.copy(f"COPY raw_{table} ({columns}) FROM STDIN (FORMAT BINARY)") as copy:
                copy.write(new[table])
    return time.perf_counter() - began


def _new_rows(table: str, columns: str) -> bytes:
    from django.db import connection

    query = f"SELECT {columns} FROM {table} WHERE id > {_seen[table]} ORDER BY id"
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT BINARY)") as copy:
            rows = b"".join(bytes(block) for block in copy)
        cursor.execute(f"SELECT max(id) FROM {table}")
        _seen[table] = cursor.fetchone()[0]
    return rows


if __name__ == "__main__":
    main()
