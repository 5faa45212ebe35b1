"""One call that somebody wants to place now, and whether what it stands on works."""

from dataclasses import dataclass
from datetime import datetime

from compliance.rulebook.facts.attempt import AttemptFacts
from compliance.rulebook.facts.callee import (
    CalleeFacts,
    ChosenTimeFacts,
    ConsentFacts,
    RefusalFacts,
)
from compliance.rulebook.facts.day import CalendarFacts
from compliance.rulebook.facts.filing import FilingFacts
from compliance.rulebook.facts.line import LineFacts
from compliance.rulebook.facts.seat import SeatFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthFacts:
    """Whether what the decision stands on works right now."""

    clock_skew_ms: int | None  # between the asking host and the database
    clock_kind: str  # system, or demo
    carrier_trunks: int | None  # trunks that reach a real carrier
    audit_writable: bool | None
    ledger_readable: bool | None
    sealing_lag_s: int | None  # whole seconds, rounded up, since all was last sealed and signed
    sealing_stop: str | None  # "" while sealing runs; refused, quarantine; None: not known
    stopped: tuple[str, ...]  # scopes of the kill switches that cover this call


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """All facts about one call that somebody wants to place now."""

    at: datetime  # UTC
    filing: FilingFacts
    callee: CalleeFacts
    whitelist_version: int | None  # None: the campaign was filed without a whitelist
    consents: tuple[ConsentFacts, ...] | None
    refusals: tuple[RefusalFacts, ...] | None
    attempts: tuple[AttemptFacts, ...] | None  # platform-wide, ATTEMPT_DAYS back
    chosen_times: tuple[ChosenTimeFacts, ...] | None  # the person's last wish; mostly empty
    seat: SeatFacts | None
    line: LineFacts | None
    calendar: CalendarFacts | None
    health: HealthFacts
