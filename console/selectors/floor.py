"""What happens on the floor now: seats, calls that are up, trunks."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import redis
from django.db.models import QuerySet

from compliance.models import Seat, Trunk
from console.words import Words
from dialer import streams
from dialer.models import Attempt, SeatSession

State = SeatSession.State
SHOWN = 60  # calls and seats listed one by one; the counts are of all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatNow:
    """One seat and what its agent is doing."""

    pk: int
    code: str
    agent: str
    campaign: str
    state: str
    label: Words
    since: datetime | None
    capped_until: datetime | None  # None unless a cap of the seat is used up now
    waits_for_phone: bool  # it is ready, and its phone is not connected


@dataclass(frozen=True, slots=True, kw_only=True)
class Seats:
    """The seats of one campaign, or of all."""

    seats: tuple[SeatNow, ...]
    total: int
    ready: int
    by_state: tuple[tuple[str, Words, int], ...]  # state, label, how many


@dataclass(frozen=True, slots=True, kw_only=True)
class CallNow:
    """One call that is up; the number is masked."""

    masked: str
    campaign: str
    seat: str
    state: str  # setting_up, ringing or talking
    seconds: int  # in that state
    permit: str
    decision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """The calls that are up."""

    calls: tuple[CallNow, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkNow:
    """One trunk, as its line process last described it."""

    code: str
    carrier: str
    kind: str
    state: str  # up, down, silent (no line process) or unknown (no message store)
    live: int
    max_calls: int


def seats_now(*, campaign_id: int | None, now: datetime) -> Seats:
    """Return every active seat, those that are doing something first."""
    rows = Seat.objects.filter(active=True)
    if campaign_id is not None:
        rows = rows.filter(session__campaign_id=campaign_id)
    rows = rows.select_related("agent", "session__campaign__filing").order_by("code")
    seats = [_seat(seat, now) for seat in rows]
    counted = Counter(seat.state for seat in seats)
    order = [State.ON_CALL, State.RESERVED, State.READY, State.WRAP_UP, State.BREAK, State.OFFLINE]
    ranked = sorted(seats, key=lambda seat: order.index(State(seat.state)))
    return Seats(
        seats=tuple(ranked[:SHOWN]),
        total=len(seats),
        ready=counted[State.READY],
        by_state=tuple(
            (state.value, state.label, counted[state]) for state in order if counted[state]
        ),
    )


def _seat(seat: Seat, now: datetime) -> SeatNow:
    session = getattr(seat, "session", None)
    state = State(session.state) if session else State.OFFLINE
    capped = session.capped_until if session else None
    return SeatNow(
        pk=seat.pk,
        code=seat.code,
        agent=seat.agent.real_name,
        campaign=session.campaign.filing.name if session and session.campaign else "",
        state=state.value,
        label=state.label,
        since=session.since if session else None,
        capped_until=capped if capped and capped > now else None,
        waits_for_phone=waits_for_phone(session),
    )


def waits_for_phone(session: SeatSession | None) -> bool:
    """Return whether a ready seat gets no call because its phone is not connected."""
    return session is not None and session.state == State.READY and session.phone_up_at is None


def calls_now(*, campaign_id: int | None, now: datetime) -> Calls:
    """Return the calls that are up, the longest first."""
    up = Attempt.objects.filter(ended_at=None)
    if campaign_id is not None:
        up = up.filter(lead__campaign_id=campaign_id)
    return _calls(up, now)


def calls_of_seat(*, seat_id: int, now: datetime) -> Calls:
    """Return the call that the seat has, if any."""
    return _calls(Attempt.objects.filter(ended_at=None, permit__seat_id=seat_id), now)


def _calls(up: QuerySet[Attempt], now: datetime) -> Calls:
    rows = up.select_related("permit__person", "permit__seat", "lead__campaign__filing")
    calls = tuple(_call(attempt, now) for attempt in rows.order_by("started_at")[:SHOWN])
    return Calls(calls=calls, total=up.count())


def _call(attempt: Attempt, now: datetime) -> CallNow:
    state, since = "setting_up", attempt.started_at
    if attempt.answered_at:
        state, since = "talking", attempt.answered_at
    elif attempt.ringing_at:
        state, since = "ringing", attempt.ringing_at
    return CallNow(
        masked=attempt.permit.person.masked,
        campaign=attempt.lead.campaign.filing.name,
        seat=attempt.permit.seat.code,
        state=state,
        seconds=max(0, int((now - since).total_seconds())),
        permit=str(attempt.permit_id),
        decision=str(attempt.permit.decision_id),
    )


def trunks_now() -> Sequence[TrunkNow]:
    """Return every active trunk with its last heartbeat."""
    return [_trunk(trunk) for trunk in Trunk.objects.filter(active=True).order_by("code")]


def _trunk(trunk: Trunk) -> TrunkNow:
    state, live, most = "silent", 0, trunk.max_calls
    try:
        heartbeat = streams.heartbeat_of(trunk.code)
    except redis.RedisError:
        heartbeat, state = None, "unknown"
    if heartbeat is not None:
        state, live, most = "up" if heartbeat.up else "down", heartbeat.live, heartbeat.max_calls
    return TrunkNow(
        code=trunk.code,
        carrier=trunk.carrier,
        kind=trunk.kind,
        state=state,
        live=live,
        max_calls=most,
    )
