"""How much of a rolling window's cap is used."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UseFacts:
    """How much of a rolling window's cap is used."""

    count: int
    oldest_at: datetime | None
