"""Which outlets look like fronts for one another: links, their weight, and what holds them."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from compliance.models import Outlet
from compliance.rulebook.rules.outlet import LinkParams
from compliance.selectors.clock_due import numbers_of
from compliance.selectors.seat_facts import held_outlets, unexplained_links


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedOutlet:
    """One outlet about which something is not as it should be."""

    outlet: str
    links: tuple[str, ...]  # "kind:other outlet", that no review has explained
    score: int
    seats: int  # that wait because of it
    inspected: bool
    held: bool  # by two people of compliance
    stopped: bool  # the rulebook refuses its seats

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self) | {"links": list(self.links)}


def outlet_report(*, now: datetime) -> list[LinkedOutlet]:
    """Return outlets that are linked, held or were never inspected, the heaviest first."""
    params: LinkParams = numbers_of("CN13-AGT-03", now)
    links, held = unexplained_links(), held_outlets()
    rows = [
        _row(outlet, links.get(outlet.pk, ()), outlet.pk in held, params)
        for outlet in Outlet.objects.filter(active=True).prefetch_related("seats")
    ]
    found = [row for row in rows if row.links or row.held or not row.inspected]
    return sorted(found, key=lambda row: (-row.score, row.outlet))


def _row(
    outlet: Outlet,
    links: tuple[str, ...],
    held: bool,  # noqa: FBT001
    params: LinkParams,
) -> LinkedOutlet:
    kinds = {link.partition(":")[0] for link in links}
    score = sum(params.weights.get(kind, params.hold_score) for kind in kinds)
    inspected = outlet.inspected_on is not None
    return LinkedOutlet(
        outlet=outlet.code,
        links=links,
        score=score,
        seats=sum(seat.active for seat in outlet.seats.all()),
        inspected=inspected,
        held=held,
        stopped=held or not inspected or score >= params.hold_score,
    )
