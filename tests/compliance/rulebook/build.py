"""Facts for tests: an allowed call, of which a test states only what it is about."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from compliance.rulebook.facts import (
    AbandonmentFacts,
    AttemptFacts,
    CalendarFacts,
    CalleeFacts,
    CallerFacts,
    CallFacts,
    ChannelFacts,
    ConsentFacts,
    DeploymentFacts,
    DocumentFacts,
    ExternalListFacts,
    FilingFacts,
    HealthFacts,
    LicenceFacts,
    LiftFacts,
    LineFacts,
    ListFacts,
    MandateFacts,
    OutletFacts,
    QuietFacts,
    RefusalFacts,
    ResumeFacts,
    ScriptFacts,
    SeatFacts,
    SuspensionFacts,
    TrunkFacts,
    UseFacts,
)
from compliance.rulebook.local import LocalClock

BEIJING = LocalClock.at_offset(8)
WORKDAY_MORNING = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)  # Wednesday, 10:00 in Beijing
T = TypeVar("T")


def beijing(text: str) -> datetime:
    """Return the instant of a Beijing time such as "2026-03-11 10:00"."""
    return (datetime.fromisoformat(text) - timedelta(hours=8)).replace(tzinfo=UTC)


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
            stopped=(),
        ),
    )
    return changed(facts, changes)


def make_filing(**changes: Any) -> FilingFacts:
    """Return the filing of an active campaign of a licensed call centre, with changes."""
    return changed(
        FilingFacts(
            at=WORKDAY_MORNING,
            regime="b24_operator",
            licence=LicenceFacts(
                kind="B24",
                valid_from=date(2000, 1, 1),
                expires_on=date(2099, 12, 31),
                holder_is_operator=True,
                area=("CN",),
            ),
            purpose="P3",
            industry="insurance",
            script_offers=False,
            sensitive_data=False,
            missing_elements=(),
            author=1,
            approver=2,
            state="active",
            mandate=MandateFacts(
                valid_from=date(2000, 1, 1), valid_until=date(2099, 12, 31), has_contract=True
            ),
            trunk=TrunkFacts(
                kind="carrier",
                active=True,
                missing=(),
                entity_is_operator=True,
                sub_leased=False,
                permitted_purposes=("P1", "P2", "P3", "P4", "P5", "P6", "P7"),
                reviewed_on=local_date(changes.get("at", WORKDAY_MORNING)),
                max_calls=30,
                barred_provinces=(),
                access_province="CN-BJ",
            ),
            caller=CallerFacts(
                number="95135678",
                number_class="service_95",
                holder_is_operator=True,
                callout_opened=True,
                valid_from=date(2000, 1, 1),
                certificate_until=date(2099, 12, 31),
                on_trunk=True,
                numbers_of_campaign=1,
                letters=("no_harassment", "no_illegal_calls"),
                unfiled=(),
                called_back_on=local_date(changes.get("at", WORKDAY_MORNING)),
                call_back_works=True,
                in_use_since=date(2020, 1, 1),
                others_marked_on=(),
                replaces=False,
                change_approved=False,
            ),
            contracts_ended=(),
            documents=documents(
                "insurance_licence",
                "dedicated_number",
                "project_filing",
            ),
            deployment=DeploymentFacts(
                operator_matches=True,
                regime=changes.get("regime") or "b24_operator",
                data_location="CN",
                abroad=(),
                rents_seats=False,
            ),
            channels=make_channels(changes.get("at", WORKDAY_MORNING)),
            external_lists=(),
            complaints_due=(),
            suspensions=(),
            script=ScriptFacts(
                sha256="5c" * 32,
                intact=True,
                for_principal=True,
                for_purpose=True,
                author=1,
                approver=2,
                faults=(),
            ),
            lists=(make_list_facts(changes.get("at", WORKDAY_MORNING)),),
            robot=False,
            says_machine=False,
            takes_refusal=True,
            offers_person=False,
            renews_policies=False,
            abandonment=AbandonmentFacts(
                answered_day=0, abandoned_day=0, answered_month=0, abandoned_month=0
            ),
        ),
        changes,
    )


def make_list_facts(at: datetime = WORKDAY_MORNING, **changes: Any) -> ListFacts:
    """Return an open list of the campaign's own, collected a month ago, with changes."""
    return changed(
        ListFacts(
            id=3,
            state="open",
            cause="",
            same_principal=True,
            same_purpose=True,
            collected_on=local_date(at - timedelta(days=30)),
        ),
        changes,
    )


def make_channels(at: datetime = WORKDAY_MORNING) -> tuple[ChannelFacts, ...]:
    """Return a good test of each channel that has to work, as of this moment."""
    return tuple(
        ChannelFacts(channel=channel, alive=True, tested_at=at)
        for channel in ("key_9", "letter", "web")
    )


def make_external_list(**changes: Any) -> ExternalListFacts:
    """Return a fresh list of others that binds the filing's industry, with changes."""
    return changed(
        ExternalListFacts(code="association", version="7", as_of=WORKDAY_MORNING), changes
    )


def documents(*kinds: str) -> tuple[DocumentFacts, ...]:
    """Return industry documents that are valid in any year."""
    return tuple(
        DocumentFacts(
            kind=kind,
            valid_from=date(2000, 1, 1),
            valid_until=date(2099, 12, 31),
            names_caller=True,
        )
        for kind in kinds
    )


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


def local_date(at: datetime) -> date:
    return date.fromordinal(BEIJING.day(at))


def changed(record: T, changes: Mapping[str, Any]) -> T:
    """Return a copy with changes, also to the records inside it."""
    flat: dict[str, Any] = {}
    inner: dict[str, dict[str, Any]] = {}
    for name, value in changes.items():
        field, _, rest = name.partition("__")
        if rest:
            inner.setdefault(field, {})[rest] = value
        else:
            flat[field] = value
    nested = {field: changed(getattr(record, field), rest) for field, rest in inner.items()}
    return replace(record, **flat, **nested)  # type: ignore[type-var]
