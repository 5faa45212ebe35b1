"""The records that the benchmarks call upon, made by the same services that people use."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connection, transaction

from audit.uuid7 import uuid7
from compliance.gate import PermitRefusal, permit_request
from compliance.models import (
    CallerNumber,
    CampaignFiling,
    Operator,
    Permit,
    Principal,
    Seat,
    Trunk,
    User,
    Whitelist,
)
from compliance.numbers import normalise
from compliance.scripts import Step
from compliance.services.assessment_record import assessment_record
from compliance.services.channel_test_record import channel_test_record
from compliance.services.consent_form_approve import FormReview, consent_form_approve
from compliance.services.consent_sample import consent_sample_check, consent_sample_draw
from compliance.services.consents_record import ConsentGiven, consents_record
from compliance.services.demo_clock_set import demo_clock_set
from compliance.services.filing_activate import filing_activate
from compliance.services.filing_register import FilingElements, filing_register
from compliance.services.lines_record import caller_number_file, trunk_record
from compliance.services.parties_register import (
    licence_record,
    mandate_record,
    operator_register,
    principal_register,
)
from compliance.services.people_admit import seat_register, user_create
from compliance.services.person_for_number import people_for_numbers
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

ACTOR = "svc:benchmark"
OPENING = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)  # a workday, 10:00 in Shanghai
STEPS = (
    Step(
        "opening",
        "您好，我是{operator}的话务员，工号{seat}，受{principal}委托来电。您的号码来自您的登记，"
        "来电是为了答复您登记的事项，通话会录音。不想接听请按9。",
    ),
)
TEXT = "同意测速教育就登记事项电话联系本人（人工坐席），可随时按9撤回。"
BEFORE = OPENING - timedelta(days=9)  # when everything was put on the record

# Earlier calls: copies of one real decision and its permit, one for each person, long enough ago
# to fill no cap. A permit is born issued and moves on step by step; here the guards that see to
# it are off for one statement, in a database that is dropped when the figures are read.
_HISTORY = """
CREATE TEMPORARY TABLE earlier ON COMMIT DROP AS
WITH seat AS (SELECT id, row_number() OVER () AS n, count(*) OVER () AS all FROM compliance_seat),
filing AS (SELECT f.*, row_number() OVER () AS n, count(*) OVER () AS all
             FROM compliance_campaignfiling f)
SELECT gen_random_uuid() AS decision, gen_random_uuid() AS permit,
       t.issued_at + p.n * interval '1 second' AS at,
       jsonb_build_object('person_id', p.id, 'seat_id', seat.id, 'filing_id', filing.id,
                          'caller_number_id', filing.caller_number_id) AS call
  FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM compliance_person) p
  JOIN seat ON seat.n = 1 + p.n % seat.all JOIN filing ON filing.n = 1 + p.n % filing.all,
       compliance_permit t;
INSERT INTO compliance_decision
SELECT r.* FROM earlier e, compliance_decision d, LATERAL jsonb_populate_record(
    d, e.call || jsonb_build_object('id', e.decision, 'at', e.at)) r;
ALTER TABLE compliance_permit DISABLE TRIGGER USER;
INSERT INTO compliance_permit
SELECT r.* FROM earlier e, compliance_permit p, LATERAL jsonb_populate_record(
    p, e.call || jsonb_build_object('id', e.permit, 'decision_id', e.decision,
        'issued_at', e.at, 'expires_at', e.at + interval '10 seconds', 'state', 'closed',
        'redeemed_at', e.at, 'ended_at', e.at, 'result', 'no_answer')) r;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE compliance_permit ENABLE TRIGGER USER;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A small call centre in which everybody agreed to be called, at 10:00 on a workday."""

    filings: tuple[int, ...]  # each with a caller number of its own
    trunk: int
    principal: Principal
    seats: tuple[int, ...]
    people: tuple[int, ...]


def world_make(*, filings: int, seats: int, people: int) -> World:
    """Build the world, with one earlier call for every person."""
    _set_clock(BEFORE)
    with transaction.atomic():
        author, approver = _user("author", "supervisor"), _user("approver", "compliance")
        operator, principal, trunk = _parties(author, approver)
        seat_ids = tuple(_seat(n, operator, approver).pk for n in range(seats))
        deployment_papers(operator, author=author, approver=approver, now=OPENING)
    ids = tuple(
        _filing(_caller_number(n, operator, trunk), principal, author, approver)
        for n in range(filings)
    )
    person_ids = _people(people, filing_id=ids[0])
    _try_channels(BEFORE)
    _history(ids[0], person_ids[0], seat_ids[0])
    _set_clock(OPENING)
    _try_channels(OPENING)
    return World(
        filings=ids, trunk=trunk.pk, principal=principal, seats=seat_ids, people=person_ids
    )


def _try_channels(now: datetime) -> None:
    """Try the channels of refusal, as every week has to."""
    for channel in ("key_9", "letter", "web"):
        channel_test_record(
            channel=channel, alive=True, evidence="weekly test", actor=ACTOR, now=now
        )


def _set_clock(at: datetime) -> None:
    """Let the stated clock stand still."""
    demo_clock_set(base_at=at, running=False, actor=ACTOR, now=datetime.now(UTC))


def _user(username: str, role: str) -> User:
    return user_create(
        username=username,
        password_hash=UNUSABLE_PASSWORD_PREFIX,
        role=role,
        real_name=username,
        actor=ACTOR,
        now=OPENING,
    )


def _parties(author: User, approver: User) -> tuple[Operator, Principal, Trunk]:
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
        document_sha256=_sha256("licence"),
        verified_by=approver,
        now=OPENING,
    )
    principal = principal_register(name="测速教育", industry="education", actor=ACTOR, now=OPENING)
    mandate_record(
        principal=principal,
        contract_number="WT-1",
        valid_from=date(2026, 1, 1),
        valid_until=date(2026, 12, 31),
        document_sha256=_sha256("mandate"),
        actor=ACTOR,
        now=OPENING,
    )
    assessment_record(
        principal=principal,
        sources=["own_form"],
        automated_decisions=False,
        entrusted_processing=True,
        document_sha256=_sha256("assessment"),
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


def _caller_number(n: int, operator: Operator, trunk: Trunk) -> CallerNumber:
    filed = caller_number_file(
        number=f"95123{n:03d}",
        operator=operator,
        trunks=[trunk],
        callout_opened=True,
        valid_from=date(2025, 6, 1),
        certificate_until=date(2028, 5, 31),
        commitment_sha256=_sha256("commitment"),
        actor=ACTOR,
        now=OPENING,
    )
    number_papers(filed, actor=ACTOR, now=BEFORE)
    return filed


def _seat(n: int, operator: Operator, verifier: User) -> Seat:
    agent = _user(f"agent{n}", "agent")
    staff_papers(agent, verifier=verifier, now=BEFORE)
    outlet = outlet_papers(
        n // SEATS_OF_AN_OUTLET, operator=operator, inspector=verifier, actor=ACTOR, now=BEFORE
    )
    seat = seat_register(code=f"S{n}", outlet=outlet, agent=agent, actor=ACTOR, now=OPENING)
    seat_pressed_ready(seat_id=seat.pk, now=OPENING - timedelta(seconds=1))
    return seat


def _filing(number: CallerNumber, principal: Principal, author: User, approver: User) -> int:
    script = script_approve(
        title=f"script {number}",
        principal=principal,
        purpose="P3",
        steps=STEPS,
        offers=False,
        author=author,
        approver=approver,
        now=BEFORE,
    )
    elements = FilingElements(
        code=f"filing-{number}",
        name="课程信息",
        principal=principal,
        purpose="P3",
        caller_number=number,
        audience="登记咨询的家长",
        content="回复课程安排",
        contact=f"致电 {number}",
        trunk=number.trunks.get(),
        script=script,
    )
    filing = filing_register(elements=elements, author=author, now=BEFORE)
    filing_activate(filing=filing, approver=approver, now=BEFORE)
    return filing.pk


def _people(count: int, *, filing_id: int) -> tuple[int, ...]:
    numbers = [normalise(f"138{10_000_000 + n}") for n in range(count)]
    people = people_for_numbers(numbers=numbers, now=BEFORE)
    ids = tuple(people[number.e164].pk for number in numbers)
    consents_record(
        whitelist=CampaignFiling.objects.get(pk=filing_id).whitelist,
        given=[_consent(person_id) for person_id in ids],
        actor=ACTOR,
        now=BEFORE,
    )
    _vouch(CampaignFiling.objects.get(pk=filing_id).whitelist)
    return ids


def _vouch(whitelist: Whitelist) -> None:
    """Have the consent form reviewed and the list sampled."""
    author, approver = User.objects.get(username="author"), User.objects.get(username="approver")
    consent_form_approve(
        principal=whitelist.principal,
        purposes=["P3"],
        text=TEXT,
        review=FormReview(**dict.fromkeys(FormReview.__dataclass_fields__, True)),
        author=author,
        approver=approver,
        now=BEFORE,
    )
    sample = consent_sample_draw(whitelist=whitelist, drawn_by=approver, now=BEFORE)
    items = sample.items.values_list("pk", flat=True)
    consent_sample_check(
        sample=sample, proved=dict.fromkeys(items, True), checked_by=approver, now=BEFORE
    )


def _consent(person_id: int) -> ConsentGiven:
    return ConsentGiven(
        person_id=person_id,
        basis="consent",
        text_shown_sha256=_sha256(TEXT),
        method="web form",
        evidence_sha256=_sha256(f"evidence {person_id}"),
        ai_allowed=False,
        given_at=BEFORE - timedelta(days=5),
        expires_at=None,
    )


def _history(filing_id: int, person_id: int, seat_id: int) -> None:
    permit = permit_request(
        filing_id=filing_id,
        person_id=person_id,
        seat_id=seat_id,
        request=uuid7(BEFORE),
        origin="progressive",
        actor=ACTOR,
        now=BEFORE,
    )
    if isinstance(permit, PermitRefusal):
        raise TypeError(f"The gate refused the earlier call: {permit.rules}.")
    Permit.objects.filter(pk=permit.pk).update(state=Permit.State.VOID)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_HISTORY)
        cursor.execute("ANALYZE")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
