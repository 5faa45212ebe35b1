"""The sample call centre: its records, made by the same services that people use."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.db import transaction

from audit import record as audit
from audit.uuid7 import uuid7
from compliance import clock
from compliance.gate import permit_request
from compliance.models import (
    CallerNumber,
    ContactList,
    Operator,
    Person,
    Principal,
    ScriptVersion,
    Seat,
    Trunk,
    User,
    Whitelist,
)
from compliance.numbers import normalise
from compliance.services.consents_record import ConsentGiven, consents_record
from compliance.services.demo_clock_set import demo_clock_set
from compliance.services.filing_activate import filing_activate
from compliance.services.filing_register import FilingElements, FilingRefusedError
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
from compliance.vault import seal
from config.demo.people import Fate, SampleLead
from dialer.models import Campaign, Lead, SeatSession, TrunkEndpoint
from dialer.services.campaign_register import campaign_register

SHANGHAI = timedelta(hours=8)
# A Wednesday without a holiday near it, which the State Council's calendar for 2026 knows.
OPENING = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
YESTERDAY = (datetime(2026, 3, 10, 6, 5, tzinfo=UTC), datetime(2026, 3, 10, 10, 30, tzinfo=UTC))
STEP = timedelta(seconds=11)  # longer than a permit lives
ACTOR = "svc:demo"
CALLER_NUMBERS = ("9512301", "9512302", "9512303")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One campaign of the sample."""

    code: str
    name: str
    principal: str
    industry: str
    purpose: str
    basis: str
    audience: str
    content: str
    script: str
    offers: bool = False


PLANS = (
    Plan(
        code="spring-course",
        name="课程信息咨询回复",
        principal="晨星教育科技有限公司",
        industry="education",
        purpose="P3",
        basis="consent",
        audience="在本机构官网登记咨询的家长",
        content="回复其登记的课程安排问题",
        script="您好，我是晨星教育委托的话务员，您在官网登记想了解课程安排，现在方便吗？不方便请按9。",
    ),
    Plan(
        code="after-repair",
        name="维修满意度回访",
        principal="安居家电服务有限公司",
        industry="retail",
        purpose="P6",
        basis="consent",
        audience="三十日内完成维修并同意回访的客户",
        content="询问维修是否满意",
        script="您好，安居家电委托我们回访上次维修，占用您一分钟可以吗？不愿意请按9。",
    ),
    Plan(
        code="meter-notice",
        name="换表上门时间通知",
        principal="江城燃气有限公司",
        industry="other",
        purpose="P4",
        basis="contract",
        audience="合同约定更换燃气表的用户",
        content="通知上门更换燃气表的时间",
        script="您好，江城燃气通知您：本周更换燃气表，请确认上门时间。不愿接听请按9。",
    ),
)
MARKETING = Plan(
    code="spring-sale",
    name="家电促销推广",
    principal="安居家电服务有限公司",
    industry="retail",
    purpose="P1",
    basis="consent",
    audience="老客户",
    content="推销新款家电",
    script="您好，新款家电限时优惠。",
    offers=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What the demo goes on with."""

    trunk: str
    campaigns: tuple[Campaign, ...]
    password: str  # of every demo account
    refused_campaign: str
    refused_by: tuple[str, ...]


def sample_make(
    *, leads: Sequence[SampleLead], seats: int, carrier_port: int, script_path: Path
) -> Sample:
    """Make every record of the sample, and leave the clock running from `OPENING`."""
    _clock(YESTERDAY[0] - timedelta(days=1), running=False)
    now = clock.read()
    with transaction.atomic():
        people = _accounts(seats, now)
        parties = _parties(people, carrier_port, now)
    campaigns = tuple(_campaign(plan, parties, people, now) for plan in PLANS)
    refused_by = _marketing_refused(parties, people, now)
    with transaction.atomic():
        ids = [_leads(n, c, leads, people, now) for n, c in enumerate(campaigns)]
        _seats(campaigns, people, now)
    _refusals(campaigns, leads, ids, now)
    _yesterday(campaigns, leads, ids)
    _clock(OPENING, running=True)
    _write_script(script_path, leads)
    return Sample(
        trunk=parties.trunk.code,
        campaigns=campaigns,
        password=people.password,
        refused_campaign=MARKETING.name,
        refused_by=refused_by,
    )


def _clock(at: datetime, *, running: bool) -> None:
    demo_clock_set(base_at=at, running=running, actor=ACTOR, now=datetime.now(UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class _People:
    password: str
    owner: User
    compliance: User
    supervisor: User
    agents: tuple[User, ...]


def _accounts(seats: int, now: datetime) -> _People:
    password = secrets.token_urlsafe(12)
    password_hash = make_password(password)  # once: hashing is slow on purpose

    def admit(username: str, role: str, real_name: str) -> User:
        return user_create(
            username=username,
            password_hash=password_hash,
            role=role,
            real_name=real_name,
            actor=ACTOR,
            now=now,
        )

    admit("regulator", User.Role.REGULATOR, "监管人员（演示）")
    return _People(
        password=password,
        owner=admit("owner", User.Role.ADMINISTRATOR, "负责人（演示）"),
        compliance=admit("compliance", User.Role.COMPLIANCE, "合规专员（演示）"),
        supervisor=admit("supervisor", User.Role.SUPERVISOR, "班组长（演示）"),
        agents=tuple(
            admit(f"agent{n:02d}", User.Role.AGENT, f"话务员{n:02d}（演示）")
            for n in range(1, seats + 1)
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parties:
    operator: Operator
    trunk: Trunk
    numbers: tuple[CallerNumber, ...]
    principals: dict[str, Principal]


def _parties(people: _People, carrier_port: int, now: datetime) -> _Parties:
    operator = operator_register(
        legal_name="允呼演示呼叫中心有限公司",
        credit_code="91310000DEMO000001",
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
        document_sha256=_sha256("licence"),
        verified_by=people.compliance,
        now=now,
    )
    trunk = trunk_record(
        code="loopback",
        kind="loopback",
        carrier="本机回环运营商",
        contract_number="YH-2026-001",
        user_entity=operator.legal_name,
        access_location="本机 127.0.0.1",
        permitted_purposes=["P2", "P3", "P4", "P6"],
        sub_leased=False,
        reviewed_on=date(2026, 2, 1),
        max_calls=200,
        actor=ACTOR,
        now=now,
    )
    TrunkEndpoint.objects.create(trunk=trunk, host="127.0.0.1", port=carrier_port)
    numbers = tuple(
        caller_number_file(
            number=number,
            operator=operator,
            trunks=[trunk],
            callout_opened=True,
            valid_from=date(2025, 6, 1),
            certificate_until=date(2028, 5, 31),
            commitment_sha256=_sha256(f"commitment {number}"),
            actor=ACTOR,
            now=now,
        )
        for number in CALLER_NUMBERS
    )
    principals = {plan.principal: _principal(plan, now) for plan in PLANS}
    return _Parties(operator=operator, trunk=trunk, numbers=numbers, principals=principals)


def _principal(plan: Plan, now: datetime) -> Principal:
    principal = principal_register(
        name=plan.principal, industry=plan.industry, actor=ACTOR, now=now
    )
    mandate_record(
        principal=principal,
        contract_number=f"WT-2026-{principal.pk:03d}",
        valid_from=date(2026, 1, 1),
        valid_until=date(2026, 12, 31),
        document_sha256=_sha256(f"mandate {plan.principal}"),
        actor=ACTOR,
        now=now,
    )
    return principal


def _campaign(plan: Plan, parties: _Parties, people: _People, now: datetime) -> Campaign:
    campaign = campaign_register(
        elements=_elements(plan, parties, people, now),
        ring_seconds=15,
        max_attempts=3,
        author=people.supervisor,
        now=now,
    )
    filing_activate(filing=campaign.filing, approver=people.compliance, now=now)
    return campaign


def _elements(plan: Plan, parties: _Parties, people: _People, now: datetime) -> FilingElements:
    place = PLANS.index(plan) if plan in PLANS else 0
    return FilingElements(
        code=plan.code,
        name=plan.name,
        principal=parties.principals[plan.principal],
        purpose=plan.purpose,
        caller_number=parties.numbers[place],
        audience=plan.audience,
        content=plan.content,
        contact=f"致电 {CALLER_NUMBERS[place]}",
        trunk=parties.trunk,
        script=_script(plan, people, now),
    )


def _script(plan: Plan, people: _People, now: datetime) -> ScriptVersion:
    return script_approve(
        title=plan.name,
        text=plan.script,
        offers=plan.offers,
        author=people.supervisor,
        approver=people.compliance,
        now=now,
    )


def _marketing_refused(parties: _Parties, people: _People, now: datetime) -> tuple[str, ...]:
    """Try to register the marketing campaign that a B24 licence forbids."""
    try:
        campaign_register(
            elements=_elements(MARKETING, parties, people, now),
            ring_seconds=15,
            max_attempts=3,
            author=people.supervisor,
            now=now,
        )
    except FilingRefusedError as error:
        return tuple(finding.rule_id for finding in error.decision.objections)
    raise AssertionError("A B24 operator registered a marketing campaign.")


def _leads(
    place: int,
    campaign: Campaign,
    leads: Sequence[SampleLead],
    people: _People,
    now: datetime,
) -> dict[str, int]:
    """Put the campaign's leads and their consents on the record; return persons by number."""
    own = [lead for lead in leads if lead.campaign == place]
    numbers = {lead.number: normalise(lead.number) for lead in own}
    persons = people_for_numbers(numbers=numbers.values(), now=now)
    by_number = {lead.number: persons[numbers[lead.number].e164] for lead in own}
    declared = list_declare(
        name=f"{campaign.filing.name} 名单",
        principal=campaign.filing.principal,
        source="own_form" if campaign.filing.purpose == "P3" else "own_customers",
        collected_by=campaign.filing.principal.name,
        notice_text="我们会就您登记的事项致电，您可随时拒绝。",
        declared_by=people.owner,
        now=now,
    )
    Lead.objects.bulk_create(_lead(campaign, declared, lead, by_number, now) for lead in own)
    consenting = [by_number[lead.number] for lead in own if lead.fate is not Fate.NO_CONSENT]
    _consents(campaign.filing.whitelist, PLANS[place].basis, consenting, now)
    audit.record(
        "leads.imported",
        obj=f"list:{declared.pk}",
        actor=f"u:{people.owner.pk}",
        now=now,
        data={"filing": campaign.filing_id, "leads": len(own)},
    )
    return {number: person.pk for number, person in by_number.items()}


def _lead(
    campaign: Campaign,
    declared: ContactList,
    lead: SampleLead,
    by_number: dict[str, Person],
    now: datetime,
) -> Lead:
    person = by_number[lead.number]
    return Lead(
        campaign=campaign,
        person=person,
        contact_list=declared,
        name_sealed=seal(lead.name, bound_to=bytes(person.number_index)),
        due_at=now,
    )


def _consents(whitelist: Whitelist, basis: str, people: Iterable[Person], now: datetime) -> None:
    given_at = now - timedelta(days=5)
    consents_record(
        whitelist=whitelist,
        given=[
            ConsentGiven(
                person_id=person.pk,
                basis=basis,
                text_shown_sha256=_sha256("同意贵公司就登记事项致电本人，可随时拒绝。"),
                method="网页勾选 web form",
                evidence_sha256=_sha256(f"evidence {person.pk}"),
                ai_allowed=False,
                given_at=given_at,
                expires_at=None,
            )
            for person in people
        ],
        actor=ACTOR,
        now=now,
    )


def _seats(campaigns: Sequence[Campaign], people: _People, now: datetime) -> None:
    for n, agent in enumerate(people.agents):
        seat = seat_register(
            code=f"S{n + 1:03d}", outlet=f"演示职场{n // 5 + 1}", agent=agent, actor=ACTOR, now=now
        )
        SeatSession.objects.create(seat=seat, campaign=campaigns[n % len(campaigns)], since=now)


def _refusals(
    campaigns: Sequence[Campaign],
    leads: Sequence[SampleLead],
    ids: Sequence[dict[str, int]],
    now: datetime,
) -> None:
    for lead in leads:
        if lead.fate is Fate.REFUSED:
            refusal_record(
                person_id=ids[lead.campaign][lead.number],
                principal=campaigns[lead.campaign].filing.principal,
                source="web",
                evidence="公开页面 public page",
                actor="public:web",
                now=now,
            )


def _yesterday(
    campaigns: Sequence[Campaign], leads: Sequence[SampleLead], ids: Sequence[dict[str, int]]
) -> None:
    """Ask the real gate for yesterday's calls to the people who are at their cap today."""
    capped = [lead for lead in leads if lead.fate is Fate.AT_CAP]
    seats = list(Seat.objects.order_by("pk"))
    for opening in YESTERDAY:
        for turn in range(-(-len(capped) // len(seats))):
            group = capped[turn * len(seats) : (turn + 1) * len(seats)]
            _clock(opening + turn * STEP, running=False)
            for seat, lead in zip(seats, group, strict=False):
                permit_request(
                    filing_id=campaigns[lead.campaign].filing_id,
                    person_id=ids[lead.campaign][lead.number],
                    seat_id=seat.pk,
                    request=uuid7(opening),
                    origin="progressive",
                    actor=ACTOR,
                    now=clock.read(),
                )


def _write_script(path: Path, leads: Sequence[SampleLead]) -> None:
    """Tell the loopback carrier how each phone behaves."""
    numbers = {
        f"+86{lead.number}": {
            "behaviour": lead.behaviour,
            "ring_seconds": lead.ring_seconds,
            "talk_seconds": lead.talk_seconds,
        }
        for lead in leads
    }
    path.write_text(json.dumps({"default": {"behaviour": "not_found"}, "numbers": numbers}))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
