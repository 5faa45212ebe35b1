"""Compare an import with a raw COPY of the same finished rows, both sides in one run.

    python -m benchmarks.imports [--of leads|consents|refusals] [--rows 1000000] [--rounds 3]

The import reads a CSV file as people have them, checks every row, seals numbers and names, and
commits with its audit entry. The raw side copies the very rows that came of it, from memory, into
tables of the same shape (indexes and checks, no foreign keys), and commits. The ratio of their
speeds is printed round by round.
"""

import argparse
import hashlib
import random
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from psycopg import sql

from benchmarks.database import fresh_database, server

if TYPE_CHECKING:
    from dialer.models import Campaign

GOAL = 0.2  # of raw COPY's rows a second
PREFIXES = (
    "138", "139", "150", "158", "186", "199", "177", "135", "136", "137", "151", "152", "157",
    "159", "187", "188",
)  # fmt: skip
SPACE = 10_000_000  # numbers after a prefix and one digit; spread, as a real list's numbers are
PERSON = (
    "number_index", "number_sealed", "masked", "number_class", "provinces",
    "places_version", "created_at",
)  # fmt: skip
TABLES = {
    "leads": {
        "compliance_person": PERSON,
        "dialer_lead": (
            "campaign_id", "person_id", "contact_list_id", "name_sealed", "external_ref", "state",
            "due_at", "claimed_at", "attempts", "last_decision", "last_result",
        ),
    },
    "consents": {
        "compliance_person": PERSON,
        "compliance_consent": (
            "person_id", "whitelist_id", "basis", "channel", "explicit", "text_shown_sha256",
            "method", "evidence_sha256", "ai_allowed", "sensitive_allowed", "request_event",
            "given_at", "expires_at", "withdrawn_at", "recorded_at", "policy_ends_on",
        ),
    },
    "refusals": {
        "compliance_person": PERSON,
        "compliance_refusal": (
            "person_id", "principal_id", "industry", "everywhere", "purpose", "source",
            "evidence", "recorded_at", "recorded_by",
        ),
    },
}  # fmt: skip


def main() -> None:
    """Run the rounds and print what they measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--of", choices=TABLES, default="leads")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with server() as url, fresh_database(url), TemporaryDirectory() as folder:
        rounds = speeds(Path(folder), rows=options.rows, rounds=options.rounds, of=options.of)
        ratios = [imported / copied for imported, copied in rounds]
    middle, spread = statistics.median(ratios), max(ratios) - min(ratios)
    verdict = "met" if middle >= GOAL else "missed"
    print(f"import / COPY: median {middle:.3f}, spread {spread:.3f}; goal {GOAL}: {verdict}")


def speeds(
    folder: Path, *, rows: int, rounds: int, of: str = "leads"
) -> Iterator[tuple[float, float]]:
    """Yield, round by round, the rows a second of an import and of a COPY of what came of it."""
    campaign = _campaign()
    twins = _Twins(TABLES[of])
    write, take = {
        "leads": (_write_list, _time_import),
        "consents": (_write_consents, _time_consents),
        "refusals": (_write_refusals, _time_refusals),
    }[of]
    for number in range(rounds):
        file = folder / f"list{number}.csv"
        write(file, rows=rows, seed=number)
        imported, peak = take(file, campaign), _peak_mb()
        copied = twins.time_copy()
        print(
            f"round {number + 1}: import {imported:.2f} s ({rows / imported:,.0f} rows/s), "
            f"COPY {copied:.2f} s ({rows / copied:,.0f} rows/s), ratio {copied / imported:.3f}; "
            f"the import took at most {peak:.0f} MB"
        )
        yield rows / imported, rows / copied


def _campaign() -> "Campaign":
    from benchmarks.world import world_make  # noqa: PLC0415
    from dialer.models import Campaign  # noqa: PLC0415

    world = world_make(filings=1, seats=1, people=1)
    return Campaign.objects.create(filing_id=world.filings[0])


def _write_list(file: Path, *, rows: int, seed: int) -> None:
    """Write a list of leads as a sales team exports it."""
    with file.open("w", encoding="utf-8") as out:
        out.write("姓名,手机号,客户编号\n")
        for at, number in enumerate(_numbers(rows=rows, seed=seed)):
            out.write(f"张{int(number) % 997},{number},K{at}\n")


def _write_consents(file: Path, *, rows: int, seed: int) -> None:
    """Write a list of consents, each with an evidence of its own."""
    with file.open("w", encoding="utf-8") as out:
        out.write("手机号,是否同意,同意时间,告知文本,方式,凭证哈希,目的\n")
        for at, number in enumerate(_numbers(rows=rows, seed=seed)):
            proof = hashlib.sha256(b"%d %d" % (seed, at)).hexdigest()
            given = f"2026-01-{1 + at % 28:02d} {at % 24:02d}:{at % 60:02d}"
            out.write(f"{number},同意,{given},同意致电答复。,网页,{proof},P3\n")


def _write_refusals(file: Path, *, rows: int, seed: int) -> None:
    """Write a list of people who refuse one principal's calls."""
    with file.open("w", encoding="utf-8") as out:
        out.write("手机号,拒绝时间,凭证\n")
        for at, number in enumerate(_numbers(rows=rows, seed=seed)):
            out.write(f"{number},2026-01-{1 + at % 28:02d},R{at % 997}\n")


def _numbers(*, rows: int, seed: int) -> Iterator[str]:
    """Yield mobile numbers, no two alike in a list, nor in lists whose seeds end otherwise."""
    random.seed(seed)
    for place in random.sample(range(len(PREFIXES) * SPACE), rows):
        prefix, end = divmod(place, SPACE)
        yield f"{PREFIXES[prefix]}{seed % 10}{end:07d}"


def _peak_mb() -> float:
    """Return the most memory that this process, and each that it started, has occupied."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


def _time_consents(file: Path, campaign: "Campaign") -> float:
    from compliance.lists import CONSENT_COLUMNS  # noqa: PLC0415 - needs Django set up
    from compliance.services.consents_import import consents_import  # noqa: PLC0415

    service = partial(consents_import, principal=campaign.filing.principal, purpose="P3")
    return _time_registry(service, file, columns=CONSENT_COLUMNS)


def _time_refusals(file: Path, campaign: "Campaign") -> float:
    from compliance.lists import REFUSAL_COLUMNS  # noqa: PLC0415 - needs Django set up
    from compliance.services.refusals_import import refusals_import  # noqa: PLC0415

    service = partial(refusals_import, principal=campaign.filing.principal)
    return _time_registry(service, file, columns=REFUSAL_COLUMNS)


def _time_registry(service: Callable[..., Any], file: Path, *, columns: Any) -> float:
    """Time an import into a registry, all of whose rows have to be taken."""
    from benchmarks.parties import OPENING  # noqa: PLC0415
    from compliance.imports.outcome import Watcher  # noqa: PLC0415
    from compliance.imports.rows import ImportFile  # noqa: PLC0415
    from compliance.models import User  # noqa: PLC0415

    officer = User.objects.filter(role=User.Role.COMPLIANCE).order_by("pk")[0]
    began = time.perf_counter()
    with ImportFile(path=file, columns=columns) as opened:
        done = service(file=opened, imported_by=officer, now=OPENING, watcher=Watcher())
    took = time.perf_counter() - began
    if done.added != done.rows:
        raise SystemExit(f"The import did not do its work: {done}")
    return took


def _time_import(file: Path, campaign: "Campaign") -> float:
    from benchmarks.parties import OPENING  # noqa: PLC0415
    from compliance.imports.outcome import Watcher  # noqa: PLC0415
    from compliance.imports.rows import ImportFile  # noqa: PLC0415
    from compliance.lists import LEAD_COLUMNS  # noqa: PLC0415
    from compliance.models import User  # noqa: PLC0415
    from compliance.services.list_choose import ListChoice  # noqa: PLC0415
    from dialer.services.leads_import import leads_import  # noqa: PLC0415

    choice = ListChoice(
        reference=file.name, source="own_form", collected_by="测速教育", notice_text="benchmark"
    )
    supervisor = User.objects.get(username="author")
    began = time.perf_counter()
    with ImportFile(path=file, columns=LEAD_COLUMNS) as opened:
        done = leads_import(
            campaign=campaign,
            file=opened,
            choice=choice,
            imported_by=supervisor,
            now=OPENING,
            watcher=Watcher(),
        )
    took = time.perf_counter() - began
    if done.added + done.rejects != done.rows or done.added < done.rows // 2:
        raise SystemExit(f"The import did not do its work: {done}")
    return took


@dataclass
class _Twins:
    """Tables of the same shape as the real ones, which grow with them."""

    tables: dict[str, tuple[str, ...]]
    seen: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        make = sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)")
        with connection.cursor() as cursor:
            for table in self.tables:
                cursor.execute(make.format(_twin(table), sql.Identifier(table)))
                self.seen[table] = _last_id(table)

    def time_copy(self) -> float:
        """Copy what the last import made, in one transaction."""
        rows = {table: self._new_rows(table) for table in self.tables}
        began = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            for table, columns in self.tables.items():
                statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)")
                with cursor.copy(statement.format(_twin(table), _names(columns))) as copy:
                    copy.write(rows[table])
        return time.perf_counter() - began

    def _new_rows(self, table: str) -> bytes:
        statement = sql.SQL(
            "COPY (SELECT {} FROM {} WHERE id > {} ORDER BY id) TO STDOUT (FORMAT BINARY)"
        ).format(_names(self.tables[table]), sql.Identifier(table), sql.Literal(self.seen[table]))
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            rows = b"".join(bytes(block) for block in copy)
        self.seen[table] = _last_id(table)
        return rows


def _last_id(table: str) -> int:
    statement = sql.SQL("SELECT coalesce(max(id), 0) FROM {}").format(sql.Identifier(table))
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])


def _twin(table: str) -> sql.Identifier:
    return sql.Identifier(f"raw_{table}")


def _names(columns: tuple[str, ...]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


if __name__ == "__main__":
    main()
