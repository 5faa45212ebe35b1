"""The sample's house: its people, parties, lines and campaigns, on the record as everywhere."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.hashers import make_password

from compliance.models import (
    CallerNumber,
    Operator,
    Principal,
    ScriptVersion,
    Seat,
    Trunk,
    User,
)
from compliance.services.assessment_record import assessment_record
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
from config.demo.papers import (
    SEATS_OF_AN_OUTLET,
    breach_papers,
    deployment_papers,
    number_papers,
    outlet_papers,
    principal_papers,
    staff_papers,
)
from config.demo.plans import CALLER_NUMBERS, MARKETING, PLANS, Plan
from dialer.models import Campaign, SeatSession, TrunkEndpoint
from dialer.services.campaign_register import campaign_register
from dialer.services.seat_phone_set import seat_phone_set
from dialer.services.seat_registrar_set import RegistrarReach, seat_registrar_set

ACTOR = "svc:demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """The sample's accounts; one password opens them all."""

    password: str
    owner: User
    compliance: User
    supervisor: User
    agents: tuple[User, ...]


def accounts_admit(seats: int, now: datetime) -> People:
    """Admit one person for each role, and an agent for each seat."""
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
    return People(
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
class Parties:
    """Who calls, over what, on whose behalf."""

    operator: Operator
    trunk: Trunk
    numbers: tuple[CallerNumber, ...]
    principals: dict[str, Principal]


def parties_record(people: People, carrier_port: int, now: datetime) -> Parties:
    """Record the operator, its licence, the loopback trunk, its numbers and the principals."""
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
        access_province="CN-SH",
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
    for number in numbers:
        number_papers(number, actor=ACTOR, now=now)
    deployment_papers(operator, author=people.owner, approver=people.compliance, now=now)
    breach_papers(author=people.owner, approver=people.compliance, now=now)
    principals = {plan.principal: _principal(plan, people, now) for plan in PLANS}
    return Parties(operator=operator, trunk=trunk, numbers=numbers, principals=principals)


def _principal(plan: Plan, people: People, now: datetime) -> Principal:
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
    assessment_record(
        principal=principal,
        sources=[plan.source],
        automated_decisions=False,
        entrusted_processing=True,
        document_sha256=_sha256(f"assessment {plan.principal}"),
        assessed_on=date(2026, 1, 5),
        author=people.supervisor,
        approver=people.compliance,
        now=now,
    )
    principal_papers(principal, verifier=people.compliance, now=now)
    return principal


def campaign_start(plan: Plan, parties: Parties, people: People, now: datetime) -> Campaign:
    """Register a campaign as the supervisor and activate it as the compliance officer."""
    campaign = campaign_register(
        elements=_elements(plan, parties, people, now),
        ring_seconds=15,
        max_attempts=3,
        author=people.supervisor,
        now=now,
    )
    filing_activate(filing=campaign.filing, approver=people.compliance, now=now)
    return campaign


def _elements(plan: Plan, parties: Parties, people: People, now: datetime) -> FilingElements:
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
        script=_script(plan, parties, people, now),
    )


def _script(plan: Plan, parties: Parties, people: People, now: datetime) -> ScriptVersion:
    return script_approve(
        title=plan.name,
        principal=parties.principals[plan.principal],
        purpose=plan.purpose,
        steps=plan.script,
        offers=plan.offers,
        author=people.supervisor,
        approver=people.compliance,
        now=now,
    )


def marketing_refused(parties: Parties, people: People, now: datetime) -> tuple[str, ...]:
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


def seats_register(
    campaigns: Sequence[Campaign], parties: Parties, people: People, now: datetime
) -> None:
    """Register a seat for each agent, five to an outlet, and spread them over the campaigns."""
    for n, agent in enumerate(people.agents):
        staff_papers(agent, verifier=people.compliance, now=now)
        outlet = outlet_papers(
            n // SEATS_OF_AN_OUTLET + 1,
            operator=parties.operator,
            inspector=people.compliance,
            actor=ACTOR,
            now=now,
        )
        seat = seat_register(
            code=f"S{n + 1:03d}", outlet=outlet, agent=agent, actor=ACTOR, now=now
        )
        SeatSession.objects.create(seat=seat, campaign=campaigns[n % len(campaigns)], since=now)


def phones_connect(people: People, phones_port: int, now: datetime) -> None:
    """Say where the practice phones are: one for each seat."""
    registrar = seat_registrar_set(
        code="practice",
        reach=RegistrarReach(host="127.0.0.1", port=phones_port, local_host="127.0.0.1"),
        by=people.owner,
        now=now,
    )
    for seat in Seat.objects.order_by("pk"):
        seat_phone_set(
            seat=seat,
            registrar=registrar,
            address=f"seat-{seat.code.lower()}",
            by=people.owner,
            now=now,
        )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
