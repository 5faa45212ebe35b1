"""What this system cannot do, with the tests that would fail if it could: data, and its reader."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Cannot:
    """One thing that the software has been built not to be able to do."""

    zh: str
    en: str
    rules: tuple[str, ...]  # ids of the catalogue
    tests: tuple[str, ...]  # file::Class::test or file::Class, from the root of the repository


@cache
def cannot_rows() -> tuple[Cannot, ...]:
    """Return them in the order of the file."""
    data = tomllib.loads((files("console.public") / "cannot.toml").read_text(encoding="utf-8"))
    return tuple(
        Cannot(zh=row["zh"], en=row["en"], rules=tuple(row["rules"]), tests=tuple(row["tests"]))
        for row in data["cannot"]
    )
