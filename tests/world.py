"""A small complete call centre for tests, each record made by the service that people use."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from audit.uuid7 import uuid7
from compliance import clock
from compliance.gate import PermitRefusal, permit_request
from compliance.locks import NUMBER
from compliance.models import (
    CallerNumber,
    CampaignFiling,
    ContactList,
    KillSwitch,
    Operator,
    Permit,
    Person,
    Principal,
    Refusal,
    Seat,
    SeatDuty,
    Trunk,
)
from compliance.numbers import normalise
from compliance.services.consents_record import ConsentGiven, consents_record
from compliance.services.kill_switch import kill_switch_release
from compliance.services.person_for_number import people_for_numbers
from compliance.services.refusal_record import refusal_record
from dialer.models import Campaign, Lead, WrapUp
from dialer.services.disposition_record import disposition_record
from dialer.services.seat_phone_state import phones_up
from dialer.services.seat_press import seat_ready, wrap_up_owed
from tests.parties import (
    ACTOR,
    MORNING,
    People,
    assess,
    beijing,
    make_caller_number,
    make_campaign,
    make_list,
    make_operator,
    make_people,
    make_principal,
    make_seats,
    make_trunk,
    sha256,
)
from tests.remembered import remembered
from tests.stated_clock import freeze, let_time_pass, run_clock
from tests.vouching import consent_text, vouch

__all__ = [
    "ACTOR",
    "MORNING",
    "People",
    "World",
    "add_lead",
    "ask",
    "assess",
    "beijing",
    "build_world",
    "callee",
    "callees",
    "consent",
    "freeze",
    "let_time_pass",
    "log_on",
    "make_caller_number",
    "make_campaign",
    "make_list",
    "make_principal",
    "make_seats",
    "make_trunk",
    "number_at",
    "permitted",
    "refuse",
    "released",
    "run_clock",
    "sha256",
    "somebody_waits_for",
]

# Mobile prefixes of places that keep Beijing's hours.
PREFIXES = ("1381000", "1391000", "1361100", "1380171", "1391800", "1390207", "1380288", "1370571")
STEP = 3  # between numbers: never two in a row


def number_at(place: int) -> str:
    """Return the E.164 number of the `place`-th person; no two are neighbours."""
    prefix, rest = divmod(place * STEP, 10_000)
    return f"+86{PREFIXES[prefix]}{rest:04d}"


@dataclass(frozen=True, kw_only=True)
class World:
    """One operator, one trunk, one active campaign, some seats."""

    people: People
    operator: Operator
    trunk: Trunk
    caller_number: CallerNumber
    principal: Principal
    campaign: Campaign
    contact_list: ContactList
    seats: tuple[Seat, ...]

    @property
    def filing(self) -> CampaignFiling:
        return CampaignFiling.objects.get(pk=self.campaign.filing_id)

    @property
    def seat(self) -> Seat:
        return self.seats[0]

    def freeze(self, at: datetime) -> datetime:
        return freeze(at)


@remembered
def build_world(
    *,
    seats: int = 2,
    max_calls: int = 50,
    at: datetime = MORNING,
    purpose: str = "P3",
    industry: str = "education",
) -> World:
    """Make the records at `at`, with the clock standing still there."""
    freeze(at)
    people = make_people(at)
    operator = make_operator(people, at)
    trunk = make_trunk(operator, code="loopback", max_calls=max_calls, at=at)
    caller_number = make_caller_number(operator, trunk, number="9512301", at=at)
    principal = make_principal(name="晨星教育科技有限公司", industry=industry, at=at)
    campaign = make_campaign(
        people=people,
        principal=principal,
        caller_number=caller_number,
        trunk=trunk,
        code="spring-course",
        purpose=purpose,
        at=at,
    )
    return World(
        people=people,
        operator=operator,
        trunk=trunk,
        caller_number=caller_number,
        principal=principal,
        campaign=campaign,
        contact_list=make_list(principal, people, at=at),
        seats=tuple(make_seats(seats, at=at)),
    )


def callees(world: World, count: int, *, first: int = 0, consented: bool = True) -> list[Person]:
    """Return `count` people, who said yes to the world's campaign unless told otherwise."""
    numbers = [normalise(number_at(place)) for place in range(first, first + count)]
    persons = people_for_numbers(numbers=numbers, now=MORNING)
    people = [persons[number.e164] for number in numbers]
    if consented:
        consent(world.filing, people)
    return people


def callee(world: World, *, place: int = 0, consented: bool = True) -> Person:
    return callees(world, 1, first=place, consented=consented)[0]


def consent(
    filing: CampaignFiling,
    people: Iterable[Person],
    *,
    given_at: datetime = MORNING - timedelta(days=5),
    basis: str = "consent",
    expires_at: datetime | None = None,
    vouched: bool = True,
) -> None:
    """Put the people's consents on the campaign's whitelist, sampled unless told otherwise.

    A sample that passes is a new epoch, which no permit outlives.
    """
    given = [
        ConsentGiven(
            person_id=person.pk,
            basis=basis,
            text_shown_sha256=sha256(consent_text(filing.principal)),
            method="web_form",
            evidence_sha256=sha256(f"evidence {person.pk} {given_at}"),
            ai_allowed=False,
            given_at=given_at,
            expires_at=expires_at,
        )
        for person in people
    ]
    consents_record(whitelist=filing.whitelist, given=given, actor=ACTOR, now=MORNING)
    if vouched:
        vouch(filing.whitelist)


def ask(
    world: World,
    person: Person,
    *,
    seat: Seat | None = None,
    filing: CampaignFiling | None = None,
    request: UUID | None = None,
    now: datetime | None = None,
) -> Permit | PermitRefusal:
    """Ask the gate for one call, by default from the first seat and at this moment.

    Unless its last press of ready has not had its call yet, the agent presses now.
    """
    now = now or clock.read()
    press_if_used(seat or world.seat, now=now)
    return permit_request(
        filing_id=world.campaign.filing_id if filing is None else filing.pk,
        person_id=person.pk,
        seat_id=world.seat.pk if seat is None else seat.pk,
        request=request or uuid7(now),
        origin="progressive",
        actor=ACTOR,
        now=now,
    )


def press_if_used(seat: Seat, *, now: datetime) -> None:
    """Let a rested agent press ready, if a call has rung since the last press."""
    duty = SeatDuty.objects.filter(pk=seat.pk).first()
    if duty and seat.permits.filter(redeemed_at__gte=duty.ready_at).exists():
        SeatDuty.objects.filter(pk=seat.pk).update(ready_at=now, on_duty_since=now)


def permitted(world: World, person: Person, *, seat: Seat | None = None) -> Permit:
    """Return the permit of a call that the gate has to allow."""
    answer = ask(world, person, seat=seat)
    assert isinstance(answer, Permit), f"The gate objects: {answer.rules}"
    return answer


def refuse(person: Person, principal: Principal | None, *, source: str = "web") -> Refusal:
    """Take down the person's no."""
    return refusal_record(
        person_id=person.pk,
        principal=principal,
        source=source,
        evidence="公开页面 public page",
        actor="public:web",
        now=clock.read(),
    )


def released(world: World, switch: KillSwitch) -> None:
    """Let calls go on, as the supervisor asks and the compliance officer decides."""
    kill_switch_release(
        switch=switch, asked_by=world.people.author, by=world.people.approver, now=MORNING
    )


def somebody_waits_for(person_id: int) -> bool:
    """Return whether a session of this database waits for the person's lock."""
    key = NUMBER + person_id
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            " AND (classid::bigint << 32) + objid::bigint = %s AND database = "
            " (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [key],
        )
        return bool(cursor.fetchone()[0])


def add_lead(world: World, person: Person, *, campaign: Campaign | None = None) -> Lead:
    return Lead.objects.create(
        campaign=campaign or world.campaign,
        person=person,
        contact_list=list_for(world, campaign or world.campaign),
        due_at=MORNING - timedelta(hours=1),
    )


def list_for(world: World, campaign: Campaign) -> ContactList:
    """Return a list of the campaign's own: lists are never shared."""
    if campaign == world.campaign:
        return world.contact_list
    own = ContactList.objects.filter(uses__filing=campaign.filing_id).first()
    return own or make_list(campaign.filing.principal, world.people)


def log_on(
    world: World, seat: Seat, *, campaign: Campaign | None = None, phone: bool = True
) -> None:
    """Have the seat's agent press ready, by default with the phone connected as a line would.

    A call that the agent was in is wrapped up first.
    """
    owed = wrap_up_owed(seat_id=seat.pk)
    if owed is not None:
        disposition_record(
            attempt_id=owed.pk,
            seat=seat,
            said=WrapUp.Said.TALKED,
            actor=f"u:{seat.agent_id}",
            now=clock.read(),
        )
    seat_ready(
        seat=seat,
        campaign=campaign or world.campaign,
        actor=f"u:{seat.agent_id}",
        now=clock.read(),
    )
    if phone:
        phones_up(seat_ids=[seat.pk], now=clock.read())
