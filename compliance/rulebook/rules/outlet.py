"""Where the seat is: a real outlet, inspected, with few seats, and no front for another."""

from collections.abc import Mapping
from dataclasses import dataclass

from compliance.rulebook.decision import ALLOW, Answer, Reason, refuse
from compliance.rulebook.facts import CallFacts, OutletFacts
from compliance.rulebook.local import LocalClock
from compliance.rulebook.rule import call_rule
from compliance.rulebook.stated import Stated, whole
from compliance.rulebook.unknowns import SEAT_UNKNOWN

OUTLET_CLOSED = Reason(
    code="outlet_closed",
    zh="该坐席所在门店已停用。",
    en="The seat's outlet is closed.",
)
OUTLET_FULL = Reason(
    code="outlet_full",
    zh="该门店有 {seats} 个坐席，上限 {limit} 个。",
    en="The outlet has {seats} seats; {limit} are allowed.",
)


def _quota(stated: Stated) -> int:
    stated.only("seats")
    return stated.number("seats")


@call_rule(SEAT_UNKNOWN, OUTLET_CLOSED, OUTLET_FULL, params=_quota)
def within_quota(facts: CallFacts, params: int) -> Answer:
    """Refuse calls from an outlet that is closed or has more seats than it may."""
    if facts.seat is None:
        return refuse(SEAT_UNKNOWN)
    outlet = facts.seat.outlet
    if outlet.active is not True:
        return refuse(OUTLET_CLOSED)
    if outlet.seats <= params:
        return ALLOW
    return refuse(OUTLET_FULL, seats=outlet.seats, limit=params)


NOT_INSPECTED = Reason(
    code="not_inspected",
    zh="该门店没有现场核验记录。",
    en="Nobody has inspected the outlet on site.",
)
OUTLET_HELD = Reason(
    code="outlet_held",
    zh="该门店已由合规人员暂停。",
    en="People of compliance hold the outlet.",
)
OUTLET_LINKED = Reason(
    code="outlet_linked",
    zh="该门店与其他门店存在未说明的关联（{links}），得分 {score}，待合规复核。",
    en="Unexplained links tie the outlet to others ({links}), score {score}; compliance has to "
    "look.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkParams:
    """What each kind of link weighs, and from which sum on an outlet is held."""

    clock: LocalClock
    weights: Mapping[str, int]
    hold_score: int


def _links(stated: Stated) -> LinkParams:
    weights = {kind: whole(n, least=1) for kind, n in stated.table.items() if kind != "hold_score"}
    return LinkParams(clock=stated.clock, weights=weights, hold_score=stated.number("hold_score"))


@call_rule(SEAT_UNKNOWN, NOT_INSPECTED, OUTLET_HELD, OUTLET_LINKED, params=_links)
def genuine(facts: CallFacts, params: LinkParams) -> Answer:
    """Refuse an outlet that nobody has seen, or that looks like a front for another."""
    if facts.seat is None:
        return refuse(SEAT_UNKNOWN)
    outlet = facts.seat.outlet
    seen = outlet.inspected_on
    if seen is None or seen.toordinal() > params.clock.day(facts.at):
        return refuse(NOT_INSPECTED)
    if outlet.held is not False:
        return refuse(OUTLET_HELD)
    return _scored(outlet, params) if outlet.links else ALLOW


def _scored(outlet: OutletFacts, params: LinkParams) -> Answer:
    kinds = sorted(set(outlet.links))
    # A kind that the pack does not know weighs as much as holds the outlet.
    score = sum(params.weights.get(kind, params.hold_score) for kind in kinds)
    if score < params.hold_score:
        return ALLOW
    return refuse(OUTLET_LINKED, links=",".join(kinds), score=score)
