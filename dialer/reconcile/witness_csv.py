"""A carrier's call records as CSV: started_at, caller, callee and, if it has one, call_id.

The loopback carrier's own file is read as well: its headings say which of the two it is.
"""

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from compliance.numbers import Words
from dialer.reconcile.matching import Seen
from dialer.reconcile.spelling import same_number

NEEDED = ("started_at", "caller", "callee")
CARRIERS_OWN = ("received_at", "from_number", "pai_number", "request_uri_number", "to_number")
HEADINGS = Words(
    "{file}：首行须有列 started_at、caller、callee（可另有 call_id）。",
    "{file}: the first line has to name the columns started_at, caller, callee (call_id may be "
    "there too).",
)
INSTANT = Words(
    "{file} 第 {line} 行：时间 {value} 须按 ISO 8601 写明时区，如 2026-11-22T09:00:00+08:00。",
    "{file}, line {line}: write the instant {value} as ISO 8601 says, with its zone, such as "
    "2026-11-22T09:00:00+08:00.",
)
UNREADABLE = Words("{file}：无法读取（{why}）。", "{file}: it cannot be read ({why}).")


class WitnessError(Exception):
    """What a witness wrote cannot be read."""

    def __init__(self, words: Words) -> None:
        """Say what is wrong, in both languages."""
        self.words = words
        super().__init__(str(words))


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """An independent count of the calls that were on the wire."""

    kind: str  # carrier_cdr, capture, edge
    sha256: str  # of the file as it was read
    seen: tuple[Seen, ...]
    covers: frozenset[str] | None = None  # codes of the trunks that it has seen; None: all


def read_records(path: Path) -> Witness:
    """Read call records.

    :raises WitnessError: if they are not what they should be
    """
    data = file_bytes(path)
    whole = data[: data.rfind(b"\n") + 1] if _is_growing(data) else data
    try:
        rows = csv.DictReader(io.StringIO(whole.decode("utf-8-sig")), strict=True)
        seen = tuple(_seen(rows, path))
    except (UnicodeDecodeError, csv.Error) as error:
        raise WitnessError(UNREADABLE.filled(file=path.name, why=error)) from error
    return Witness(kind="carrier_cdr", sha256=hashlib.sha256(data).hexdigest(), seen=seen)


def file_bytes(path: Path) -> bytes:
    """Read a file.

    :raises WitnessError: if it is not there
    """
    try:
        return path.read_bytes()
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise WitnessError(UNREADABLE.filled(file=path.name, why=why)) from error


def _is_growing(data: bytes) -> bool:
    """Return whether it is the loopback carrier's file, whose last line may be half written."""
    return data.startswith(CARRIERS_OWN[0].encode())


def _seen(rows: "csv.DictReader[str]", path: Path) -> Iterator[Seen]:
    names = set(rows.fieldnames or ())
    own = names.issuperset(CARRIERS_OWN)
    if not own and not names.issuperset(NEEDED):
        raise WitnessError(HEADINGS.filled(file=path.name))
    for row in rows:
        yield _from_loopback(row) if own else _from_carrier(row, path, rows.line_num)


def _from_carrier(row: dict[str, str | None], path: Path, line: int) -> Seen:
    written = row["started_at"] or ""
    try:
        at = datetime.fromisoformat(written.strip())
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise WitnessError(INSTANT.filled(file=path.name, line=line, value=repr(written[:40])))
    return Seen(
        at=at,
        callee=same_number(row["callee"] or ""),
        caller=same_number(row["caller"] or ""),
        call_id=(row.get("call_id") or "").strip(),
    )


def _from_loopback(row: dict[str, str | None]) -> Seen:
    value = {name: text or "" for name, text in row.items()}
    called = {value["request_uri_number"], value["to_number"]}
    shown = {value["from_number"], value["pai_number"]}
    return Seen(
        at=datetime.fromisoformat(value["received_at"]),
        callee=same_number(value["request_uri_number"]),
        caller=same_number(value["from_number"]),
        call_id=value["call_id"],
        disguised=len(called) + len(shown) > 2,  # noqa: PLR2004 - one number each
    )
