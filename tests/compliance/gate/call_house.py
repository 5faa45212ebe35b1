"""Campaigns that differ in all that facts are told apart by."""

from typing import NamedTuple
from uuid import UUID

from compliance.models import (
    CampaignFiling,
    Person,
    Seat,
)
from compliance.selectors.call_facts import CallQuestion, CallReading, read_call, read_calls
from tests.stages import staged
from tests.world import (
    MORNING,
    World,
    callees,
    make_caller_number,
    make_campaign,
    make_principal,
    make_trunk,
)


class House(NamedTuple):
    """Campaigns that differ in all that facts are told apart by, and people to be called."""

    ours: CampaignFiling
    sister: CampaignFiling  # of our principal: another purpose, number and trunk
    other: CampaignFiling  # of another principal of the same industry, on our number and trunk
    people: list[Person]
    seats: tuple[Seat, ...]

    @property
    def filings(self) -> list[CampaignFiling]:
        return [self.ours, self.sister, self.other]


@staged
def house(world: World) -> House:
    trunk = make_trunk(world.operator, code="second")
    number = make_caller_number(world.operator, trunk, number="9512302")
    theirs = make_principal(name="晚星教育科技有限公司", industry="education")
    sister = make_campaign(
        people=world.people,
        principal=world.principal,
        caller_number=number,
        trunk=trunk,
        code="sister",
        purpose="P6",
    )
    other = make_campaign(
        people=world.people,
        principal=theirs,
        caller_number=world.caller_number,
        trunk=world.trunk,
        code="other",
    )
    people = callees(world, 2, consented=False)
    return House(world.filing, sister.filing, other.filing, people, world.seats)


def read(filing: CampaignFiling, person: Person, seat: Seat | None = None) -> CallReading:
    return read_call(_question(filing, person, seat))


def read_many(filing: CampaignFiling, people: list[Person]) -> list[CallReading]:
    return list(read_calls(_question(filing, people[0]), [[person.pk for person in people]]))


def _question(filing: CampaignFiling, person: Person, seat: Seat | None = None) -> CallQuestion:
    return CallQuestion(
        filing_id=filing.pk,
        person_id=person.pk,
        seat_id=None if seat is None else seat.pk,
        request=UUID(int=7),
        at=MORNING,
        now=MORNING,
    )
