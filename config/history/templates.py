"""The first calls of the history: the real gate decides on them, and they are what is copied."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from audit.uuid7 import uuid7
from compliance import clock
from compliance.gate import permit_request
from compliance.models import Decision, Permit, Seat
from compliance.services.seat_duty import seat_pressed_ready
from config.demo.house import ACTOR
from config.demo.people import sample_leads
from config.demo.sample import OPENING, clock_stands, sample_make
from config.demo.vouching import channels_try
from dialer.models import Lead

SEATS = 100
LEADS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One decision of the gate, and what its copies share."""

    decision: UUID
    verdict: str
    filing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Who calls, and the gate's first decisions."""

    seats: Sequence[int]
    templates: Sequence[Template]


def house_make() -> House:
    """Make the demo's call centre, and have the gate decide on each of its leads."""
    with TemporaryDirectory() as folder:
        sample_make(
            leads=sample_leads(count=LEADS, seed=11),
            seats=SEATS,
            carrier_port=5060,
            phones_port=5070,
            folder=Path(folder),
        )
    clock_stands(OPENING)
    channels_try(OPENING)
    seats = list(Seat.objects.order_by("pk").values_list("pk", flat=True))
    leads = Lead.objects.select_related("campaign").order_by("pk")
    for lead, seat in zip(leads, seats, strict=False):
        seat_pressed_ready(seat_id=seat, now=clock.read())
        permit_request(
            filing_id=lead.campaign.filing_id,
            person_id=lead.person_id,
            seat_id=seat,
            request=uuid7(clock.read()),
            origin="progressive",
            actor=ACTOR,
            now=clock.read(),
        )
    Permit.objects.filter(state=Permit.State.ISSUED).update(state=Permit.State.VOID)
    return House(seats=seats, templates=_templates())


def _templates() -> Sequence[Template]:
    rows = Decision.objects.order_by("pk").values_list("pk", "verdict", "filing_id")
    found = [Template(decision=pk, verdict=verdict, filing=filing) for pk, verdict, filing in rows]
    missing = set(Decision.Verdict.values) - {one.verdict for one in found}
    if missing:
        raise AssertionError(f"The gate gave none of {missing}.")
    return found
