"""Where carriers take no business calls 外呼盲区."""

from compliance.rulebook.decision import ALLOW, Answer, Reason, refuse
from compliance.rulebook.facts import CallFacts
from compliance.rulebook.rule import call_rule
from compliance.rulebook.stated import Stated
from compliance.rulebook.unknowns import LOCALITY_UNKNOWN, TRUNK_UNKNOWN

REGION_BARRED = Reason(
    code="region_barred",
    zh="被叫可能在 {region}，线路运营商不受理向该地区的外呼。",
    en="The callee may be in {region}, where the trunk's carrier takes no business calls.",
)

LOOPBACK = "loopback"  # the kind of trunk that ends on this machine


def _barred(stated: Stated) -> frozenset[str]:
    stated.only("barred")
    return stated.names("barred")


@call_rule(LOCALITY_UNKNOWN, TRUNK_UNKNOWN, REGION_BARRED, params=_barred)
def reachable_region(facts: CallFacts, params: frozenset[str]) -> Answer:
    """Refuse when the callee may be in a province that the pack or the trunk's carrier bars.

    A place that nobody knows ("CN-*") keeps the latest hours of the country instead, unless the
    trunk's ledger bars it too: a carrier's blind area protects nobody's rest. The loopback trunk
    has no carrier, so only its own ledger counts.
    """
    trunk, provinces = facts.filing.trunk, facts.callee.provinces
    if trunk is None:
        return refuse(TRUNK_UNKNOWN)
    if not provinces:
        return refuse(LOCALITY_UNKNOWN)
    barred = (
        trunk.barred_provinces if trunk.kind == LOOPBACK else params.union(trunk.barred_provinces)
    )
    for province in provinces:
        if province in barred:
            return refuse(REGION_BARRED, region=province)
    return ALLOW
