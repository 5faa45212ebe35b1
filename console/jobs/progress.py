"""How far a job is: kept in Valkey, so that whoever looks sees it before the work commits."""

import time
from dataclasses import asdict, dataclass
from uuid import UUID

from django.core.cache import cache

KEEP_SECONDS = 24 * 3600
EVERY_SECONDS = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Of `of` things, `done` are done; of 0 nobody knows how many there are."""

    done: int = 0
    of: int = 0
    zh: str = ""
    en: str = ""

    @property
    def percent(self) -> int | None:
        """Return the share that is done, 0 to 100."""
        return min(100, self.done * 100 // self.of) if self.of else None


def progress_of(job_id: UUID) -> Progress:
    """Return how far it is."""
    kept = cache.get(_key(job_id))
    return Progress(**kept) if kept else Progress()


class Reporter:
    """The `report` that a kind's function is given; it writes four times a second at most."""

    def __init__(self, job_id: UUID) -> None:
        """Report for one job."""
        self._job_id = job_id
        self._told_at = 0.0

    def __call__(self, *, done: int, of: int, words: tuple[str, str] = ("", "")) -> None:
        """Tell how far the work is."""
        at = time.monotonic()
        if self._told_at and done < of and at - self._told_at < EVERY_SECONDS:
            return
        self._told_at = at
        told = Progress(done=done, of=of, zh=words[0], en=words[1])
        cache.set(_key(self._job_id), asdict(told), KEEP_SECONDS)


def _key(job_id: UUID) -> str:
    return f"job:{job_id}"
