"""A ledger with a permit of every kind and age, and what a call's facts have to say of it."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import product
from uuid import UUID

from compliance.models import CampaignFiling, Permit, Person, Seat
from compliance.rulebook.facts import (
    ATTEMPT_DAYS,
    REJECTED_DAYS,
    AttemptFacts,
    LineFacts,
    UseFacts,
)
from tests.compliance.gate.attacker import unseen
from tests.world import MORNING

HOUR, DAY, STEP = timedelta(hours=1), timedelta(days=1), timedelta(microseconds=1)
LOOK_BACK, REJECTED_BACK = timedelta(days=ATTEMPT_DAYS), timedelta(days=REJECTED_DAYS)
YOUNG = timedelta(seconds=5)  # what is over already, though its ten seconds are not
AGES = [YOUNG] + [
    edge + step
    for edge in (HOUR, DAY, LOOK_BACK, REJECTED_BACK)
    for step in (-STEP, timedelta(0), STEP)
]
Place = tuple[CampaignFiling, Person, Seat]
End = tuple[str, str, int | None]  # state, result, seconds talked
ENDS: list[End] = [
    ("closed", "no_answer", 0),
    ("closed", "busy", 0),
    ("closed", "declined", 0),
    ("closed", "answered", 4),
    ("closed", "answered", 5),
    ("closed", "abandoned", 0),
    ("expired", "", None),
    ("void", "", None),
]
OPEN_ONES = {  # state and age
    "none": None,
    "issued": ("issued", timedelta(seconds=9)),
    "just stale": ("issued", timedelta(seconds=10)),
    "up": ("redeemed", timedelta(seconds=60)),
    "up for ever": ("redeemed", LOOK_BACK + DAY),
}


class Ledger:
    """Permits written straight into their table."""

    def __init__(
        self, filings: list[CampaignFiling], people: list[Person], seats: list[Seat]
    ) -> None:
        every = product(product(filings, people, seats), AGES, ENDS)
        self.permits = [
            self._permit(number, place, age, end)
            for number, (place, age, end) in enumerate(every)
            if place[0] != filings[1]
            or age != DAY - STEP  # its number's oldest is not the others'
        ]
        self._next = max(one.id.int for one in self.permits)
        self.write(self.permits)

    def _permit(self, number: int, place: Place, age: timedelta, end: End) -> Permit:
        (filing, person, seat), (state, result, talk_seconds) = place, end
        at = MORNING - age
        began = state in ("redeemed", "closed")
        return Permit(
            id=UUID(int=number + 1),
            decision_id=UUID(int=number + 1),
            filing=filing,
            person=person,
            seat=seat,
            trunk_id=filing.trunk_id,
            caller_number_id=filing.caller_number_id,
            consent_id=number,
            epoch=0,
            issued_at=at,
            expires_at=at + timedelta(seconds=10),
            signature=b"",
            state=state,
            redeemed_at=at + number * STEP if began else None,
            ended_at=at + 2 * number * STEP if state == "closed" else None,
            result=result,
            talk_seconds=talk_seconds,
        )

    def write(self, permits: Iterable[Permit]) -> None:
        with unseen():
            Permit.objects.bulk_create(permits)

    def add(self, what: tuple[str, timedelta] | None, *, place: Place) -> list[Permit]:
        """Write one more permit that is not over, and return all there are then."""
        if what is None:
            return self.permits
        state, age = what
        one = self._permit(self._next, place, age, (state, "", None))
        self.write([one])
        return [*self.permits, one]


def is_open(permit: Permit) -> bool:
    return permit.state == "redeemed" or (permit.state == "issued" and permit.expires_at > MORNING)


def is_stale(permit: Permit) -> bool:
    return permit.state == "issued" and permit.expires_at <= MORNING


def within(permits: Iterable[Permit], window: timedelta) -> list[Permit]:
    return [one for one in permits if one.issued_at > MORNING - window]


def use(permits: list[Permit]) -> UseFacts:
    oldest = min((one.issued_at for one in permits), default=None)
    return UseFacts(count=len(permits), oldest_at=oldest)


def newest(instants: Iterable[datetime | None]) -> datetime | None:
    return max((one for one in instants if one is not None), default=None)


def line(permits: list[Permit], filing: CampaignFiling, robots: set[int]) -> LineFacts:
    """Return what the facts have to say of the caller number, the trunk and the robots."""
    number = [one for one in permits if one.caller_number_id == filing.caller_number_id]
    trunk = [one for one in permits if one.trunk_id == filing.trunk_id]
    robot = [one for one in permits if one.filing_id in robots and filing.pk in robots]
    return LineFacts(
        caller_day=use(within(number, DAY)),
        trunk_open_permits=sum(map(is_open, trunk)),
        robot_open_permits=sum(map(is_open, robot)),
    )


def attempts(permits: list[Permit], filing: CampaignFiling) -> Iterator[AttemptFacts]:
    """Yield what the facts have to say of a person's permits, in the order of their issue."""
    for one in sorted(permits, key=lambda one: (one.issued_at, one.pk)):
        rejected = one.result in ("busy", "declined")
        seen = within([one], LOOK_BACK) or one.state in ("issued", "redeemed")
        if not seen and not (rejected and within([one], REJECTED_BACK)):
            continue
        answered = one.result in ("answered", "abandoned")
        yield AttemptFacts(
            at=one.issued_at,
            same_principal=one.filing.principal_id == filing.principal_id,
            purpose=one.filing.purpose,
            open=is_open(one),
            rang=one.redeemed_at is not None,
            answered=answered,
            conversation=answered and (one.talk_seconds or 0) >= 5,
            abandoned=one.result == "abandoned",
            rejected=rejected,
            consent_id=one.consent_id,
        )
