"""Parties, lines, campaigns, seats and the clock for tests, by the services that people use."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from compliance.models import (
    CallerNumber,
    ContactList,
    Operator,
    Outlet,
    Principal,
    Seat,
    Trunk,
    User,
)
from compliance.models.words import ListSource
from compliance.scripts import Step
from compliance.services.assessment_record import assessment_record
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
from compliance.services.script_approve import script_approve
from compliance.services.seat_duty import seat_pressed_ready
from config.demo.papers import (
    SEATS_OF_AN_OUTLET,
    deployment_papers,
    number_papers,
    outlet_papers,
    principal_papers,
    staff_papers,
)
from dialer.models import Campaign
from dialer.services.campaign_register import campaign_register

MORNING = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)  # Wednesday, 10:00 in Beijing, a workday
ACTOR = "svc:test"
HONEST_STEPS = (
    Step(
        "opening",
        "您好，我是{operator}的话务员，工号{seat}，受{principal}委托来电。您的号码来自您本人的登记，"
        "来电是为了答复您登记的事项，通话会录音。不想接听请按9，我们不再来电。",
    ),
    Step("answer", "请问现在方便吗？您登记的事项有什么想了解的？"),
    Step("closing", "谢谢接听，再见。"),
)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def beijing(text: str) -> datetime:
    """Return the instant of a Beijing time such as "2026-03-11 10:00"."""
    return (datetime.fromisoformat(text) - timedelta(hours=8)).replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class People:
    """Who works here, one for each role that tests need."""

    author: User
    approver: User
    owner: User


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
        access_province="CN-SH",
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
    filed = caller_number_file(
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
    number_papers(filed, actor=ACTOR, now=at)
    return filed


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
    published = CallerNumber.objects.order_by("pk").values_list("number", flat=True).first()
    principal_papers(principal, verifier=_verifier(), now=at, published=published or "")
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
        principal=principal,
        purpose=purpose,
        steps=HONEST_STEPS,
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


def assess(principal: Principal, people: People, *, at: datetime = MORNING) -> None:
    """Put an impact assessment on record that covers the principal's lists of every source."""
    assessment_record(
        principal=principal,
        sources=ListSource.values,
        automated_decisions=False,
        entrusted_processing=True,
        document_sha256=sha256(f"assessment {principal.pk}"),
        assessed_on=date(2026, 1, 5),
        author=people.author,
        approver=people.approver,
        now=at,
    )


def make_list(principal: Principal, people: People, *, at: datetime = MORNING) -> ContactList:
    """Declare a list of the principal's, after its impact assessment."""
    assess(principal, people, at=at)
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
    """Register seats with named and trained agents who have just pressed ready."""
    first = Seat.objects.count()
    return [_seat(place, at) for place in range(first, first + count)]


def make_outlet(place: int, *, at: datetime = MORNING) -> Outlet:
    """Return the operator's `place`-th outlet, inspected; register it if it is not there."""
    return outlet_papers(
        place, operator=Operator.objects.get(), inspector=_verifier(), actor=ACTOR, now=at
    )


def _seat(place: int, at: datetime) -> Seat:
    agent = _user(f"agent{place:04d}", User.Role.AGENT, at)
    staff_papers(agent, verifier=_verifier(), now=at)
    outlet = make_outlet(place // SEATS_OF_AN_OUTLET, at=at)
    seat = seat_register(code=f"S{place:04d}", outlet=outlet, agent=agent, actor=ACTOR, now=at)
    seat_pressed_ready(seat_id=seat.pk, now=at - timedelta(seconds=1))
    return seat


def _verifier() -> User:
    return User.objects.get(username="approver")


def make_people(at: datetime) -> People:
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


def make_operator(people: People, at: datetime) -> Operator:
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
    deployment_papers(operator, author=people.author, approver=people.approver, now=at)
    return operator
