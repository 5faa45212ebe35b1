"""Local days and times of day, in a country with one fixed offset from UTC."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

DAY_SECONDS = 24 * 60 * 60
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class LocalClock:
    """Turns instants into local days and seconds, and back."""

    midnight: datetime  # the instant at which 1 January 1970 began here

    @classmethod
    def at_offset(cls, hours: int) -> "LocalClock":
        """Return the clock of a place `hours` ahead of UTC."""
        return cls(_EPOCH - timedelta(hours=hours))

    def day(self, at: datetime) -> int:
        """Return the local day of `at`, as `date.toordinal` counts."""
        return (at - self.midnight).days + _EPOCH_DAY

    def split(self, at: datetime) -> tuple[int, int]:
        """Return the local day of `at` and the whole seconds since its midnight."""
        since = at - self.midnight
        return since.days + _EPOCH_DAY, since.seconds

    def instant(self, day: int, second: int) -> datetime:
        """Return the instant `second` seconds after the local midnight that begins `day`."""
        return self.midnight + timedelta(days=day - _EPOCH_DAY, seconds=second)

    def date_text(self, at: datetime) -> str:
        """Write the local date of `at` as ISO text."""
        return date.fromordinal(self.day(at)).isoformat()
