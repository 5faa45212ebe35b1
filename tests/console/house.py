"""The records of a small call centre, made by the services that people use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from compliance import clock
from compliance.models import (
    CallerNumber,
    Operator,
    Principal,
    ScriptVersion,
    Trunk,
    User,
)
from compliance.services.demo_clock_set import demo_clock_set
from compliance.services.filing_activate import filing_activate
from compliance.services.filing_register import FilingElements, FilingRefusedError
from compliance.services.lines_record import caller_number_file, trunk_record
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
from dialer.models import Campaign, SeatSession
from dialer.services.campaign_register import campaign_register
from tests.parties import HONEST_STEPS, sha256
from tests.stated_clock import try_channels

OPENING = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)  # Wednesday, 10:00 in Beijing
EARLIER = OPENING - timedelta(days=1)
ACTOR = "svc:demo"
PASSWORD = "correct horse battery staple"
PEOPLE = (
    ("owner", User.Role.ADMINISTRATOR, "负责人"),
    ("compliance", User.Role.COMPLIANCE, "合规专员"),
    ("supervisor", User.Role.SUPERVISOR, "班组长"),
    ("regulator", User.Role.REGULATOR, "监管人员"),
)
CAMPAIGNS = (
    ("spring-course", "课程信息咨询回复", "晨星教育科技有限公司", "education", "P3", "consent"),
    ("meter-notice", "换表上门时间通知", "江城燃气有限公司", "other", "P4", "contract"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    users: dict[str, User]
    operator: Operator
    trunk: Trunk


def set_clock(at: datetime) -> None:
    """Make `at` the present."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (real,) = cursor.fetchone()
    demo_clock_set(base_at=at, running=True, actor=ACTOR, now=real)
    try_channels(at)


@cache
def _secret() -> str:
    return make_password(PASSWORD)


@transaction.atomic
def open_house(seats: int) -> House:
    """Record the operator, its people, seats and trunk."""
    now, secret = clock.read(), _secret()
    agents = [(f"agent{n:02d}", User.Role.AGENT, f"话务员{n:02d}") for n in range(1, seats + 1)]
    users = {
        name: user_create(
            username=name, password_hash=secret, role=role, real_name=real, actor=ACTOR, now=now
        )
        for name, role, real in (*PEOPLE, *agents)
    }
    operator = operator_register(
        legal_name="允呼测试呼叫中心有限公司",
        credit_code="91310000TEST000001",
        regime="b24_operator",
        actor=ACTOR,
        now=now,
    )
    licence_record(
        operator=operator,
        kind="B24",
        number="B2-20250001",
        area="全国",
        valid_from=date(2025, 1, 1),
        expires_on=date(2029, 12, 31),
        document_sha256=sha256("licence"),
        verified_by=users["compliance"],
        now=now,
    )
    trunk = trunk_record(
        code="loopback",
        kind="loopback",
        carrier="本机回环运营商",
        contract_number="YH-2026-001",
        user_entity=operator.legal_name,
        access_location="127.0.0.1",
        access_province="CN-SH",
        permitted_purposes=["P3", "P4"],
        sub_leased=False,
        reviewed_on=date(2026, 2, 1),
        max_calls=200,
        actor=ACTOR,
        now=now,
    )
    approver = users["compliance"]
    deployment_papers(operator, author=users["owner"], approver=approver, now=now)
    for n, (name, _, _) in enumerate(agents):
        staff_papers(users[name], verifier=approver, now=now)
        outlet = outlet_papers(
            n // SEATS_OF_AN_OUTLET, operator=operator, inspector=approver, actor=ACTOR, now=now
        )
        seat_register(code=f"S{n + 1:03d}", outlet=outlet, agent=users[name], actor=ACTOR, now=now)
    return House(users=users, operator=operator, trunk=trunk)


def _principal(name: str, industry: str) -> Principal:
    now = clock.read()
    principal = principal_register(name=name, industry=industry, actor=ACTOR, now=now)
    mandate_record(
        principal=principal,
        contract_number=f"WT-{principal.pk:03d}",
        valid_from=date(2026, 1, 1),
        valid_until=date(2026, 12, 31),
        document_sha256=sha256(name),
        actor=ACTOR,
        now=now,
    )
    principal_papers(principal, verifier=User.objects.get(username="compliance"), now=now)
    return principal


def _caller(house: House, number: str) -> CallerNumber:
    filed = caller_number_file(
        number=number,
        operator=house.operator,
        trunks=[house.trunk],
        callout_opened=True,
        valid_from=date(2025, 6, 1),
        certificate_until=date(2028, 5, 31),
        commitment_sha256=sha256(number),
        actor=ACTOR,
        now=clock.read(),
    )
    number_papers(filed, actor=ACTOR, now=clock.read())
    return filed


def _script(house: House, title: str, principal: Principal, purpose: str) -> ScriptVersion:
    return script_approve(
        title=title,
        principal=principal,
        purpose=purpose,
        steps=HONEST_STEPS,
        offers=purpose == "P1",
        author=house.users["supervisor"],
        approver=house.users["compliance"],
        now=clock.read(),
    )


def _register(
    house: House, *, code: str, name: str, principal: Principal, purpose: str, number: str
) -> Campaign:
    elements = FilingElements(
        code=code,
        name=name,
        principal=principal,
        purpose=purpose,
        caller_number=_caller(house, number),
        audience="登记过的用户",
        content=name,
        contact=f"致电 {number}",
        trunk=house.trunk,
        script=_script(house, name, principal, purpose),
    )
    return campaign_register(
        elements=elements,
        ring_seconds=15,
        max_attempts=3,
        author=house.users["supervisor"],
        now=clock.read(),
    )


def open_campaign(place: int, house: House) -> Campaign:
    """Register one campaign and activate it."""
    code, name, principal, industry, purpose, _ = CAMPAIGNS[place]
    campaign = _register(
        house,
        code=code,
        name=name,
        principal=_principal(principal, industry),
        purpose=purpose,
        number=f"951230{place + 1}",
    )
    filing_activate(filing=campaign.filing, approver=house.users["compliance"], now=clock.read())
    return campaign


def refuse_marketing(house: House) -> None:
    """Try to register what the operator's licence forbids."""
    principal = _principal("安居家电服务有限公司", "retail")
    try:
        _register(
            house,
            code="spring-sale",
            name="家电促销推广",
            principal=principal,
            purpose="P1",
            number="9512309",
        )
    except FilingRefusedError:
        return
    raise AssertionError("A licensed call centre registered a marketing campaign.")


def staff_seats(campaigns: Sequence[Campaign]) -> None:
    """Make every seat ready, in turn for each campaign."""
    now = clock.read()
    for n, agent in enumerate(User.objects.filter(role=User.Role.AGENT).order_by("pk")):
        SeatSession.objects.create(
            seat=agent.seat,
            campaign=campaigns[n % len(campaigns)],
            state=SeatSession.State.READY,
            since=now,
        )
        seat_pressed_ready(seat_id=agent.seat.pk, now=now)
