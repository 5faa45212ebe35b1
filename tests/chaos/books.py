"""Compare what a demo has in its database with what the carrier saw; prints one JSON object.

Runs as a process of its own, with the demo's servers and keys:
`python -m tests.chaos.books CARRIER_RECORDS CARRIER_SCRIPT LAST_KILL`.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db.models import QuerySet  # noqa: E402 - Django has to be set up first

from audit.check import findings, orphans  # noqa: E402
from audit.models import AuditEntry  # noqa: E402
from compliance import clock  # noqa: E402
from compliance.models import Decision, DemoClock, Permit, Refusal  # noqa: E402
from compliance.services.person_for_number import number_of  # noqa: E402
from dialer.lines.carrier.records import InviteRecord, read, read_events  # noqa: E402
from dialer.models import Attempt, Lead, SeatSession  # noqa: E402
from dialer.reconcile.comparison import Span  # noqa: E402
from dialer.reconcile.run import reconcile  # noqa: E402
from dialer.reconcile.witness_csv import read_records  # noqa: E402

SPENT = [Permit.State.REDEEMED, Permit.State.CLOSED]
ON_ITS_WAY = timedelta(seconds=5)  # from a redemption to the carrier, at the very most
NEVER_SENT = {"lost", "line_down"}
BUSY = [SeatSession.State.RESERVED, SeatSession.State.ON_CALL]
STAYS_SECONDS = 90.0  # longer than a call of the sample, and than anything waits for a sweep
LOOK_SECONDS = 0.5
TRIES = 5  # to find it at rest


class Wire:
    """The carrier's calls, each with the attempt under which it was placed."""

    def __init__(self, records: Path) -> None:
        """Give every call to an attempt, and every attempt at most one call."""
        calls = Attempt.objects.filter(permit__state__in=SPENT)
        self.attempts = list(calls.select_related("permit__person", "permit__caller_number"))
        self.seen = read(records)
        self.unpermitted: list[str] = []
        self.placed: dict[int, InviteRecord] = {}  # by attempt
        self._shift = _shift()
        named = {a.call_id: a for a in self.attempts if a.call_id}
        nameless = [a for a in self.attempts if not a.call_id]  # killed before it noted the name
        for call in self.seen:
            attempt = named.pop(call.call_id, None) or self._nameless(nameless, call)
            if attempt is None or not self._fits(call, attempt):
                self.unpermitted.append(call.call_id)
            else:
                self.placed[attempt.pk] = call

    def _nameless(self, nameless: list[Attempt], call: InviteRecord) -> Attempt | None:
        found = next((a for a in nameless if self._fits(call, a)), None)
        if found is not None:
            nameless.remove(found)
        return found

    def _fits(self, call: InviteRecord, attempt: Attempt) -> bool:
        permit = attempt.permit
        callee, caller = number_of(permit.person), permit.caller_number.number
        numbers = (call.request_uri_number, call.to_number, call.from_number, call.pai_number)
        if numbers != (callee, callee, caller, caller) or permit.redeemed_at is None:
            return False
        return timedelta() <= call.received_at + self._shift - permit.redeemed_at < ON_ITS_WAY


def wire(records: Path, *, last_kill: datetime) -> dict[str, Any]:
    """Count calls against permits."""
    found = Wire(records)
    silent = [a for a in found.attempts if a.pk not in found.placed]
    numbers = Counter(call.to_number for call in found.seen)
    spent = Counter(number_of(a.permit.person) for a in found.attempts)
    return {
        "calls": len(found.seen),
        "calls_after_the_last_kill": sum(c.received_at > last_kill for c in found.seen),
        "redeemed": Permit.objects.filter(state__in=SPENT).count(),
        "redeemed_without_attempt": _spent().filter(attempt=None).count(),
        "unpermitted": found.unpermitted,
        "call_ids_used_twice": len(found.seen) - len({call.call_id for call in found.seen}),
        "dialled_more_often_than_permitted": [n[-4:] for n in numbers if numbers[n] > spent[n]],
        "nameless_calls": sum(not a.call_id for a in found.attempts if a.pk in found.placed),
        "redeemed_never_sent": dict(Counter(a.result for a in silent)),
        "redeemed_never_sent_not_closed_so": sum(a.result not in NEVER_SENT for a in silent),
        "lost": sum(a.result == "lost" for a in found.attempts),
        "lost_while_its_line_lived": _lost_alive(found),
    }


def _lost_alive(found: Wire) -> int:
    """Count the calls closed as lost although the process that held them went on dialling."""
    last: dict[str, datetime] = {}
    for attempt in found.attempts:
        former = last.get(attempt.line_process, attempt.started_at)
        last[attempt.line_process] = max(former, attempt.started_at)
    return sum(
        a.result == "lost" and a.ended_at is not None and last[a.line_process] > a.ended_at
        for a in found.attempts
        if a.pk in found.placed
    )


def floor() -> dict[str, Any]:
    """Count what hangs, and how leads and calls stand."""
    return {
        "hanging": dict(Counter(kind for kind, *_ in _never_moved())),
        "leads": dict(Counter(Lead.objects.values_list("state", flat=True))),
        "results": dict(Counter(Attempt.objects.values_list("result", flat=True))),
    }


def _never_moved() -> set[tuple[Any, ...]]:
    """Return what is under way and still just so at every look of `STAYS_SECONDS`.

    The demo goes on while this counts: a lead whose wait ends now is due, and a seat is busy with
    it. What hangs is what nobody takes any further.
    """
    left = _under_way()
    deadline = time.monotonic() + STAYS_SECONDS
    while left and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)
        left &= _under_way()
    return left


def _under_way() -> set[tuple[Any, ...]]:
    rows = {
        "lead due": Lead.objects.due(now=clock.read()).values_list("pk", "due_at"),
        "lead claimed": Lead.objects.filter(state=Lead.State.CLAIMED).values_list("pk", "due_at"),
        "permit open": Permit.objects.open().values_list("pk"),
        "attempt open": Attempt.objects.filter(ended_at=None).values_list("pk"),
        "seat busy": SeatSession.objects.filter(state__in=BUSY).values_list("pk", "since"),
    }
    return {(kind, *row) for kind, found in rows.items() for row in found}


def trail() -> dict[str, Any]:
    """Count rows without exactly one entry in the audit trail, and entries that are not well."""
    closed = Attempt.objects.exclude(ended_at=None)
    gate = Decision.objects.filter(kind=Decision.Kind.PERMIT)
    denied = gate.exclude(verdict=Decision.Verdict.ALLOW)
    return {
        "permits_not_issued_once": _not_once("permit.issued", "permit", Permit.objects.all()),
        "permits_not_redeemed_once": _not_once("permit.redeemed", "permit", _spent()),
        "calls_not_ended_once": _not_once("call.ended", "attempt", closed),
        "refusals_not_recorded_once": _not_once("refusal.recorded", "refusal", Refusal.objects),
        "denials_not_recorded_once": _not_once(
            ("permit.refused", "permit.deferred"), "decision", denied
        ),
        "entries": AuditEntry.objects.count(),
        "entries_not_well": sum(1 for _ in findings(AuditEntry.objects.all()))
        + sum(1 for _ in orphans()),
    }


def _not_once(actions: str | tuple[str, ...], kind: str, rows: Any) -> int:
    """Count the rows whose entries are not exactly one, and the entries without their row."""
    names = (actions,) if isinstance(actions, str) else actions
    entries = AuditEntry.objects.filter(action__in=names).values_list("object", flat=True)
    counted = Counter(entries)
    wanted = {f"{kind}:{pk}" for pk in rows.values_list("pk", flat=True)}
    return sum(counted[name] != 1 for name in wanted | set(counted))


def refusals(records: Path, script: Path) -> dict[str, Any]:
    """Follow every person who pressed 9: recorded, or in a call that is closed as lost."""
    presses = {
        number
        for number, phone in json.loads(script.read_text())["numbers"].items()
        if phone["behaviour"] == "key9"
    }
    found = Wire(records)
    by_call = {call.call_id: attempt for attempt, call in _pairs(found)}
    events = read_events(records)
    talked = {e.call_id for e in events if e.kind == "acknowledged"}
    hung_up = {e.call_id for e in events if e.kind == "ended" and e.detail.startswith("by caller")}
    answered = {c.call_id for c in found.seen if c.to_number in presses} & talked
    said = _with_refusal(Permit.objects.all())
    recorded = {name for name in answered if by_call[name].permit_id in said}
    missing = answered - recorded
    return {
        "answered_by_who_presses_9": len(answered),
        "recorded": len(recorded),
        "not_recorded": _results(missing, by_call),
        "not_recorded_and_not_lost": [n for n in missing if by_call[n].result != "lost"],
        "we_hung_up": len(answered & hung_up),
        "we_hung_up_and_did_not_record": _results((missing & hung_up) - _left(by_call), by_call),
        "calls_after_a_refusal": _after_refusal(found),
    }


def _left(by_call: Mapping[str, Attempt]) -> set[str]:
    """Return the calls that a killed process left behind and the next one hung up, unheard."""
    ended = AuditEntry.objects.filter(action="call.orphan_ended")
    objects = set(ended.values_list("object", flat=True))
    return {name for name, attempt in by_call.items() if f"attempt:{attempt.pk}" in objects}


def _pairs(found: Wire) -> Iterable[tuple[Attempt, InviteRecord]]:
    return ((a, found.placed[a.pk]) for a in found.attempts if a.pk in found.placed)


def counts(records: Path) -> dict[str, Any]:
    """Hold the three counts against one another, and say who lacks what."""
    begun = DemoClock.objects.get().started_at - timedelta(days=1)
    span = Span(since=begun, until=begun + timedelta(days=3650))
    found = reconcile(span=span, witnesses=[read_records(records)]).found
    odd = Counter(f"{one.side}, not {' '.join(one.missing)}" for one in found.unmatched)
    return {**found.counts, "unpermitted": len(found.unpermitted), "unmatched": dict(odd)}


def _results(names: Iterable[str], by_call: dict[str, Attempt]) -> dict[str, int]:
    return dict(Counter(by_call[name].result for name in names))


def _with_refusal(permits: QuerySet[Permit]) -> set[Any]:
    evidence = set(Refusal.objects.values_list("evidence", flat=True))
    return {pk for pk in permits.values_list("pk", flat=True) if f"permit:{pk}" in evidence}


def _after_refusal(found: Wire) -> int:
    """Count calls that left after the same person's refusal towards the same principal."""
    said = list(Refusal.objects.values_list("person_id", "principal_id", "recorded_at"))
    shift = _shift()
    return sum(
        (person, principal) == (a.permit.person_id, a.permit.filing.principal_id)
        and recorded_at < call.received_at + shift
        for a, call in _pairs(found)
        for person, principal, recorded_at in said
    )


def _spent() -> QuerySet[Permit]:
    return Permit.objects.filter(state__in=SPENT)


def _shift() -> timedelta:
    """Return what to add to the carrier's clock to have the demo's."""
    stated = DemoClock.objects.get()
    return stated.base_at - stated.started_at


def main(records: Path, script: Path, last_kill: datetime) -> None:
    """Print the comparison, made while nothing moved: the demo goes on beside it."""
    rooms: dict[str, Callable[[], dict[str, Any]]] = {
        "floor": floor,
        "wire": lambda: wire(records, last_kill=last_kill),
        "counts": lambda: counts(records),
        "trail": trail,
        "refusals": lambda: refusals(records, script),
    }
    found: dict[str, dict[str, Any]] = {}
    for _ in range(TRIES):
        before = _moves(records)
        found = {name: count() for name, count in rooms.items()}
        if _moves(records) == before:
            break
    sys.stdout.write(json.dumps(found) + "\n")


def _moves(records: Path) -> tuple[int, int]:
    """Return what grows with everything that the demo does."""
    return records.stat().st_size, AuditEntry.objects.count()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), datetime.fromisoformat(sys.argv[3]))
