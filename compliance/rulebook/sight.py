"""What of a call's facts stays the same from call to call, and a view of nothing but that.

A campaign's filing hardly changes within a day, and most people are of a few kinds: a mobile in
Beijing whom nobody has called. A rule that answers when it sees no more than that has answered
for every call of which it is true. Whoever looks further finds nothing there, not even the time
of day, and fails; so nothing has to be declared, and nothing can be declared wrongly.
"""

from collections.abc import Hashable
from dataclasses import fields
from operator import attrgetter
from types import SimpleNamespace
from typing import Any, NoReturn

from compliance.rulebook.facts import CallFacts, FilingFacts
from compliance.rulebook.local import LocalClock

FILING = tuple(field.name for field in fields(FilingFacts) if field.name != "at")
_CALLEE = (  # not the digest, which is another one for everybody
    "number_class",
    "provinces",
    "canary",
    "age_group",
    "places_version",
    "protected",
    "external_lists",
)
_HEALTH = (  # not the clock's skew and the sealing's lag, which are others for every call
    "clock_kind",
    "carrier_trunks",
    "audit_writable",
    "ledger_readable",
    "sealing_stop",
    "stopped",
)
_HISTORY = ("refusals", "attempts", "chosen_times")  # seen where there is none

of_filing = attrgetter(*FILING)
_of_person = attrgetter(
    "whitelist_version",
    *(f"callee.{name}" for name in _CALLEE),
    *(f"health.{name}" for name in _HEALTH),
)


class Today:
    """Stands for an instant of which only the local day may be known."""

    __slots__ = ("_midnight", "days")

    def __init__(self, clock: LocalClock, at: Any) -> None:
        """Keep the whole days since the clock's first midnight."""
        self._midnight = clock.midnight
        self.days = (at - clock.midnight).days

    def __sub__(self, other: Any) -> "Today":
        """Return the difference that `LocalClock.day` asks for, and no other."""
        if other is not self._midnight:
            raise TypeError("Only the local day is in sight.")
        return self

    def __eq__(self, other: object) -> NoReturn:
        """Refuse to be compared: two instants of one day are not the same."""
        raise TypeError("Only the local day is in sight.")

    __hash__ = None  # type: ignore[assignment]  # as for every class that cannot be compared


def standing(facts: CallFacts, clock: LocalClock) -> tuple[Hashable, tuple[Any, ...]] | None:
    """Return a key for what stays the same, and what has to be kept alive as long as the key.

    A filing's facts are known by their identity: they are frozen and come from a cache, and two
    that are the very same objects hold the same. None: there is nothing to hold on to, because
    the filing is judged for another instant or something was not recorded.
    """
    filing = facts.filing
    try:
        if filing.at is not facts.at and filing.at != facts.at:
            return None
        kept = (*of_filing(filing), facts.calendar)
        day = clock.day(facts.at)
        history = (facts.refusals == (), facts.attempts == (), facts.chosen_times == ())
        return (day, *map(id, kept), _of_person(facts), history), kept
    except AttributeError:
        return None


def sight(facts: CallFacts, clock: LocalClock) -> tuple[Any, Any]:
    """Return the call and its filing with nothing in sight that the key of `standing` lacks."""
    filing = SimpleNamespace(
        **{name: getattr(facts.filing, name) for name in FILING}, at=Today(clock, facts.at)
    )
    call = SimpleNamespace(
        at=Today(clock, facts.at),
        filing=filing,
        whitelist_version=facts.whitelist_version,
        calendar=facts.calendar,
        callee=_part(facts.callee, _CALLEE),
        health=_part(facts.health, _HEALTH),
        **{name: () for name in _HISTORY if getattr(facts, name) == ()},
    )
    return call, filing


def _part(record: Any, names: tuple[str, ...]) -> SimpleNamespace:
    return SimpleNamespace(**{name: getattr(record, name) for name in names})
