"""A small complete call centre for tests, each record made by the service that people use."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
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
    DemoClock,
    Operator,
    Permit,
    Person,
    Principal,
    Refusal,
    Seat,
    Trunk,
    User,
)
from compliance.numbers import normalise
from compliance.services.consents_record import ConsentGiven, consents_record
from compliance.services.demo_clock_set import demo_clock_set
from compliance.services.filing_activate import filing_activate
from compliance.services.filing_register import FilingElements
from compliance.services.lines_record import caller_number_file, trunk_record
from compliance.services.list_declare import list_declare
from compliance.services.parties_register import (
    licence_record,
    mandate_record,
    operator_register,
    principal_register,
)
from compliance.services.people_admit import seat_register, user_create
from compliance.services.person_for_number import people_for_numbers
from compliance.services.refusal_record import refusal_record
from compliance.services.script_approve import script_approve
from dialer.models import Campaign, Lead
from dialer.services.campaign_register import campaign_register
from dialer.services.seat_press import seat_ready

MORNING = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)  # Wednesday, 10:00 in Beijing, a workday
ACTOR = "svc:test"
# Mobile prefixes of places that keep Beijing's hours.
PREFIXES = ("1381000", "1391000", "1361100", "1380171", "1391800", "1390207", "1380288", "1370571")
STEP = 3  # between numbers: never two in a row


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def beijing(text: str) -> datetime:
    """Return the instant of a Beijing time such as "2026-03-11 10:00"."""
    return (datetime.fromisoformat(text) - timedelta(hours=8)).replace(tzinfo=UTC)


def freeze(at: datetime) -> datetime:
    """Make `at` the present, standing still; like every change of the clock a new epoch."""
    demo_clock_set(base_at=at, running=False, actor=ACTOR, now=at)
    return at


def run_clock(at: datetime) -> datetime:
    """Make `at` the present, running on from there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        real: datetime = cursor.fetchone()[0]
    demo_clock_set(base_at=at, running=True, actor=ACTOR, now=real)
    return at


def let_time_pass(at: datetime) -> datetime:
    """Move the standing clock to `at` as time does: without a new epoch."""
    table = "ALTER TABLE compliance_democlock"
    with connection.cursor() as cursor:
        cursor.execute(f"{table} DISABLE TRIGGER epoch_up")
        DemoClock.objects.update(base_at=at)
        cursor.execute(f"{table} ENABLE TRIGGER epoch_up")
    return at


def number_at(place: int) -> str:
    """Return the E.164 number of the `place`-th person; no two are neighbours."""
    prefix, rest = divmod(place * STEP, 10_000)
    return f"+86{PREFIXES[prefix]}{rest:04d}"


@dataclass(frozen=True, kw_only=True)
class People:
    """Who works here, one for each role that tests need."""

    author: User
    approver: User
    owner: User


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
    people = _people(at)
    operator = _operator(people, at)
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


def make_trunk(
    operator: Operator,
    *,
    code: str,
    kind: str = "loopback",
    max_calls: int = 50,
    at: datetime = MORNING,
) -> Trunk:
    return trunk_record(
        code=code,
        kind=kind,
        carrier="回环运营商",
        contract_number=f"YH-{code}",
        user_entity=operator.legal_name,
        access_location="127.0.0.1",
        permitted_purposes=["P2", "P3", "P4", "P6"],
        sub_leased=False,
        reviewed_on=date(2026, 2, 1),
        max_calls=max_calls,
        actor=ACTOR,
        now=at,
    )


def make_caller_number(
    operator: Operator, trunk: Trunk, *, number: str, at: datetime = MORNING
) -> CallerNumber:
    return caller_number_file(
        number=number,
        operator=operator,
        trunks=[trunk],
        callout_opened=True,
        valid_from=date(2025, 6, 1),
        certificate_until=date(2028, 5, 31),
        commitment_sha256=sha256(f"commitment {number}"),
        actor=ACTOR,
        now=at,
    )


def make_principal(*, name: str, industry: str, at: datetime = MORNING) -> Principal:
    principal = principal_register(name=name, industry=industry, actor=ACTOR, now=at)
    mandate_record(
        principal=principal,
        contract_number=f"WT-{principal.pk}",
        valid_from=date(2026, 1, 1),
        valid_until=date(2026, 12, 31),
        document_sha256=sha256(f"mandate {name}"),
        actor=ACTOR,
        now=at,
    )
    return principal


def make_campaign(
    *,
    people: People,
    principal: Principal,
    caller_number: CallerNumber,
    trunk: Trunk,
    code: str,
    purpose: str = "P3",
    active: bool = True,
    at: datetime = MORNING,
) -> Campaign:
    """Register a campaign and, unless told otherwise, have a second person activate it."""
    script = script_approve(
        title=f"话术 {code}",
        text="您好，您登记想了解课程安排，现在方便吗？不方便请按9。",
        offers=False,
        author=people.author,
        approver=people.approver,
        now=at,
    )
    campaign = campaign_register(
        elements=FilingElements(
            code=code,
            name=f"任务 {code}",
            principal=principal,
            purpose=purpose,
            caller_number=caller_number,
            audience="在官网登记咨询的家长",
            content="答复课程安排",
            contact=f"致电 {caller_number.number}",
            trunk=trunk,
            script=script,
        ),
        ring_seconds=15,
        max_attempts=3,
        author=people.author,
        now=at,
    )
    if active:
        filing_activate(filing=campaign.filing, approver=people.approver, now=at)
    return campaign


def make_list(principal: Principal, people: People, *, at: datetime = MORNING) -> ContactList:
    return list_declare(
        name=f"{principal.name} 名单",
        principal=principal,
        source="own_form",
        collected_by=principal.name,
        notice_text="我们会就您登记的事项致电，您可随时拒绝。",
        declared_by=people.owner,
        now=at,
    )


def make_seats(count: int, *, at: datetime = MORNING) -> list[Seat]:
    first = Seat.objects.count()
    return [
        seat_register(
            code=f"S{place:04d}",
            outlet="一号职场",
            agent=_user(f"agent{place:04d}", User.Role.AGENT, at),
            actor=ACTOR,
            now=at,
        )
        for place in range(first, first + count)
    ]


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
) -> None:
    """Put the people's consents on the campaign's whitelist."""
    given = [
        ConsentGiven(
            person_id=person.pk,
            basis=basis,
            text_shown_sha256=sha256("同意贵公司就登记事项致电本人，可随时拒绝。"),
            method="网页勾选 web form",
            evidence_sha256=sha256(f"evidence {person.pk} {given_at}"),
            ai_allowed=False,
            given_at=given_at,
            expires_at=expires_at,
        )
        for person in people
    ]
    consents_record(whitelist=filing.whitelist, given=given, actor=ACTOR, now=MORNING)


def ask(
    world: World,
    person: Person,
    *,
    seat: Seat | None = None,
    filing: CampaignFiling | None = None,
    request: UUID | None = None,
    now: datetime | None = None,
) -> Permit | PermitRefusal:
    """Ask the gate for one call, by default from the first seat and at this moment."""
    now = now or clock.read()
    return permit_request(
        filing_id=world.campaign.filing_id if filing is None else filing.pk,
        person_id=person.pk,
        seat_id=world.seat.pk if seat is None else seat.pk,
        request=request or uuid7(now),
        origin="progressive",
        actor=ACTOR,
        now=now,
    )


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
        contact_list=world.contact_list,
        due_at=MORNING - timedelta(hours=1),
    )


def log_on(world: World, seat: Seat, *, campaign: Campaign | None = None) -> None:
    """Have the seat's agent press ready."""
    seat_ready(
        seat=seat,
        campaign=campaign or world.campaign,
        actor=f"u:{seat.agent_id}",
        now=clock.read(),
    )


def _people(at: datetime) -> People:
    return People(
        author=_user("author", User.Role.SUPERVISOR, at),
        approver=_user("approver", User.Role.COMPLIANCE, at),
        owner=_user("owner", User.Role.ADMINISTRATOR, at),
    )


def _user(username: str, role: User.Role, at: datetime) -> User:
    return user_create(
        username=username,
        password_hash="!",  # nobody logs in
        role=role,
        real_name=username,
        actor=ACTOR,
        now=at,
    )


def _operator(people: People, at: datetime) -> Operator:
    operator = operator_register(
        legal_name="允呼测试呼叫中心有限公司",
        credit_code="91310000TEST000001",
        regime="b24_operator",
        actor=ACTOR,
        now=at,
    )
    licence_record(
        operator=operator,
        kind="B24",
        number="B2-20250001",
        area="全国",
        valid_from=date(2025, 1, 1),
        expires_on=date(2029, 12, 31),
        document_sha256=sha256("licence"),
        verified_by=people.approver,
        now=at,
    )
    return operator
