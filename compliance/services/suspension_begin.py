"""Suspend what complaints weigh on: a seat, a campaign, a line, a principal."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from audit import record as audit
from compliance.editions import book_at
from compliance.locks import lock_suspensions
from compliance.models import Complaint, Suspension
from compliance.rulebook.braking import Brake, Chain, campaign_cause, principal_cause
from compliance.selectors.complaint_counts import (
    SUBJECTS,
    campaign_counts,
    last_resumed,
    standing,
    upheld_since,
)
from compliance.selectors.suspension_facts import scope_of

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Numbers:
    brake: Brake
    chain: Chain


def suspend_by_complaint(*, complaint: Complaint, actor: str, now: datetime) -> list[Suspension]:
    """Suspend what an upheld complaint tips over, in the caller's transaction.

    Counts begin anew where calling was resumed after a corrective report.
    """
    lock_suspensions()
    numbers = _numbers(now)
    begun: list[Suspension] = []
    for accused in complaint.accused.order_by("pk").select_related("filing", "principal"):
        for subject in SUBJECTS:
            pk = getattr(accused, f"{subject}_id")
            if pk is None or standing(subject, pk):
                continue
            found = _found(subject, pk, accused, numbers, now)
            if found is not None:
                cause, counts, until = found
                one = Suspension(
                    **{f"{subject}_id": pk},
                    cause=cause,
                    complaint=complaint,
                    counts=counts,
                    begun_at=now,
                    begun_by=actor,
                    until=until,
                )
                begun.append(suspension_begin(one))
    return begun


def suspension_begin(one: Suspension) -> Suspension:
    """Write a suspension down inside the caller's transaction; calls stop with its commit."""
    one.save(force_insert=True)
    audit.record(
        "suspension.begun",
        obj=f"suspension:{one.pk}",
        actor=one.begun_by,
        now=one.begun_at,
        data={
            "scope": scope_of(one),
            "filing": one.filing_id or 0,
            "seat": one.seat_id or 0,
            "trunk": one.trunk_id or 0,
            "principal": one.principal_id or 0,
            "complaint": one.complaint_id or 0,
            "cause": one.cause,
            "counts": dict(one.counts),
            "until": "" if one.until is None else one.until.isoformat(),
        },
    )
    return one


def _numbers(at: datetime) -> _Numbers:
    book = book_at(at)
    brake, chain = book.rule("CN13-CMP-05"), book.rule("CN13-GOV-04")
    assert brake is not None  # noqa: S101 - the shipped pack lists both
    assert chain is not None  # noqa: S101
    return _Numbers(brake=brake.params, chain=chain.params)


def _found(
    subject: str, pk: int, accused: Any, numbers: _Numbers, now: datetime
) -> tuple[str, dict[str, int], datetime | None] | None:
    since = last_resumed(subject, pk)
    brake, chain = numbers.brake, numbers.chain
    in_chain = upheld_since(subject, pk, max(since, now - timedelta(days=chain.window_days)))
    if subject == "filing":
        counts = campaign_counts(
            filing_id=pk,
            since=max(since, now - timedelta(days=brake.window_days)),
            upheld_in_chain=in_chain,
        )
        cause = campaign_cause(counts, brake=brake, chain=chain)
        said = {"upheld": counts.upheld, "connected": counts.connected, "day": counts.worst_day}
        return (cause, said, None) if cause else None
    if subject == "principal":
        in_a_year = upheld_since(subject, pk, max(since, now - YEAR))
        cause = principal_cause(
            industry=accused.principal.industry,
            in_a_year=in_a_year,
            in_chain=in_chain,
            brake=brake,
            chain=chain,
        )
        until = now + timedelta(days=brake.year_days) if cause == "year" else None
        said = {"upheld": in_chain, "in_a_year": in_a_year}
        return (cause, said, until) if cause else None
    most = chain.line if subject == "trunk" else chain.seat
    return ("chain", {"upheld": in_chain}, None) if in_chain >= most else None
