"""Everything that the rules may know about one call, read in one statement."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.pq.abc import PGresult

from audit.round_trips import Statement, send_together
from compliance.ages import age_group
from compliance.calendars import calendar_facts
from compliance.models import CampaignFiling
from compliance.rulebook.facts import (
    ATTEMPT_DAYS,
    REJECTED_DAYS,
    AttemptFacts,
    CalleeFacts,
    CallFacts,
    ChosenTimeFacts,
    ConsentFacts,
    HealthFacts,
    LiftFacts,
    LineFacts,
    RefusalFacts,
    SeatFacts,
    UseFacts,
)
from compliance.selectors.call_sql import OF_MANY, OF_ONE
from compliance.selectors.filing_facts import filing_facts_at_epoch
from compliance.selectors.protected_numbers import protected_indexes
from compliance.selectors.seat_facts import seats_at_epoch
from compliance.selectors.standing_facts import Standing, standing_at_epoch
from compliance.selectors.vouched_consents import Vouched, vouched_at_epoch

LOOK_BACK = timedelta(days=ATTEMPT_DAYS)  # the longest window that any rule counts over
REJECTED_BACK = timedelta(days=REJECTED_DAYS)  # … but for the calls that the person turned away
CONVERSATION_SECONDS = 5  # RULEBOOK REF-06: shorter is an early hang-up
LOCAL = timedelta(hours=8)  # China has kept one zone without summer time since 1991
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CallQuestion:
    """Which call: the campaign's, to a person, by a seat, judged for an instant."""

    filing_id: int
    person_id: int
    seat_id: int | None
    request: UUID
    at: datetime  # the instant that the call is judged for
    now: datetime  # what the asking host's clock shows

    def statement(self) -> Statement:
        """Return the one statement that reads all facts of the call in one snapshot."""
        return Statement(OF_ONE, self._values(self.person_id))

    def statement_of_many(self, person_ids: Sequence[int]) -> Statement:
        """Return the statement that reads the facts of the same call to each of many people."""
        return Statement(OF_MANY, self._values(f"{{{','.join(map(str, person_ids))}}}"))

    def _values(self, whom: int | str) -> list[Any]:
        at = self.at
        since, hour, day = at - LOOK_BACK, at - timedelta(hours=1), at - timedelta(days=1)
        call = (self.filing_id, whom, self.seat_id, self.request)
        return [*call, at, since, hour, day, CONVERSATION_SECONDS]

    def reading(self, answer: PGresult) -> CallReading:
        """Read what the database answered.

        :raises FactsUnavailableError: if the filing or the person does not exist
        """
        value = answer.get_value(0, 0)
        facts: dict[str, Any] = {} if value is None else json.loads(value)
        if facts.get("person") is None:
            raise FactsUnavailableError("The request's campaign or person does not exist.")
        return _reading(self, facts)


def read_call(question: CallQuestion) -> CallReading:
    """Read all facts of one call.

    :raises FactsUnavailableError: if the filing or the person does not exist
    """
    (answer,) = send_together(question.statement())
    return question.reading(answer)


def read_calls(question: CallQuestion, batches: Iterable[Sequence[int]]) -> Iterator[CallReading]:
    """Read the facts of the call to each of many people, in the order given, `person_id` or not.

    What does not hang on the person is read once and stands for all, the clock included: call it
    inside a transaction of one snapshot. People who do not exist are left out.

    :raises FactsUnavailableError: if the filing does not exist
    """
    shared: dict[str, Any] | None = None
    for person_ids in batches:
        (answer,) = send_together(question.statement_of_many(person_ids))
        value, people = answer.get_value(0, 0), answer.get_value(0, 1)
        if value is None:
            raise FactsUnavailableError("The campaign does not exist.")
        shared = shared or json.loads(value)
        for row in json.loads(people or b"[]"):
            if row["person"] is not None:
                yield _reading(question, shared | row)


def _reading(question: CallQuestion, row: dict[str, Any]) -> CallReading:
    at, now = question.at, question.now
    epoch = row["epoch"]
    filing, filing_facts = filing_facts_at_epoch(filing_id=question.filing_id, epoch=epoch)
    standing = standing_at_epoch(epoch)
    today = (at + LOCAL).date()
    vouched = vouched_at_epoch(filing_id=question.filing_id, epoch=epoch)
    return CallReading(
        facts=CallFacts(
            at=at,
            filing=replace(filing_facts, at=at),
            callee=_callee(row["person"], standing, today),
            whitelist_version=row["whitelist_version"],
            consents=tuple(_consent(item, vouched) for item in row["consents"] or ()),
            refusals=tuple(_refusal(item) for item in row["refusals"] or ()),
            attempts=tuple(_attempt(item) for item in row["attempts"] or ()),
            chosen_times=_chosen_times(row["chosen_time"]),
            seat=_seat(question.seat_id, row["seat"], epoch, standing),
            line=LineFacts(
                caller_day=_use(row["caller_day"]),
                trunk_open_permits=row["trunk_open"],
                robot_open_permits=row["robot_open"],
            ),
            calendar=calendar_facts(on=today, years=standing.years, quiet=standing.quiet),
            health=_health(row, standing.stops(filing, row["person"]["provinces"]), standing, now),
        ),
        filing=filing,
        epoch=epoch,
        seats=standing.seats,
        stale_permits=row["stale_person"] or row["stale_seat"],
        decided_before=row["known"],
    )


def _instant(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def _instant_or_none(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else _instant(microseconds)


def _callee(row: dict[str, Any], standing: Standing, today: date) -> CalleeFacts:
    digest, minor_until = row["index"], row["minor_until"]
    return CalleeFacts(
        digest=digest,
        number_class=row["class"],
        provinces=tuple(row["provinces"]),
        canary=digest in standing.canaries,
        age_group="" if minor_until is None else age_group(minor_until, today=today),
        places_version=row["places"],
        protected=digest in protected_indexes(standing.protected),
        vacant_at=_instant_or_none(row["vacant_at"]),
        checked_at=_instant_or_none(row["checked_at"]),
        external_lists=tuple(standing.list_codes[pk] for pk in row["listed"] or ()),
    )


def _consent(row: list[Any], vouched: Vouched) -> ConsentFacts:
    return ConsentFacts(
        id=row[0],
        basis=row[1],
        purpose=row[2],
        channel=row[3],
        explicit=row[4],
        evidenced=row[5],
        on_whitelist=row[6],
        form_reviewed=row[11] in vouched.texts,
        sample=vouched.sample(row[0]),
        ai_allowed=row[12],
        sensitive_allowed=row[13],
        requested=row[14],
        given_at=_instant(row[7]),
        expires_at=_instant_or_none(row[8]),
        withdrawn_at=_instant_or_none(row[9]),
        policy_ends_on=None if row[10] is None else date.fromisoformat(row[10]),
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
        lift=None if row[7] is None else _lift(row[7]),
    )


def _lift(row: list[Any]) -> LiftFacts:
    return LiftFacts(
        consent_given_at=_instant(row[0]), outside_a_call=row[1], approvers=tuple(row[2])
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
        abandoned=bool(row[7]),
        rejected=row[8],
        consent_id=row[9],
    )


def _chosen_times(row: list[Any] | None) -> tuple[ChosenTimeFacts, ...]:
    if row is None:
        return ()
    return (ChosenTimeFacts(from_at=_instant(row[0]), until_at=_instant(row[1])),)


def _use(row: list[Any]) -> UseFacts:
    return UseFacts(count=row[0], oldest_at=_instant_or_none(row[1]))


def _seat(
    seat_id: int | None, row: list[Any] | None, epoch: int, standing: Standing
) -> SeatFacts | None:
    if seat_id is None or row is None:
        return None
    seat = seats_at_epoch(epoch).get(seat_id)
    if seat is None:
        return None
    used, ready_at, on_duty_since = row[2], row[3], row[4]
    return replace(
        seat,
        active=row[0],
        overruled=standing.overruled.get(seat_id, 0),
        open_permits=row[1],
        hour=_use(used[:2]),
        day=_use(used[2:4]),
        ready_at=_instant_or_none(ready_at),
        on_duty_since=_instant_or_none(on_duty_since),
        last_rang_at=_instant_or_none(used[4]),
        last_talk_ended_at=_instant_or_none(used[5]),
    )


def _health(
    row: dict[str, Any], stopped: tuple[str, ...], standing: Standing, now: datetime
) -> HealthFacts:
    sealing_stop, sealing_lag_s = row["sealing"] or (None, None)
    return HealthFacts(
        clock_skew_ms=round(abs((now - _instant(row["now_us"])).total_seconds()) * 1000),
        clock_kind="demo" if row["demo"] else "system",
        carrier_trunks=standing.carrier_trunks,
        audit_writable=row["audit_writable"],
        ledger_readable=True,  # this very row is the proof
        sealing_lag_s=sealing_lag_s,
        sealing_stop=sealing_stop,
        stopped=stopped,
    )
