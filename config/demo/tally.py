"""Count a run of the demo: our own ledger on one side, the carrier's records on the other."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db.models import Sum

from audit.models import AuditEntry
from audit.sealing.status import sealing_status
from compliance import clock
from compliance.models import Decision, DemoClock, Permit, Refusal
from compliance.rulebook.decision import Verdict
from compliance.services.person_for_number import number_of
from config.demo.house import ACTOR
from config.demo.proof import verified
from dialer.lines.carrier.records import InviteRecord, read
from dialer.models import Attempt, Lead, Recording
from dialer.reconcile.comparison import Span
from dialer.reconcile.run import reconcile
from dialer.reconcile.witness_csv import read_records

SPENT = [Permit.State.REDEEMED, Permit.State.CLOSED]
ON_ITS_WAY = timedelta(seconds=5)  # from a redemption to the carrier, at the very most


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The figures of one run, as the last line of `demo --json` gives them."""

    figures: dict[str, Any]

    @property
    def agrees(self) -> bool:
        """Return whether wire, permits and trail agree, and no call came after a refusal."""
        same = ("invites_sent", "invites_seen_by_carrier", "permits_redeemed")
        return (
            len({self.figures[name] for name in same}) == 1
            and self.figures["unpermitted_invites"] == 0
            and self.figures["calls_after_refusal"] == 0
            and self.figures["reconcile_unmatched"] == 0
            and self.figures["verify_ok"]
        )


def tally(*, since: datetime, carrier_records: Path) -> Tally:
    """Count everything from the demo instant `since` on."""
    decisions = Decision.objects.filter(at__gte=since, kind=Decision.Kind.PERMIT)
    permits = Permit.objects.filter(issued_at__gte=since)
    seen = read(carrier_records)
    placed = _placed(seen)
    return Tally(
        figures={
            "leads": Lead.objects.count(),
            "decisions": decisions.count(),
            "permits_issued": permits.count(),
            "permits_refused": decisions.filter(verdict=Verdict.REFUSE.value).count(),
            "permits_deferred": decisions.filter(verdict=Verdict.DEFER.value).count(),
            "permits_redeemed": permits.filter(state__in=SPENT).count(),
            "invites_sent": Attempt.objects.exclude(call_id="").count(),
            "invites_seen_by_carrier": len(seen),
            "unpermitted_invites": sum(permit is None for _, permit in placed),
            "answered": permits.filter(result="answered").count(),
            **_recorded(),
            "refusals_recorded": Refusal.objects.filter(recorded_at__gte=since).count(),
            "reconcile_unmatched": _unmatched(carrier_records),
            "calls_after_refusal": sum(_came_after_refusal(*call) for call in placed),
            "audit_entries": AuditEntry.objects.count(),
            **_proved(bundle=carrier_records.with_name("bundle")),
            "refused_by_rule": _by_rule(decisions.exclude(verdict=Verdict.ALLOW.value)),
        }
    )


def _recorded() -> dict[str, Any]:
    """Count the recordings of calls in which something was said, and those that are not whole."""
    heard = Recording.objects.filter(bytes__gt=0)
    return {
        "recordings": heard.count(),
        "recordings_cut": Recording.objects.filter(state=Recording.State.CUT).count(),
        "recordings_open": Recording.objects.filter(state=Recording.State.OPEN).count(),
        "recording_bytes": heard.aggregate(total=Sum("bytes"))["total"] or 0,
    }


def _proved(*, bundle: Path) -> dict[str, Any]:
    """Return what can be shown to somebody who trusts nobody here."""
    sealing = sealing_status()
    verdict = verified(folder=bundle, actor=ACTOR, now=clock.read())
    return {
        "sealed_entries": sealing.size,
        "checkpoint_size": sealing.checkpoint_size,
        "verify_ok": verdict.ok,
        "vkey": verdict.vkey,
    }


def _unmatched(carrier_records: Path) -> int:
    """Count what one of the three counts of the run has and another lacks, call by call."""
    begun = DemoClock.objects.get().started_at - timedelta(days=1)
    span = Span(since=begun, until=begun + timedelta(days=3650))
    return len(reconcile(span=span, witnesses=[read_records(carrier_records)]).found.unmatched)


def _by_rule(decisions: Any) -> dict[str, int]:
    rules = Counter(
        rule for row in decisions.values_list("objecting_rules", flat=True) for rule in row
    )
    return dict(sorted(rules.items()))


def _placed(seen: list[InviteRecord]) -> list[tuple[InviteRecord, Permit | None]]:
    """Give each of the carrier's INVITEs the spent permit that allows exactly it, if there is one.

    A line process that was killed right after an INVITE has not noted its Call-ID. Its permit is
    known by the numbers and the moment, and like any other is good for one INVITE only.
    """
    attempts = Attempt.objects.filter(permit__state__in=SPENT)
    attempts = attempts.select_related("permit__person", "permit__caller_number")
    named = {attempt.call_id: attempt.permit for attempt in attempts if attempt.call_id}
    nameless = [attempt.permit for attempt in attempts if not attempt.call_id]
    placed: list[tuple[InviteRecord, Permit | None]] = []
    for invite in seen:
        permit = named.pop(invite.call_id, None)
        if permit is None:
            permit = next((one for one in nameless if _just_spent(one, invite)), None)
            nameless = [one for one in nameless if one is not permit]
        placed.append((invite, permit if permit and _fits(invite, permit) else None))
    return placed


def _just_spent(permit: Permit, invite: InviteRecord) -> bool:
    if permit.redeemed_at is None or not _fits(invite, permit):
        return False
    return timedelta() <= _shown(invite) - permit.redeemed_at < ON_ITS_WAY


def _fits(invite: InviteRecord, permit: Permit) -> bool:
    callee, caller = number_of(permit.person), permit.caller_number.number
    shown = (invite.from_number, invite.pai_number)
    called = (invite.request_uri_number, invite.to_number)
    return shown == (caller, caller) and called == (callee, callee)


def _shown(invite: InviteRecord) -> datetime:
    """Return what the demo's clock showed when the INVITE reached the carrier."""
    stated = DemoClock.objects.get()
    return stated.base_at + (invite.received_at - stated.started_at)


def _came_after_refusal(invite: InviteRecord, permit: Permit | None) -> bool:
    """Tell whether a refusal that covers the INVITE's call was on record before it."""
    if permit is None:
        return False
    filing = permit.filing
    at = _shown(invite)
    refusals = Refusal.objects.filter(person_id=permit.person_id, recorded_at__lt=at)
    return any(
        refusal.purpose in ("", filing.purpose)
        and (
            refusal.everywhere
            or refusal.principal_id == filing.principal_id
            or refusal.industry == filing.industry
        )
        for refusal in refusals
    )
