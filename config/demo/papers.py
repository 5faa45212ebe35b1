"""The papers of a sample house: licences, letters, tests, outlets, staff, deployment pack.

The demo, the benchmarks and the tests stand on the same ones.
"""

import hashlib
from datetime import date, datetime, timedelta

from compliance.documents_needed import documents_needed
from compliance.models import CallerNumber, CommitmentLetter, Operator, Outlet, Principal, User
from compliance.services.deployment_declare import deployment_declare
from compliance.services.documents_record import document_record, letter_record
from compliance.services.incident import playbook_record
from compliance.services.number_clocks import callback_test_record
from compliance.services.outlet_register import outlet_inspect, outlet_register
from compliance.services.staff_record import staff_record, training_record

LOCAL = timedelta(hours=8)
MONTH = timedelta(days=30)
SEATS_OF_AN_OUTLET = 5


def principal_papers(
    principal: Principal, *, verifier: User, now: datetime, published: str = ""
) -> None:
    """Record every document that the principal's industry needs.

    :param published: the number that it publishes as its dedicated one
    """
    for group in documents_needed(principal.industry, at=now):
        kind = min(group)
        document_record(
            principal=principal,
            kind=kind,
            number=published if kind == "dedicated_number" and published else f"样证-{kind}",
            issuer="示例主管部门",
            valid_from=date(2025, 1, 1),
            valid_until=date(2028, 12, 31),
            document_sha256=_sha256(f"{kind} {principal.name}"),
            verified_by=verifier,
            now=now,
        )


def number_papers(number: CallerNumber, *, actor: str, now: datetime) -> None:
    """Record both commitment letters for the number, and today's call back to it."""
    for kind in CommitmentLetter.Kind.values:
        letter_record(
            operator=number.operator,
            kind=kind,
            numbers=[number],
            signed_on=date(2025, 6, 1),
            document_sha256=_sha256(f"{kind} {number.number}"),
            actor=actor,
            now=now,
        )
    call_back(number, actor=actor, now=now)


def call_back(number: CallerNumber, *, actor: str, now: datetime) -> None:
    """Record today's call back to the number, which found what it has to."""
    callback_test_record(
        number=number,
        tested_on=_day(now),
        reached=True,
        names_principal=True,
        takes_refusal=True,
        evidence_sha256=_sha256(f"call back {number.number} {now}"),
        actor=actor,
        now=now,
    )


def outlet_papers(
    place: int, *, operator: Operator, inspector: User, actor: str, now: datetime
) -> Outlet:
    """Register the `place`-th outlet of the operator and inspect it; return it if it is there."""
    code = f"outlet-{place:03d}"
    known = Outlet.objects.filter(code=code).first()
    if known is not None:
        return known
    outlet = outlet_register(
        code=code,
        name=f"职场{place}",
        address=f"示例市示例路 {place} 号",
        province="CN-SH",
        company=operator.legal_name,
        credit_code=operator.credit_code,
        legal_person="示例法人",
        actor=actor,
        now=now,
    )
    outlet_inspect(
        outlet=outlet,
        inspected_on=_day(now - MONTH),
        photo_sha256=_sha256(f"photo {code}"),
        lease_sha256=_sha256(f"lease {code}"),
        inspector=inspector,
        now=now,
    )
    return outlet


def staff_papers(agent: User, *, verifier: User, now: datetime) -> None:
    """Record who the agent is, and that they passed the training a month ago."""
    staff_record(
        agent=agent,
        real_name=agent.real_name,
        identity_number=f"示例证件 {agent.username}",
        document_sha256=_sha256(f"employment {agent.username}"),
        verified_by=verifier,
        now=now,
    )
    training_record(
        agent=agent,
        course="合规上岗培训",
        passed_on=_day(now - MONTH),
        certificate_sha256=_sha256(f"certificate {agent.username}"),
        examiner=verifier,
        now=now,
    )


def deployment_papers(operator: Operator, *, author: User, approver: User, now: datetime) -> None:
    """Sign off the pack of an installation in the mainland that lets no seats."""
    deployment_declare(
        pack={
            "operator": operator.legal_name,
            "credit_code": operator.credit_code,
            "regime": operator.regime,
            "data_location": "CN",
            "services": {"database": "CN", "recordings": "CN"},
            "rents_seats": False,
        },
        author=author,
        approver=approver,
        now=now,
    )


def breach_papers(*, author: User, approver: User, now: datetime) -> None:
    """Record the plan for a breach, rehearsed the day before."""
    playbook_record(
        document_sha256=_sha256("playbook"),
        rehearsed_on=_day(now) - timedelta(days=1),
        author=author,
        approver=approver,
        now=now,
    )


def _day(now: datetime) -> date:
    return (now + LOCAL).date()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
