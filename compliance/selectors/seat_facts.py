"""What the rules may know about a seat, its agent and its outlet, until the epoch moves on."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache

from django.db.models import Max

from compliance.models import Outlet, OutletReview, SanctionPoint, Seat, StaffRecord, Training
from compliance.outlet_links import OutletTraits, outlet_links
from compliance.rulebook.facts import OutletFacts, SeatFacts, UseFacts

_UNUSED = UseFacts(count=0, oldest_at=None)


@lru_cache(maxsize=4)
def seats_at_epoch(epoch: int) -> Mapping[int, SeatFacts]:  # noqa: ARG001 - the cache's key
    """Return all registered seats as they stand in `epoch`, by id, with nothing used yet.

    The epoch goes up with every change of what is read here.
    """
    outlets = _outlets()
    named = set(StaffRecord.objects.filter(left_on=None).values_list("agent_id", flat=True))
    trained = _trained()
    points = _points()
    return {
        seat.pk: SeatFacts(
            id=seat.pk,
            active=seat.active,
            overruled=0,
            named=seat.agent_id in named,
            trained_on=trained.get(seat.agent_id),
            points=tuple(points.get(seat.agent_id, ())),
            outlet=outlets[seat.outlet_id],
            open_permits=0,
            hour=_UNUSED,
            day=_UNUSED,
            ready_at=None,
            on_duty_since=None,
            last_rang_at=None,
            last_talk_ended_at=None,
        )
        for seat in Seat.objects.order_by("pk")
    }


def unexplained_links() -> dict[int, tuple[str, ...]]:
    """Return each outlet's links that no review has explained, as "kind:other outlet", by id."""
    outlets = list(Outlet.objects.filter(active=True).order_by("pk"))
    links = outlet_links(_traits(outlet) for outlet in outlets)
    explained: dict[int, set[str]] = defaultdict(set)
    for review in OutletReview.objects.filter(verdict=OutletReview.Verdict.CLEAR):
        explained[review.outlet_id] |= set(review.links)
    return {
        outlet.pk: tuple(sorted(links[outlet.code] - explained[outlet.pk])) for outlet in outlets
    }


def _traits(outlet: Outlet) -> OutletTraits:
    return OutletTraits(
        code=outlet.code,
        address=outlet.address,
        credit_code=outlet.credit_code,
        legal_person=bytes(outlet.legal_person_index),
        network=outlet.network,
        photo=outlet.photo_sha256,
        lease=outlet.lease_sha256,
    )


def _outlets() -> dict[int, OutletFacts]:
    seats = Counter(Seat.objects.filter(active=True).values_list("outlet_id", flat=True))
    links = unexplained_links()
    held = held_outlets()
    return {
        outlet.pk: OutletFacts(
            active=outlet.active,
            inspected_on=outlet.inspected_on,
            seats=seats[outlet.pk],
            links=tuple(sorted({link.partition(":")[0] for link in links.get(outlet.pk, ())})),
            held=outlet.pk in held,
        )
        for outlet in Outlet.objects.order_by("pk")
    }


def held_outlets() -> set[int]:
    """Return the outlets whose newest review holds them."""
    newest = dict(OutletReview.objects.order_by("pk").values_list("outlet_id", "verdict"))
    return {outlet for outlet, verdict in newest.items() if verdict == OutletReview.Verdict.HOLD}


def _trained() -> dict[int, date]:
    rows = Training.objects.values_list("agent_id").annotate(Max("passed_on"))
    return dict(rows)


def _points() -> dict[int, list[datetime]]:
    points: dict[int, list[datetime]] = defaultdict(list)
    for agent, at in SanctionPoint.objects.order_by("given_at", "pk").values_list(
        "agent_id", "given_at"
    ):
        points[agent].append(at)
    return points
