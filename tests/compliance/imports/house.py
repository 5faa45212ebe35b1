"""A small call centre for tests: one principal, one trunk, one active campaign, four accounts."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.apps import apps
from django.contrib.auth.hashers import make_password

from compliance.models import Principal, Seat, User, Whitelist
from compliance.numbers import normalise
from compliance.services.consents_record import ConsentGiven, consents_record
from compliance.services.demo_clock_set import demo_clock_set
from compliance.services.filing_activate import filing_activate
from compliance.services.filing_register import FilingElements
from compliance.services.lines_record import caller_number_file, trunk_record
from compliance.services.parties_register import (
    licence_record,
    mandate_record,
    operator_register,
    principal_register,
)
from compliance.services.people_admit import seat_register, user_create
from compliance.services.person_for_number import person_for_number
from compliance.services.script_approve import script_approve
from dialer.models import Campaign
from dialer.services.campaign_register import campaign_register

NOW = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)  # Wednesday, 10:00 in Shanghai, a workday
ACTOR = "svc:test"
HASH = make_password(None)  # nobody logs in with a password here


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class House:
    principal: Principal
    campaign: Campaign
    seat: Seat
    administrator: User
    compliance: User
    supervisor: User
    agent: User
    regulator: User

    @property
    def whitelist(self) -> Whitelist:
        return self.campaign.filing.whitelist

    def account(self, role: str) -> User:
        account: User = getattr(self, role)
        return account


def build_house() -> House:
    """Make the records, all at NOW, with the clock standing still there."""
    demo_clock_set(base_at=NOW, running=False, actor=ACTOR, now=datetime.now(UTC))
    users = {role: _user(role) for role in User.Role.values}
    seat = seat_register(
        code="S001", outlet="一号职场", agent=users["agent"], actor=ACTOR, now=NOW
    )
    principal = _principal()
    elements = _elements(principal, users)
    campaign = campaign_register(
        elements=elements, ring_seconds=30, max_attempts=3, author=users["supervisor"], now=NOW
    )
    filing_activate(filing=campaign.filing, approver=users["compliance"], now=NOW)
    return House(principal=principal, campaign=campaign, seat=seat, **users)


def consent(house: House, number: str) -> int:
    """Put a person's consent on the campaign's whitelist; return the person's id."""
    person = person_for_number(number=normalise(number), now=NOW)
    given = ConsentGiven(
        person_id=person.pk,
        basis="consent",
        text_shown_sha256=digest("text"),
        method="web_form",
        evidence_sha256=digest(number),
        ai_allowed=False,
        given_at=NOW - timedelta(days=5),
        expires_at=None,
    )
    consents_record(whitelist=house.whitelist, given=[given], actor=ACTOR, now=NOW)
    return person.pk


def _user(role: str) -> User:
    return user_create(
        username=role,
        password_hash=HASH,
        role=role,
        real_name=role,
        actor=ACTOR,
        now=NOW,
    )


def _principal() -> Principal:
    principal = principal_register(
        name="晨星教育科技有限公司", industry="education", actor=ACTOR, now=NOW
    )
    mandate_record(
        principal=principal,
        contract_number="WT-1",
        valid_from=date(2026, 1, 1),
        valid_until=date(2026, 12, 31),
        document_sha256=digest("mandate"),
        actor=ACTOR,
        now=NOW,
    )
    return principal


def _elements(principal: Principal, users: dict[str, User]) -> FilingElements:
    operator = operator_register(
        legal_name="允呼测试呼叫中心有限公司",
        credit_code="91310000TEST000001",
        regime="b24_operator",
        actor=ACTOR,
        now=NOW,
    )
    licence_record(
        operator=operator,
        kind="B24",
        number="B2-1",
        area="全国",
        valid_from=date(2025, 1, 1),
        expires_on=date(2029, 12, 31),
        document_sha256=digest("licence"),
        verified_by=users["compliance"],
        now=NOW,
    )
    trunk = trunk_record(
        code="loopback",
        kind="loopback",
        carrier="回环",
        contract_number="C-1",
        user_entity=operator.legal_name,
        access_location="127.0.0.1",
        permitted_purposes=["P3"],
        sub_leased=False,
        reviewed_on=date(2026, 2, 1),
        max_calls=10,
        actor=ACTOR,
        now=NOW,
    )
    number = caller_number_file(
        number="9512301",
        operator=operator,
        trunks=[trunk],
        callout_opened=True,
        valid_from=date(2025, 6, 1),
        certificate_until=date(2028, 5, 31),
        commitment_sha256=digest("commitment"),
        actor=ACTOR,
        now=NOW,
    )
    script = script_approve(
        title="课程答复",
        text="您好，您登记想了解课程安排，现在方便吗？",
        offers=False,
        author=users["supervisor"],
        approver=users["compliance"],
        now=NOW,
    )
    return FilingElements(
        code="spring-course",
        name="课程信息答复",
        principal=principal,
        purpose="P3",
        caller_number=number,
        audience="在官网登记咨询的家长",
        content="答复课程安排",
        contact="致电 9512301",
        trunk=trunk,
        script=script,
    )


def row_counts() -> dict[str, int]:
    """Count the rows of every table of the three apps: equal counts, nothing was added."""
    labels = ("audit", "compliance", "dialer")
    return {
        model._meta.label: model._default_manager.count()
        for label in labels
        for model in apps.get_app_config(label).get_models()
    }


def everything_stored() -> str:
    """Return every value in every table of the three apps as one text, bytes as they are."""
    labels = ("audit", "compliance", "dialer", "knox")
    models = [model for label in labels for model in apps.get_app_config(label).get_models()]
    values = [
        value for model in models for row in model._default_manager.values_list() for value in row
    ]
    return "\n".join(
        bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
        for value in values
    )
