"""The import of a contact list beside a raw COPY of the rows that come of it."""

from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import imports
from benchmarks.database import fresh_database
from benchmarks.report import Comparison, at_least

ROWS = 100_000


def measure(*, server_url: str, rounds: int) -> list[Comparison]:
    """Import lists of people that nobody knew, a COPY after each."""
    with fresh_database(server_url), TemporaryDirectory() as folder:
        ratios = list(imports.speeds(Path(folder), rows=ROWS, rounds=min(rounds, 3)))
    comparison = Comparison(
        name="list_import",
        ours=f"rows a second, leads_import of {ROWS:,} rows",
        peer="rows a second, COPY of the finished rows",
        rounds=ratios,
        goal=at_least(0.2),
    )
    return [comparison]
