"""The sample call centre: its records, made by the same services that people use."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import transaction

from audit.uuid7 import uuid7
from compliance import clock
from compliance.gate import permit_request
from compliance.models import Seat
from compliance.numbers import normalise
from compliance.services.demo_clock_set import demo_clock_set
from compliance.services.person_for_number import known_person
from compliance.services.refusal_record import refusal_record
from compliance.services.seat_duty import seat_pressed_ready
from config.demo.first_hour import PHONE, first_hour_write
from config.demo.house import (
    ACTOR,
    accounts_admit,
    campaign_start,
    marketing_refused,
    parties_record,
    phones_connect,
    seats_register,
)
from config.demo.lists import Read, lists_import
from config.demo.people import Fate, SampleLead
from config.demo.plans import MARKETING, PLANS
from config.demo.vouching import channels_try, form_approve, lists_sample
from dialer.models import Campaign

# A Wednesday without a holiday near it, which the State Council's calendar for 2026 knows.
OPENING = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
YESTERDAY = (datetime(2026, 3, 10, 6, 5, tzinfo=UTC), datetime(2026, 3, 10, 10, 30, tzinfo=UTC))
STEP = timedelta(seconds=11)  # longer than a permit lives


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What the demo goes on with."""

    trunk: str
    password: str  # of every demo account
    read: Read
    refused_campaign: str
    refused_by: tuple[str, ...]


def sample_make(
    *, leads: Sequence[SampleLead], seats: int, carrier_port: int, phones_port: int, folder: Path
) -> Sample:
    """Make every record of the sample, and leave the clock running from `OPENING`."""
    _clock(YESTERDAY[0] - timedelta(days=1), running=False)
    now = clock.read()
    with transaction.atomic():
        people = accounts_admit(seats, now)
        parties = parties_record(people, carrier_port, now)
    for plan in PLANS:
        form_approve(plan, parties.principals[plan.principal], people, now)
    campaigns = tuple(campaign_start(plan, parties, people, now) for plan in PLANS)
    refused_by = marketing_refused(parties, people, now)
    read = lists_import(leads=leads, campaigns=campaigns, by=people.owner, folder=folder, now=now)
    lists_sample(campaigns, people, now)
    channels_try(now)
    with transaction.atomic():
        seats_register(campaigns, parties, people, now)
        phones_connect(people, phones_port, now)
    _refusals(campaigns, leads, now)
    _yesterday(campaigns, leads)
    _clock(OPENING, running=True)
    taken = frozenset(lead.number for lead in leads)
    visited = first_hour_write(folder=folder / "first-hour", taken=taken, now=now)
    _write_script(folder / "carrier.json", leads, visited.agreed)
    return Sample(
        trunk=parties.trunk.code,
        password=people.password,
        read=read,
        refused_campaign=MARKETING.name,
        refused_by=refused_by,
    )


def clock_stands(at: datetime) -> None:
    """Let the stated clock stand still at an instant."""
    _clock(at, running=False)


def _clock(at: datetime, *, running: bool) -> None:
    demo_clock_set(base_at=at, running=running, actor=ACTOR, now=datetime.now(UTC))


def _person(lead: SampleLead) -> int:
    person = known_person(number=normalise(lead.number))
    if person is None:
        raise LookupError("A lead of the sample was not imported.")
    return person.pk


def _refusals(
    campaigns: Sequence[Campaign],
    leads: Sequence[SampleLead],
    now: datetime,
) -> None:
    for lead in leads:
        if lead.fate is Fate.REFUSED:
            refusal_record(
                person_id=_person(lead),
                principal=campaigns[lead.campaign].filing.principal,
                source="web",
                evidence="公开页面 public page",
                actor="public:web",
                now=now,
            )


def _yesterday(campaigns: Sequence[Campaign], leads: Sequence[SampleLead]) -> None:
    """Ask the real gate for yesterday's calls to the people who are at their cap today."""
    capped = [lead for lead in leads if lead.fate is Fate.AT_CAP]
    seats = list(Seat.objects.order_by("pk"))
    for opening in YESTERDAY:
        for turn in range(-(-len(capped) // len(seats))):
            group = capped[turn * len(seats) : (turn + 1) * len(seats)]
            _clock(opening + turn * STEP, running=False)
            for seat, lead in zip(seats, group, strict=False):
                seat_pressed_ready(seat_id=seat.pk, now=clock.read())
                permit_request(
                    filing_id=campaigns[lead.campaign].filing_id,
                    person_id=_person(lead),
                    seat_id=seat.pk,
                    request=uuid7(opening),
                    origin="progressive",
                    actor=ACTOR,
                    now=clock.read(),
                )


def _write_script(path: Path, leads: Sequence[SampleLead], others: Sequence[str]) -> None:
    """Tell the loopback carrier how each phone behaves."""
    numbers: dict[str, dict[str, object]] = {f"+86{number}": dict(PHONE) for number in others}
    numbers |= {
        f"+86{lead.number}": {
            "behaviour": lead.behaviour,
            "ring_seconds": lead.ring_seconds,
            "talk_seconds": lead.talk_seconds,
        }
        for lead in leads
    }
    path.write_text(json.dumps({"default": {"behaviour": "not_found"}, "numbers": numbers}))
