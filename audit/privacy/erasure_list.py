"""The list of erasures, kept outside of the database: a restored backup brings erased data back.

It names nobody: subjects by their surrogate ids, values by their blind index.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings


class ErasureListError(Exception):
    """The list cannot be read or written; nothing is erased that could not be erased again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One erasure: whose data, found under which values, from before when, and why."""

    subject: str
    indexes: tuple[str, ...]  # blind indexes of erased values, hexadecimal
    basis: str
    at: str  # UTC instant, ISO 8601; what was written later was not meant
    spared: str = ""  # a kind of object whose entries keep their fields, such as `permit` …
    since: str = ""  # … if they were written at this instant or later

    @property
    def instant(self) -> datetime:
        """When it was erased."""
        return datetime.fromisoformat(self.at)


def add(listed: Listed) -> None:
    """Put an erasure on the list, on disk before this returns.

    :raises ErasureListError: if it could not be written
    """
    path = Path(settings.AUDIT_ERASURES)
    line = json.dumps(asdict(listed), separators=(",", ":")).encode() + b"\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            if os.write(handle, line) != len(line):
                raise ErasureListError(f"{path}: 未能写全 / not written whole.")
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise ErasureListError(f"{path}: {error.strerror}") from error


def read(path: Path | None = None) -> Iterator[Listed]:
    """Yield what is on the list, the oldest first; nothing, if nothing was ever erased.

    :raises ErasureListError: if a line is not one of ours
    """
    path = path or Path(settings.AUDIT_ERASURES)
    if not path.exists():
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            said = json.loads(line)
            yield Listed(**{**said, "indexes": tuple(said["indexes"])})
        except (ValueError, TypeError, KeyError) as error:
            raise ErasureListError(f"{path}:{number}: 无法读取 / cannot be read.") from error
