"""The seat that will talk, its outlet, and who is in it."""

from dataclasses import dataclass
from datetime import date, datetime

from compliance.rulebook.facts.use import UseFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletFacts:
    """Where the seat is."""

    active: bool
    inspected_on: date | None
    seats: int  # active ones
    links: tuple[str, ...]  # kinds of unexplained links with other outlets
    held: bool  # by two people of compliance


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatFacts:
    """The seat that will talk, who is in it, and what it has used of its caps."""

    id: int
    active: bool
    overruled: int  # calls whose refusal stood against what the agent wrote
    named: bool  # one real person with a verified staff record
    trained_on: date | None  # the newest certificate
    points: tuple[datetime, ...]  # when each sanction point was given, oldest first
    outlet: OutletFacts
    open_permits: int
    hour: UseFacts
    day: UseFacts  # rolling 24 hours
    ready_at: datetime | None  # the agent's last press of "ready"
    on_duty_since: datetime | None  # since when the agent has had no break
    last_rang_at: datetime | None  # None: no call of the last 24 hours rang
    last_talk_ended_at: datetime | None  # end of the last of them that somebody answered
