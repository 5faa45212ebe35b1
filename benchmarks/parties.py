"""Who calls in a benchmark: the operator, its lines, numbers and seats."""

import hashlib
from datetime import UTC, date, datetime, timedelta

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX

from compliance.models import (
    CallerNumber,
    Operator,
    Principal,
    Seat,
    Trunk,
    User,
)
from compliance.services.assessment_record import assessment_record
from compliance.services.lines_record import caller_number_file, trunk_record
from compliance.services.parties_register import (
    licence_record,
    mandate_record,
    operator_register,
    principal_register,
)
from compliance.services.people_admit import seat_register, user_create
from compliance.services.seat_duty import seat_pressed_ready
from config.demo.papers import (
    SEATS_OF_AN_OUTLET,
    number_papers,
    outlet_papers,
    principal_papers,
    staff_papers,
)

ACTOR = "svc:benchmark"


OPENING = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)  # a workday, 10:00 in Shanghai


BEFORE = OPENING - timedelta(days=9)  # when everything was put on the record


def sha256(text: str) -> str:
    """Return the digest of a document that nobody reads, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def user_make(username: str, role: str) -> User:
    """Admit somebody who never logs in."""
    return user_create(
        username=username,
        password_hash=UNUSABLE_PASSWORD_PREFIX,
        role=role,
        real_name=username,
        actor=ACTOR,
        now=OPENING,
    )


def parties_make(author: User, approver: User) -> tuple[Operator, Principal, Trunk]:
    """Register who calls, for whom, and over which line."""
    operator = operator_register(
        legal_name="测速呼叫中心",
        credit_code="91310000BENCHMARK1",
        regime="b24_operator",
        actor=ACTOR,
        now=OPENING,
    )
    licence_record(
        operator=operator,
        kind="B24",
        number="B2-20250001",
        area="全国",
        valid_from=date(2025, 1, 1),
        expires_on=date(2029, 12, 31),
        document_sha256=sha256("licence"),
        verified_by=approver,
        now=OPENING,
    )
    principal = principal_register(name="测速教育", industry="education", actor=ACTOR, now=OPENING)
    mandate_record(
        principal=principal,
        contract_number="WT-1",
        valid_from=date(2026, 1, 1),
        valid_until=date(2026, 12, 31),
        document_sha256=sha256("mandate"),
        actor=ACTOR,
        now=OPENING,
    )
    assessment_record(
        principal=principal,
        sources=["own_form"],
        automated_decisions=False,
        entrusted_processing=True,
        document_sha256=sha256("assessment"),
        assessed_on=date(2026, 1, 5),
        author=author,
        approver=approver,
        now=OPENING,
    )
    principal_papers(principal, verifier=approver, now=OPENING)
    return operator, principal, _trunk(operator)


def _trunk(operator: Operator) -> Trunk:
    return trunk_record(
        code="loopback",
        kind="loopback",
        carrier="本机回环运营商",
        contract_number="YH-1",
        user_entity=operator.legal_name,
        access_location="本机",
        access_province="CN-SH",
        permitted_purposes=["P3"],
        sub_leased=False,
        reviewed_on=date(2026, 2, 1),
        max_calls=100_000,
        actor=ACTOR,
        now=OPENING,
    )


def caller_number_make(n: int, operator: Operator, trunk: Trunk) -> CallerNumber:
    """File the `n`-th caller number with its papers."""
    filed = caller_number_file(
        number=f"95123{n:03d}",
        operator=operator,
        trunks=[trunk],
        callout_opened=True,
        valid_from=date(2025, 6, 1),
        certificate_until=date(2028, 5, 31),
        commitment_sha256=sha256("commitment"),
        actor=ACTOR,
        now=OPENING,
    )
    number_papers(filed, actor=ACTOR, now=BEFORE)
    return filed


def seat_make(n: int, operator: Operator, verifier: User) -> Seat:
    """Register the `n`-th seat, whose agent is ready."""
    agent = user_make(f"agent{n}", "agent")
    staff_papers(agent, verifier=verifier, now=BEFORE)
    outlet = outlet_papers(
        n // SEATS_OF_AN_OUTLET, operator=operator, inspector=verifier, actor=ACTOR, now=BEFORE
    )
    seat = seat_register(code=f"S{n}", outlet=outlet, agent=agent, actor=ACTOR, now=OPENING)
    seat_pressed_ready(seat_id=seat.pk, now=OPENING - timedelta(seconds=1))
    return seat
