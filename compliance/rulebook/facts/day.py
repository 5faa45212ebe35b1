"""What kinds of days they are, and on which of them nobody is called."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietFacts:
    """Days on which nobody in some provinces is called: an examination, mourning, a disaster."""

    id: int
    first_day: date
    last_day: date
    provinces: tuple[str, ...]  # ISO 3166-2; "CN-*" for everywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarFacts:
    """Kinds of days from the State Council's notices, and the quiet days that were declared."""

    version: str  # the library, and the digest of every year that two people approved
    first_day: date  # local day of the first letter
    days: str  # one letter a day: w workday, o off-day, ? a year without a notice
    quiet: tuple[QuietFacts, ...]
