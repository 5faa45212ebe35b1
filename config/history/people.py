"""A million numbers with their people, consents, refusals and leads, by COPY."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from compliance.models import Refusal
from compliance.numbers import localities, mask
from compliance.vault import Bulk
from dialer.models import Lead

BATCH = 20_000
AGREED, REFUSED = 4, 20  # one in so many people
EVIDENCE = hashlib.sha256(b"seeded history").hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person, and what permits to call them need; None where nobody agreed."""

    id: int
    consent: int | None
    lead: int | None


def copy(table: str, columns: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Put rows into a table."""
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as into:
        for row in rows:
            into.write_row(row)


def people_make(*, count: int, at: datetime, filing: int) -> list[Person]:
    """Add the people; one in four agreed, one in twenty refuses."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM compliance_person")
        (before,) = cursor.fetchone()
    for start in range(0, count, BATCH):
        with transaction.atomic():
            numbers = range(start, min(start + BATCH, count))
            copy("compliance_person", _PERSON, _people(numbers, at))
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM compliance_person WHERE id > %s ORDER BY id", [before])
        ids = [one for (one,) in cursor.fetchall()]
    agreed = ids[::AGREED]
    with transaction.atomic():
        _consents(agreed, at, filing)
        _refusals(ids[1::REFUSED], at)
        _leads(agreed, at, filing)
    return _known(ids)


_PERSON = (
    "number_index", "number_sealed", "masked", "number_class", "provinces", "places_version",
    "created_at",
)  # fmt: skip


def _people(numbers: Iterable[int], at: datetime) -> Iterator[tuple[Any, ...]]:
    bulk = Bulk()
    for n in numbers:
        number = f"+86{15_000_000_000 + n * 7}"
        index, places = bulk.index(number), localities(number)
        yield (
            index,
            bulk.seal(number, index),
            mask(number),
            "mobile",
            list(places.provinces),
            places.source,
            at,
        )


def _consents(people: list[int], at: datetime, filing: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO compliance_consent (person_id, whitelist_id, basis, channel, explicit,"
            " text_shown_sha256, method, evidence_sha256, ai_allowed, sensitive_allowed,"
            " request_event, given_at, recorded_at)"
            " SELECT p, w.whitelist_id, 'consent', 'voice', true, %(sha)s, 'web form', %(sha)s,"
            " false, false, '', %(at)s, %(at)s"
            " FROM unnest(%(people)s::bigint[]) p, compliance_campaignfiling w"
            " WHERE w.id = %(filing)s",
            {"people": people, "at": at, "filing": filing, "sha": EVIDENCE},
        )


def _refusals(people: list[int], at: datetime) -> None:
    Refusal.objects.bulk_create(
        (
            Refusal(
                person_id=person,
                everywhere=True,
                source="letter",
                evidence=EVIDENCE,
                recorded_at=at,
                recorded_by="svc:history",
            )
            for person in people
        ),
        batch_size=5000,
    )


def _leads(people: list[int], at: datetime, filing: int) -> None:
    first = Lead.objects.filter(campaign__filing=filing).first()
    assert first is not None  # noqa: S101 - the sample imported a list for each campaign
    rows = (
        (first.campaign_id, person, first.contact_list_id, b"", "", "done", at, 1, "")
        for person in people
    )
    copy("dialer_lead", _LEAD, rows)


_LEAD = (
    "campaign_id", "person_id", "contact_list_id", "name_sealed", "external_ref", "state",
    "due_at", "attempts", "last_result",
)  # fmt: skip


def _known(ids: list[int]) -> list[Person]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.person_id, c.id, l.id FROM compliance_consent c"
            " JOIN dialer_lead l ON l.person_id = c.person_id WHERE c.evidence_sha256 = %s",
            [EVIDENCE],
        )
        agreed = {person: (consent, lead) for person, consent, lead in cursor.fetchall()}
    return [
        Person(id=one, consent=consent, lead=lead)
        for one in ids
        for consent, lead in (agreed.get(one, (None, None)),)
    ]
