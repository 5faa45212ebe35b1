"""Calls of the past for reports: ledger rows written as they would stand, without the gate."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import connection

from compliance.models import CallerNumber, CampaignFiling, Permit, Person
from tests.world import World


def somebody(index: int, *, provinces: tuple[str, ...] = ("CN-BJ",), at: datetime) -> Person:
    return Person(
        number_index=index.to_bytes(32, "big"),
        number_sealed=b"x",
        masked="138****0000",
        number_class="mobile",
        provinces=list(provinces),
        places_version="test",
        created_at=at,
    )


def people_in(places: Iterable[tuple[str, ...]], *, at: datetime) -> list[Person]:
    """Add one person for each place."""
    first = 1_000_000 + Person.objects.count()
    rows = [somebody(first + n, provinces=provinces, at=at) for n, provinces in enumerate(places)]
    return Person.objects.bulk_create(rows)


def call_of_the_past(
    world: World,
    person: Person,
    *,
    at: datetime,
    filing: CampaignFiling | None = None,
    number: CallerNumber | None = None,
) -> Permit:
    """Return an unsaved permit whose call is over."""
    return Permit(
        id=uuid4(),
        decision_id=uuid4(),
        filing=filing or world.filing,
        person=person,
        seat=world.seat,
        trunk=world.trunk,
        caller_number=number or world.caller_number,
        consent_id=0,
        epoch=0,
        issued_at=at,
        expires_at=at + timedelta(seconds=5),
        signature=b"x",
        state="closed",
        redeemed_at=at,
        ended_at=at + timedelta(seconds=20),
        result="no_answer",
        talk_seconds=0,
    )


def remember(calls: Iterable[Permit]) -> list[Permit]:
    """Write calls down; the guards that only the gate gets past look away meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE compliance_permit DISABLE TRIGGER USER")
        rows = Permit.objects.bulk_create(calls)
        cursor.execute("ALTER TABLE compliance_permit ENABLE TRIGGER USER")
    return rows
