"""The trunk, the caller number that is shown on it, and what is used of their caps."""

from dataclasses import dataclass, replace
from datetime import date

from compliance.rulebook.facts.use import UseFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkFacts:
    """The trunk's row in the line ledger 语音线路台账."""

    kind: str  # "carrier" or "loopback"
    active: bool
    missing: tuple[str, ...]  # names of empty ledger fields
    entity_is_operator: bool
    sub_leased: bool
    permitted_purposes: tuple[str, ...]
    reviewed_on: date
    max_calls: int
    barred_provinces: tuple[str, ...]  # where its carrier takes no calls, besides the pack's
    access_province: str  # ISO 3166-2; "" is unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerFacts:
    """The filed caller number that the campaign shows."""

    number: str  # a business number, not personal data
    number_class: str
    holder_is_operator: bool
    callout_opened: bool
    valid_from: date
    certificate_until: date
    on_trunk: bool  # the line ledger permits the number on the campaign's trunk
    numbers_of_campaign: int
    letters: tuple[str, ...]  # kinds of commitment letters whose scope lists the number
    unfiled: tuple[date, ...]  # last day on which each change may still be without its receipt
    called_back_on: date | None  # the newest test call to the number
    call_back_works: bool  # … reached an answer that names the principal and takes a refusal
    in_use_since: date  # the principal's first filing with the number
    others_marked_on: tuple[date, ...]  # the newest mark on another number of the principal
    replaces: bool  # it takes the place of another number for the same purpose
    change_approved: bool  # … for a reason that a second person approved


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """What is used of the caller number's and the trunk's caps."""

    caller_day: UseFacts  # rolling 24 hours
    trunk_open_permits: int
    robot_open_permits: int  # of all robot campaigns; counted for a robot campaign's call only

    def crowded(self, seats: int) -> "LineFacts":
        """Return the line as it would be if each of so many seats took a slot at this moment."""
        return LineFacts(
            caller_day=replace(self.caller_day, count=self.caller_day.count + seats),
            trunk_open_permits=self.trunk_open_permits + seats,
            robot_open_permits=self.robot_open_permits + seats,
        )
