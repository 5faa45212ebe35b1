"""The records that the benchmarks call upon, made by the same services that people use."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from audit.uuid7 import uuid7
from benchmarks.parties import (
    ACTOR,
    BEFORE,
    OPENING,
    caller_number_make,
    parties_make,
    seat_make,
    sha256,
    user_make,
)
from compliance.gate import PermitRefusal, permit_request
from compliance.models import (
    CallerNumber,
    CampaignFiling,
    Permit,
    Principal,
    User,
    Whitelist,
)
from compliance.numbers import normalise
from compliance.scripts import Step
from compliance.services.channel_test_record import channel_test_record
from compliance.services.consent_form_approve import FormReview, consent_form_approve
from compliance.services.consent_sample import consent_sample_check, consent_sample_draw
from compliance.services.consents_record import ConsentGiven, consents_record
from compliance.services.demo_clock_set import demo_clock_set
from compliance.services.filing_activate import filing_activate
from compliance.services.filing_register import FilingElements, filing_register
from compliance.services.person_for_number import people_for_numbers
from compliance.services.script_approve import script_approve
from config.demo.papers import (
    deployment_papers,
)

STEPS = (
    Step(
        "opening",
        "您好，我是{operator}的话务员，工号{seat}，受{principal}委托来电。您的号码来自您的登记，"
        "来电是为了答复您登记的事项，通话会录音。不想接听请按9。",
    ),
)
TEXT = "同意测速教育就登记事项电话联系本人（人工坐席），可随时按9撤回。"

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
        author, approver = user_make("author", "supervisor"), user_make("approver", "compliance")
        operator, principal, trunk = parties_make(author, approver)
        seat_ids = tuple(seat_make(n, operator, approver).pk for n in range(seats))
        deployment_papers(operator, author=author, approver=approver, now=OPENING)
    ids = tuple(
        _filing(caller_number_make(n, operator, trunk), principal, author, approver)
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
        text_shown_sha256=sha256(TEXT),
        method="web form",
        evidence_sha256=sha256(f"evidence {person_id}"),
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
