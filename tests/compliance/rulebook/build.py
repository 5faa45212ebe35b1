"""Facts for tests: an allowed call, of which a test states only what it is about."""

from datetime import date, datetime, timedelta
from typing import Any

from compliance.rulebook.facts import (
    AttemptFacts,
    CalendarFacts,
    CalleeFacts,
    CallFacts,
    ConsentFacts,
    HealthFacts,
    LiftFacts,
    LineFacts,
    OutletFacts,
    QuietFacts,
    RefusalFacts,
    ResumeFacts,
    SeatFacts,
    SuspensionFacts,
    UseFacts,
)
from tests.compliance.rulebook.changing import changed
from tests.compliance.rulebook.filings import make_filing
from tests.compliance.rulebook.instants import WORKDAY_MORNING, local_date


def make_facts(**changes: Any) -> CallFacts:
    """Return the facts of an allowed P3 call on a workday morning, with changes.

    A change names a field of `CallFacts`, or a field inside one with two underscores between:
    `make_facts(filing__regime="self_use", health__clock_skew_ms=None)`. `at` moves the call and
    its filing, and the calendar unless that is given, too; `purpose` moves filing and consent.
    """
    at = changes.pop("at", WORKDAY_MORNING)
    purpose = changes.pop("purpose", "P3")
    if isinstance(changes.get("filing__regime"), str):  # the deployment pack says the same
        changes.setdefault("filing__deployment__regime", changes["filing__regime"])
    facts = CallFacts(
        at=at,
        filing=make_filing(at=at, purpose=purpose),
        callee=CalleeFacts(
            digest="5b" * 32,
            number_class="mobile",
            provinces=("CN-BJ",),
            canary=False,
            age_group="",
            places_version="test",
            protected=False,
            vacant_at=None,
            checked_at=None,
            external_lists=(),
        ),
        whitelist_version=3,
        consents=(make_consent(purpose=purpose),),
        refusals=(),
        attempts=(),
        chosen_times=(),
        seat=SeatFacts(
            id=7,
            active=True,
            overruled=0,
            named=True,
            trained_on=local_date(at),
            points=(),
            outlet=OutletFacts(
                active=True,
                inspected_on=date(2020, 1, 1),
                seats=5,
                links=(),
                held=False,
            ),
            open_permits=0,
            hour=UseFacts(count=0, oldest_at=None),
            day=UseFacts(count=0, oldest_at=None),
            ready_at=at - timedelta(seconds=1),
            on_duty_since=at - timedelta(minutes=5),
            last_rang_at=None,
            last_talk_ended_at=None,
        ),
        line=LineFacts(
            caller_day=UseFacts(count=0, oldest_at=None),
            trunk_open_permits=0,
            robot_open_permits=0,
        ),
        calendar=make_calendar(at=at),
        health=HealthFacts(
            clock_skew_ms=3,
            clock_kind="system",
            carrier_trunks=1,
            audit_writable=True,
            ledger_readable=True,
            sealing_lag_s=1,
            sealing_stop="",
            stopped=(),
        ),
    )
    return changed(facts, changes)


GROUNDS = {"P4": "contract", "P5": "debt_contract", "P7": "legal_duty"}


def make_consent(**changes: Any) -> ConsentFacts:
    """Return a good consent, or the ground that the purpose needs instead, with changes."""
    purpose = changes.get("purpose", "P3")
    return changed(
        ConsentFacts(
            id=11,
            basis=GROUNDS.get(purpose, "consent"),
            purpose=purpose,
            channel="voice",
            explicit=True,
            evidenced=True,
            on_whitelist=True,
            form_reviewed=True,
            sample="passed",
            ai_allowed=False,
            sensitive_allowed=False,
            requested=True,
            given_at=WORKDAY_MORNING - timedelta(minutes=15 if purpose == "P2" else 120),
            expires_at=None,
            withdrawn_at=None,
            policy_ends_on=None,
        ),
        changes,
    )


def make_refusal(**changes: Any) -> RefusalFacts:
    """Return a refusal said to the campaign's principal, with changes."""
    return changed(
        RefusalFacts(
            id=5,
            at=WORKDAY_MORNING - timedelta(days=400),
            source="key_9",
            everywhere=False,
            same_principal=True,
            same_industry=False,
            purpose=None,
            lift=None,
        ),
        changes,
    )


def make_lift(**changes: Any) -> LiftFacts:
    """Return a lift by the person's own later consent and two people, with changes."""
    return changed(
        LiftFacts(
            consent_given_at=WORKDAY_MORNING - timedelta(days=10),
            outside_a_call=True,
            approvers=(2, 3),
        ),
        changes,
    )


def make_attempt(**changes: Any) -> AttemptFacts:
    """Return an unanswered call of yesterday by the campaign's principal, with changes."""
    return changed(
        AttemptFacts(
            at=WORKDAY_MORNING - timedelta(hours=20),
            same_principal=True,
            purpose="P3",
            open=False,
            rang=True,
            answered=False,
            conversation=False,
            abandoned=False,
            rejected=False,
            consent_id=11,
        ),
        changes,
    )


def make_suspension(**changes: Any) -> SuspensionFacts:
    """Return a suspension of the campaign that stands, with changes."""
    return changed(
        SuspensionFacts(
            scope="campaign",
            cause="rate",
            since=WORKDAY_MORNING - timedelta(days=3),
            until=None,
            resumed=None,
        ),
        changes,
    )


def make_resume(**changes: Any) -> ResumeFacts:
    """Return a resumption after a report by one and approvals by two others, with changes."""
    return changed(
        ResumeFacts(author=1, approvers=(2, 3), at=WORKDAY_MORNING - timedelta(days=1)), changes
    )


def make_calendar(
    *,
    at: datetime = WORKDAY_MORNING,
    days: str | None = None,
    quiet: tuple[QuietFacts, ...] = (),
) -> CalendarFacts:
    """Return a calendar from the day of `at` on, by weekdays unless `days` says otherwise."""
    first = local_date(at)
    by_weekday = "".join("wwwwwoo"[(first.weekday() + ahead) % 7] for ahead in range(45))
    return CalendarFacts(version="test", first_day=first, days=days or by_weekday, quiet=quiet)
