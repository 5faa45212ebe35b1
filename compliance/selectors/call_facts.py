"""Everything that the rules may know about one call, read in one statement."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from compliance.calendars import calendar_facts
from compliance.models import CampaignFiling
from compliance.round_trips import prepared
from compliance.rulebook.facts import (
    ATTEMPT_DAYS,
    AttemptFacts,
    CalleeFacts,
    CallFacts,
    ConsentFacts,
    HealthFacts,
    LineFacts,
    RefusalFacts,
    SeatFacts,
    UseFacts,
)
from compliance.selectors.filing_facts import filing_facts_at_epoch

LOOK_BACK = timedelta(days=ATTEMPT_DAYS)  # the longest window that any rule counts over
CONVERSATION_SECONDS = 5  # RULEBOOK REF-06: shorter is an early hang-up
LOCAL = timedelta(hours=8)  # China has kept one zone without summer time since 1991
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_SQL = """
SELECT json_build_object(
  'now_us', us(compliance_now()),
  'epoch', (SELECT value FROM compliance_epoch),
  'known', EXISTS (SELECT 1 FROM compliance_decision WHERE id = %(request)s),
  'demo', EXISTS (SELECT 1 FROM compliance_democlock),
  'carrier_trunks', (SELECT count(*) FROM compliance_trunk WHERE kind <> 'loopback'),
  'audit_writable', has_table_privilege('audit_entry', 'INSERT'),
  'seats', (SELECT count(*) FROM compliance_seat),
  'stopped', (SELECT jsonb_agg(DISTINCT k.scope) FROM compliance_killswitch k
     WHERE k.released_at IS NULL AND (k.scope = 'platform'
       OR (k.scope = 'principal' AND k.target = f.principal_id::text)
       OR (k.scope = 'industry' AND k.target = f.industry))),
  'person', (SELECT json_build_object('index', encode(p.number_index, 'hex'),
       'class', p.number_class, 'provinces', p.provinces)
     FROM compliance_person p WHERE p.id = %(person)s),
  'whitelist_version', (SELECT w.version FROM compliance_whitelist w WHERE w.id = f.whitelist_id
       AND w.principal_id = f.principal_id AND w.purpose = f.purpose),
  'consents', (SELECT json_agg(json_build_array(c.id, c.basis, w.purpose, c.channel, c.explicit,
       c.method <> '' AND length(c.evidence_sha256) = 64 AND length(c.text_shown_sha256) = 64,
       c.whitelist_id = f.whitelist_id, us(c.given_at), us(c.expires_at), us(c.withdrawn_at))
       ORDER BY c.given_at, c.id)
     FROM compliance_consent c JOIN compliance_whitelist w ON w.id = c.whitelist_id
     WHERE c.person_id = %(person)s AND w.principal_id = f.principal_id),
  'refusals', (SELECT json_agg(json_build_array(r.id, us(r.recorded_at), r.source, r.everywhere,
       coalesce(r.principal_id = f.principal_id, false), r.industry = f.industry,
       nullif(r.purpose, '')) ORDER BY r.recorded_at, r.id)
     FROM compliance_refusal r WHERE r.person_id = %(person)s),
  'attempts', (SELECT json_agg(json_build_array(us(t.issued_at),
       g.principal_id = f.principal_id, g.purpose,
       t.state = 'redeemed' OR (t.state = 'issued' AND t.expires_at > %(now)s),
       t.redeemed_at IS NOT NULL, t.result = 'answered', t.talk_seconds >= %(talked)s)
       ORDER BY t.issued_at, t.id)
     FROM compliance_permit t JOIN compliance_campaignfiling g ON g.id = t.filing_id
     WHERE t.person_id = %(person)s
       AND (t.issued_at > %(since)s OR t.state IN ('issued', 'redeemed'))),
  'stale', EXISTS (SELECT 1 FROM compliance_permit t WHERE t.state = 'issued'
     AND t.expires_at <= %(now)s AND (t.person_id = %(person)s OR t.seat_id = %(seat)s)),
  'seat', (SELECT json_build_array(s.active,
       (SELECT count(*) FROM compliance_permit t WHERE t.seat_id = s.id
          AND (t.state = 'redeemed' OR (t.state = 'issued' AND t.expires_at > %(now)s))),
       (SELECT json_build_array(count(*), us(min(t.issued_at))) FROM compliance_permit t
          WHERE t.seat_id = s.id AND t.issued_at > %(hour)s),
       (SELECT json_build_array(count(*), us(min(t.issued_at))) FROM compliance_permit t
          WHERE t.seat_id = s.id AND t.issued_at > %(day)s))
     FROM compliance_seat s WHERE s.id = %(seat)s),
  'caller_day', (SELECT json_build_array(count(*), us(min(t.issued_at)))
     FROM compliance_permit t WHERE t.caller_number_id = f.caller_number_id
       AND t.issued_at > %(day)s),
  'trunk_open', (SELECT count(*) FROM compliance_permit t WHERE t.trunk_id = f.trunk_id
     AND (t.state = 'redeemed' OR (t.state = 'issued' AND t.expires_at > %(now)s)))
)::text FROM compliance_campaignfiling f WHERE f.id = %(filing)s
""".replace("us(", "compliance_us(")


class FactsUnavailableError(Exception):
    """What a decision needs could not be read; there is no call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReading:
    """The facts of one call, with what the gate itself needs beside them."""

    facts: CallFacts
    filing: CampaignFiling
    epoch: int
    seats: int  # registered, whether or not active
    stale_permits: bool  # expired ones that still occupy the person or the seat
    decided_before: bool  # the request was already answered


def read_call(
    *,
    filing_id: int,
    person_id: int,
    seat_id: int | None,
    request: UUID,
    at: datetime,
    now: datetime,
) -> CallReading:
    """Read all facts of one call in one snapshot.

    `at` is the instant that the call is judged for, `now` what the asking host's clock shows.

    :raises FactsUnavailableError: if the filing or the person does not exist
    """
    row = _row(filing_id=filing_id, person_id=person_id, seat_id=seat_id, request=request, now=at)
    filing, filing_facts = filing_facts_at_epoch(filing_id=filing_id, epoch=row["epoch"])
    return CallReading(
        facts=CallFacts(
            at=at,
            filing=replace(filing_facts, at=at),
            callee=_callee(row["person"]),
            whitelist_version=row["whitelist_version"],
            consents=tuple(_consent(item) for item in row["consents"] or ()),
            refusals=tuple(_refusal(item) for item in row["refusals"] or ()),
            attempts=tuple(_attempt(item) for item in row["attempts"] or ()),
            seat=_seat(seat_id, row["seat"]),
            line=LineFacts(
                caller_day=_use(row["caller_day"]), trunk_open_permits=row["trunk_open"]
            ),
            calendar=calendar_facts(on=(at + LOCAL).date()),
            health=_health(row, now),
        ),
        filing=filing,
        epoch=row["epoch"],
        seats=row["seats"],
        stale_permits=row["stale"],
        decided_before=row["known"],
    )


def _row(
    *, filing_id: int, person_id: int, seat_id: int | None, request: UUID, now: datetime
) -> dict[str, Any]:
    found = prepared(
        _SQL,
        {
            "filing": filing_id,
            "person": person_id,
            "seat": seat_id,
            "request": request,
            "now": now,
            "since": now - LOOK_BACK,
            "hour": now - timedelta(hours=1),
            "day": now - timedelta(days=1),
            "talked": CONVERSATION_SECONDS,
        },
    )
    row = found.fetchone()
    facts: dict[str, Any] = {} if row is None else json.loads(row[0])
    if facts.get("person") is None:
        raise FactsUnavailableError("The campaign or the person of the request does not exist.")
    return facts


def _instant(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def _instant_or_none(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else _instant(microseconds)


def _callee(row: dict[str, Any]) -> CalleeFacts:
    return CalleeFacts(
        digest=row["index"], number_class=row["class"], provinces=tuple(row["provinces"])
    )


def _consent(row: list[Any]) -> ConsentFacts:
    return ConsentFacts(
        id=row[0],
        basis=row[1],
        purpose=row[2],
        channel=row[3],
        explicit=row[4],
        evidenced=row[5],
        on_whitelist=row[6],
        given_at=_instant(row[7]),
        expires_at=_instant_or_none(row[8]),
        withdrawn_at=_instant_or_none(row[9]),
    )


def _refusal(row: list[Any]) -> RefusalFacts:
    return RefusalFacts(
        id=row[0],
        at=_instant(row[1]),
        source=row[2],
        everywhere=row[3],
        same_principal=row[4],
        same_industry=row[5],
        purpose=row[6],
        lift=None,
    )


def _attempt(row: list[Any]) -> AttemptFacts:
    return AttemptFacts(
        at=_instant(row[0]),
        same_principal=row[1],
        purpose=row[2],
        open=row[3],
        rang=row[4],
        answered=row[5],
        conversation=bool(row[5] and row[6]),
    )


def _use(row: list[Any]) -> UseFacts:
    return UseFacts(count=row[0], oldest_at=_instant_or_none(row[1]))


def _seat(seat_id: int | None, row: list[Any] | None) -> SeatFacts | None:
    if seat_id is None or row is None:
        return None
    return SeatFacts(
        id=seat_id, active=row[0], open_permits=row[1], hour=_use(row[2]), day=_use(row[3])
    )


def _health(row: dict[str, Any], now: datetime) -> HealthFacts:
    return HealthFacts(
        clock_skew_ms=round(abs((now - _instant(row["now_us"])).total_seconds()) * 1000),
        clock_kind="demo" if row["demo"] else "system",
        carrier_trunks=row["carrier_trunks"],
        audit_writable=row["audit_writable"],
        ledger_readable=True,  # this very row is the proof
        stopped=tuple(sorted(row["stopped"] or ())),
    )
