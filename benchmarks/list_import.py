"""The imports of leads and of consents beside a raw COPY of the rows that come of them."""

from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import imports
from benchmarks.database import fresh_database
from benchmarks.report import Comparison, at_least

ROWS = 100_000


def measure(*, server_url: str, rounds: int) -> list[Comparison]:
    """Import lists of people that nobody knew, a COPY after each."""
    return [_measure(of, server_url=server_url, rounds=rounds) for of in imports.TABLES]


def _measure(of: str, *, server_url: str, rounds: int) -> Comparison:
    with fresh_database(server_url), TemporaryDirectory() as folder:
        ratios = list(imports.speeds(Path(folder), rows=ROWS, rounds=min(rounds, 3), of=of))
    return Comparison(
        name="list_import" if of == "leads" else f"{of}_import",
        ours=f"rows a second, {of}_import of {ROWS:,} rows",
        peer="rows a second, COPY of the finished rows",
        rounds=ratios,
        goal=at_least(0.2),
    )
