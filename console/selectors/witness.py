"""The carrier's own count of the calls that reached it, set against our call records."""

import threading
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from dialer.lines.carrier import records
from dialer.models import Attempt

# Our record of a call is written an instant after the carrier's, so a call counts as unknown to
# us only once it has been unknown for this long.
PATIENCE_SECONDS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """What the carrier saw."""

    invites: int
    unpermitted: int  # calls that reached it and that no permit of ours stands behind


def witnessed() -> Witnessed | None:
    """Return what the carrier saw, or None where no carrier shares its records."""
    path = getattr(settings, "CARRIER_RECORDS", None)
    if not path or not Path(path).exists():
        return None
    return _witness(Path(path)).look()


class _Witness:
    """Reads a carrier's records again when they have grown, and asks for each call once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._size = -1
        self._calls: list[str] = []
        self._ours: set[str] = set()
        self._missing_since: dict[str, float] = {}

    def look(self) -> Witnessed:
        with self._lock:
            self._read()
            strangers = self._strangers(time.monotonic())
            return Witnessed(invites=len(self._calls), unpermitted=strangers)

    def _read(self) -> None:
        size = self._path.stat().st_size
        if size < self._size:  # another file: a demo began anew
            self._ours, self._missing_since = set(), {}
        if size != self._size:
            self._calls = [record.call_id for record in records.read(self._path)]
            self._size = size

    def _strangers(self, at: float) -> int:
        unknown = [call for call in self._calls if call not in self._ours]
        if unknown:
            rows = Attempt.objects.filter(call_id__in=set(unknown))
            self._ours.update(rows.values_list("call_id", flat=True))
        missing = [call for call in unknown if call not in self._ours]
        self._missing_since = {call: self._missing_since.get(call, at) for call in missing}
        doubles = len(self._calls) - len(set(self._calls))  # one permit, two calls
        late = [call for call in missing if at - self._missing_since[call] >= PATIENCE_SECONDS]
        return len(late) + doubles


_witness = cache(_Witness)
