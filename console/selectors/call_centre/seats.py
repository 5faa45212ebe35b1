"""Outlets with their seats: how many they may have, who is in them, phones, training."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, QuerySet

from audit.storable import storable
from compliance.editions import book_to_show
from compliance.models import Outlet, Seat
from compliance.numbers import Words
from compliance.selectors.clock_due import Due, local_day, one_book
from compliance.selectors.clock_numbers import place_clocks
from compliance.selectors.seat_facts import held_outlets, unexplained_links
from console.selectors.call_centre.suspended import suspended_now
from console.selectors.floor import waits_for_phone
from dialer.models import SeatPhone, SeatSession

QUOTA_RULE, TRAINING_RULE = "CN13-AGT-02", "CN13-AGT-04"
ON_A_PAGE = 20  # outlets


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatShown:
    """One seat."""

    row: Seat
    phone: SeatPhone | None
    session: SeatSession | None
    training: Due | None
    suspension: int | None

    @property
    def waits_for_phone(self) -> bool:
        """Return whether it is ready and its phone is not connected."""
        return waits_for_phone(self.session)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletShown:
    """One outlet with its seats."""

    row: Outlet
    seats: Sequence[SeatShown]  # in use
    closed: int
    quota: int  # the smaller of its own and the rule's
    stops: Sequence[Words]  # why its seats cannot call

    @property
    def full(self) -> bool:
        """Return whether no other seat can be registered."""
        return len(self.seats) >= self.quota


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletsPage:
    """Some outlets, and where the next ones begin."""

    outlets: Sequence[OutletShown]
    seats: int  # in use, of all outlets
    places: int  # of all outlets in use
    after: str  # "": there are no more


def outlets_page(*, now: datetime, after: str = "") -> OutletsPage:
    """Return the outlets in the order of their codes."""
    rows = Outlet.objects.filter(code__gt=storable(after)).order_by("code")
    shown = outlets_shown(rows[: ON_A_PAGE + 1], now=now)
    limit = _limit(now)
    quotas = Outlet.objects.filter(active=True).values_list("seat_quota", flat=True)
    return OutletsPage(
        outlets=shown[:ON_A_PAGE],
        seats=Seat.objects.filter(active=True).count(),
        places=sum(min(quota, limit or quota) for quota in quotas),
        after=shown[ON_A_PAGE - 1].row.code if len(shown) > ON_A_PAGE else "",
    )


def outlets_shown(rows: QuerySet[Outlet], *, now: datetime) -> Sequence[OutletShown]:
    """Return outlets with their seats, at no more queries for many than for one."""
    seats = Seat.objects.select_related("agent", "session__campaign__filing", "phone__registrar")
    found = list(rows.prefetch_related(Prefetch("seats", seats.order_by("code"))))
    clocks, suspended, limit = place_dues(now), suspended_now().seats, _limit(now)
    held, links, today = held_outlets(), unexplained_links(), local_day(now)
    return [
        OutletShown(
            row=row,
            seats=[
                seat_shown(seat, clocks=clocks, suspended=suspended)
                for seat in row.seats.all()
                if seat.active
            ],
            closed=sum(not seat.active for seat in row.seats.all()),
            quota=min(row.seat_quota, limit or row.seat_quota),
            stops=_stops(row, held=row.pk in held, links=links.get(row.pk, ()), today=today),
        )
        for row in found
    ]


def seat_shown(
    seat: Seat, *, clocks: Mapping[str, Due], suspended: Mapping[int, int]
) -> SeatShown:
    """Return a seat with what is known of it."""
    return SeatShown(
        row=seat,
        phone=getattr(seat, "phone", None),
        session=getattr(seat, "session", None),
        training=clocks.get(f"u:{seat.agent_id}"),
        suspension=suspended.get(seat.pk),
    )


def place_dues(now: datetime) -> Mapping[str, Due]:
    """Return the clocks of trunks, outlets and training, by what they are about."""
    with one_book(now):
        return {due.obj: due for due in place_clocks(today=local_day(now), now=now)}


def _limit(now: datetime) -> int | None:
    """Return how many seats the rulebook lets an outlet have."""
    bound = book_to_show(now).rule(QUOTA_RULE)
    return None if bound is None else bound.params


def _stops(row: Outlet, *, held: bool, links: Sequence[str], today: date) -> list[Words]:
    found = []
    if not row.active:
        found.append(Words("已停用", "closed"))
    if row.inspected_on is None or row.inspected_on > today:
        found.append(Words("尚未现场核验", "never inspected on site"))
    if held:
        found.append(Words("合规复核暂停", "held by compliance"))
    if links:
        found.append(Words(f"{len(links)} 项关联待复核", f"{len(links)} links wait for a review"))
    return found
