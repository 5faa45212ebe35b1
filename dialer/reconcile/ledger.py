"""Read our own two sides: the permits that were redeemed, and the line's own count."""

from datetime import datetime

from django.db.models import Q

from compliance.models import DemoClock, Permit
from compliance.services.person_for_number import number_of
from dialer.models import LineInvite
from dialer.reconcile.comparison import Sent, Span, Spent
from dialer.reconcile.matching import Seen
from dialer.reconcile.spelling import same_number


def sent_calls(span: Span) -> list[Sent]:
    """Return what the line put on the wire in the span."""
    rows = LineInvite.objects.filter(sent_at__gte=span.since, sent_at__lt=span.until)
    return [
        Sent(
            permit="" if row.permit_id is None else str(row.permit_id),
            seen=Seen(
                at=row.sent_at,
                callee=number_of(row.person) if row.person else "",
                caller=same_number(row.caller),
                call_id=row.call_id,
                trunk=row.trunk.code,
                disguised=row.disguised,
            ),
        )
        for row in rows.select_related("person", "trunk").order_by("sent_at", "pk").iterator()
    ]


def spent_permits(span: Span, sent: list[Sent]) -> list[Spent]:
    """Return the permits that were redeemed in the span: when their INVITE left, if one did.

    A permit bears the instant of the stated clock where one is stated; the wire has none.
    """
    clock = DemoClock.objects.first()
    first: dict[str, Seen] = {}
    for one in sent:
        first.setdefault(one.permit, one.seen)
    unsent = Q(invites=None, redeemed_at__isnull=False)
    if clock is None or clock.running:
        since, until = (_stated(at, clock) for at in (span.since, span.until))
        unsent &= Q(redeemed_at__gte=since, redeemed_at__lt=until)
    named = [permit for permit in first if permit]
    rows = Permit.objects.filter(Q(pk__in=named, redeemed_at__isnull=False) | unsent)
    rows = rows.select_related("person", "caller_number", "attempt", "trunk").order_by(
        "redeemed_at", "pk"
    )
    return [_spent(permit, first.get(str(permit.pk)), clock, span) for permit in rows]


def _spent(permit: Permit, sent: Seen | None, clock: DemoClock | None, span: Span) -> Spent:
    attempt = getattr(permit, "attempt", None)
    noted = attempt.call_id if attempt is not None else ""
    return Spent(
        permit=str(permit.pk),
        seen=Seen(
            at=sent.at if sent else _shown(permit, clock, span),
            callee=number_of(permit.person),
            caller=same_number(permit.caller_number.number),
            call_id=sent.call_id if sent else noted,
            trunk=permit.trunk.code,
        ),
    )


def _stated(at: datetime, clock: DemoClock | None) -> datetime:
    return at if clock is None else clock.base_at + (at - clock.started_at)


def _shown(permit: Permit, clock: DemoClock | None, span: Span) -> datetime:
    """Return what the host's clock showed when the permit was redeemed."""
    if permit.redeemed_at is None or (clock is not None and not clock.running):
        return span.since + (span.until - span.since) / 2  # a clock that stands still cannot tell
    if clock is None:
        return permit.redeemed_at
    return clock.started_at + (permit.redeemed_at - clock.base_at)
