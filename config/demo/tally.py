"""Count a run of the demo: our own ledger on one side, the carrier's records on the other."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from audit.models import AuditEntry
from compliance.models import Decision, DemoClock, Permit, Refusal
from compliance.rulebook.decision import Verdict
from compliance.services.person_for_number import number_of
from dialer.lines.carrier_records import InviteRecord, read
from dialer.models import Attempt, Lead

SPENT = [Permit.State.REDEEMED, Permit.State.CLOSED]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The figures of one run, as the last line of `demo --json` gives them."""

    figures: dict[str, Any]

    @property
    def agrees(self) -> bool:
        """Return whether the wire equals the permits and nobody was called after refusing."""
        same = ("invites_sent", "invites_seen_by_carrier", "permits_redeemed")
        return (
            len({self.figures[name] for name in same}) == 1
            and self.figures["unpermitted_invites"] == 0
            and self.figures["calls_after_refusal"] == 0
        )


def tally(*, since: datetime, carrier_records: Path) -> Tally:
    """Count everything from the demo instant `since` on."""
    decisions = Decision.objects.filter(at__gte=since, kind=Decision.Kind.PERMIT)
    permits = Permit.objects.filter(issued_at__gte=since)
    seen = read(carrier_records)
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
            "unpermitted_invites": _unpermitted(seen),
            "answered": permits.filter(result="answered").count(),
            "refusals_recorded": Refusal.objects.filter(recorded_at__gte=since).count(),
            "calls_after_refusal": _after_refusal(seen),
            "audit_entries": AuditEntry.objects.count(),
            "refused_by_rule": _by_rule(decisions.exclude(verdict=Verdict.ALLOW.value)),
        }
    )


def _by_rule(decisions: Any) -> dict[str, int]:
    rules = Counter(
        rule for row in decisions.values_list("objecting_rules", flat=True) for rule in row
    )
    return dict(sorted(rules.items()))


def _unpermitted(seen: list[InviteRecord]) -> int:
    """Count the carrier's INVITEs that are not exactly what a spent permit allows."""
    allowed = {attempt.call_id: attempt.permit for attempt in _attempts()}
    return sum(not _fits(invite, allowed.pop(invite.call_id, None)) for invite in seen)


def _attempts() -> Any:
    calls = Attempt.objects.exclude(call_id="").filter(permit__state__in=SPENT)
    return calls.select_related("permit__person", "permit__caller_number")


def _fits(invite: InviteRecord, permit: Permit | None) -> bool:
    if permit is None:
        return False
    callee, caller = number_of(permit.person), permit.caller_number.number
    shown = (invite.from_number, invite.pai_number)
    called = (invite.request_uri_number, invite.to_number)
    return shown == (caller, caller) and called == (callee, callee)


def _after_refusal(seen: list[InviteRecord]) -> int:
    """Count the carrier's INVITEs that reached it after a refusal that covers them."""
    clock = DemoClock.objects.get()
    by_call = {attempt.call_id: attempt.permit for attempt in _attempts()}
    late = 0
    for invite in seen:
        permit = by_call.get(invite.call_id)
        if permit is None:
            continue
        shown = clock.base_at + (invite.received_at - clock.started_at)
        late += _refused_before(permit, shown)
    return late


def _refused_before(permit: Permit, at: datetime) -> bool:
    filing = permit.filing
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
