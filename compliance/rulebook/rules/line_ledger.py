"""The trunk's row in the line ledger 语音线路台账: who uses which line for what."""

from dataclasses import dataclass

from compliance.rulebook.decision import ALLOW, Answer, Reason, refuse
from compliance.rulebook.facts import FilingFacts, TrunkFacts
from compliance.rulebook.local import LocalClock
from compliance.rulebook.rule import filing_rule
from compliance.rulebook.stated import Stated
from compliance.rulebook.unknowns import TRUNK_PURPOSE, TRUNK_UNKNOWN

LEDGER_INCOMPLETE = Reason(
    code="ledger_incomplete",
    zh="线路台账缺少：{fields}。",
    en="The trunk's row in the line ledger lacks: {fields}.",
)
TRUNK_INACTIVE = Reason(
    code="trunk_inactive",
    zh="该线路已停用。",
    en="The trunk is not in use.",
)
TRUNK_ENTITY = Reason(
    code="trunk_entity",
    zh="线路的使用主体不是本运营主体。",
    en="The trunk is contracted to somebody other than the operator.",
)
TRUNK_SUB_LEASED = Reason(
    code="trunk_sub_leased",
    zh="线路为转租转售资源，不得使用。",
    en="The trunk is sub-leased, which is forbidden.",
)
TRUNK_REVIEW = Reason(
    code="trunk_review",
    zh="线路台账上次核验日为 {reviewed_on}，不在最近 {days} 天内。",
    en="The ledger row was last reviewed on {reviewed_on}, not within the last {days} days.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerParams:
    """How long a review of the ledger row holds."""

    clock: LocalClock
    review_days: int


def _params(stated: Stated) -> LedgerParams:
    stated.only("review_days")
    return LedgerParams(clock=stated.clock, review_days=stated.number("review_days"))


@filing_rule(
    TRUNK_UNKNOWN,
    LEDGER_INCOMPLETE,
    TRUNK_INACTIVE,
    TRUNK_ENTITY,
    TRUNK_SUB_LEASED,
    TRUNK_PURPOSE,
    TRUNK_REVIEW,
    params=_params,
)
def ledger_in_order(facts: FilingFacts, params: LedgerParams) -> Answer:
    """Refuse unless the trunk's ledger row is complete, its own, fresh, and for this purpose."""
    trunk = facts.trunk
    if trunk is None:
        return refuse(TRUNK_UNKNOWN)
    if trunk.missing:
        return refuse(LEDGER_INCOMPLETE, fields=",".join(sorted(trunk.missing)))
    if facts.purpose not in trunk.permitted_purposes:
        return refuse(TRUNK_PURPOSE, purpose=facts.purpose)
    reviewed = trunk.reviewed_on
    if not 0 <= params.clock.day(facts.at) - reviewed.toordinal() <= params.review_days:
        return refuse(TRUNK_REVIEW, reviewed_on=reviewed.isoformat(), days=params.review_days)
    return _own(trunk)


def _own(trunk: TrunkFacts) -> Answer:
    if trunk.active is not True:
        return refuse(TRUNK_INACTIVE)
    if trunk.entity_is_operator is not True:
        return refuse(TRUNK_ENTITY)
    return ALLOW if trunk.sub_leased is False else refuse(TRUNK_SUB_LEASED)


TRUNK_KIND = Reason(
    code="trunk_kind",
    zh="线路种类“{kind}”不是运营商接入；猫池、语音网关、私接软电话一律不得使用。",
    en="A trunk of the kind {kind} is no carrier's: SIM banks, gateways and private softphones "
    "are never used.",
)


def _kinds(stated: Stated) -> frozenset[str]:
    stated.only("kinds")
    return stated.names("kinds")


@filing_rule(TRUNK_UNKNOWN, TRUNK_KIND, params=_kinds)
def carrier_access(facts: FilingFacts, params: frozenset[str]) -> Answer:
    """Refuse every way to the network but a registered carrier's."""
    if facts.trunk is None:
        return refuse(TRUNK_UNKNOWN)
    kind = facts.trunk.kind
    return ALLOW if kind in params else refuse(TRUNK_KIND, kind=kind)
