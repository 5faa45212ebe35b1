"""The seat that a question about calls supposes: the one with the most room under its caps."""

from django.db.models import Count, Q

from compliance.models import Seat


def freest_seat() -> int | None:
    """Return the active seat with the fewest open permits and, of those, the fewest permits."""
    open_permits = Count("permits", filter=Q(permits__state__in=["issued", "redeemed"]))
    seats = Seat.objects.filter(active=True).annotate(
        open_permits=open_permits, used=Count("permits")
    )
    return seats.order_by("open_permits", "used", "pk").values_list("pk", flat=True).first()
