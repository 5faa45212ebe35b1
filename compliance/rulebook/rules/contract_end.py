"""The end of a contract: what came with it is deleted or given back, or nobody calls again."""

from dataclasses import dataclass

from compliance.rulebook.decision import ALLOW, Answer, Reason, refuse
from compliance.rulebook.facts import FilingFacts
from compliance.rulebook.local import LocalClock
from compliance.rulebook.rule import filing_rule
from compliance.rulebook.stated import Stated

CONTRACTS_UNKNOWN = Reason(
    code="contracts_unknown",
    zh="无法查明以往委托合同的数据是否已处置，不得外呼。",
    en="It could not be found out what became of the data of earlier contracts; no call.",
)
DATA_KEPT = Reason(
    code="data_kept",
    zh="委托合同已于 {ended} 终止，逾 {days} 日未见数据删除或返还证明，该委托主体停呼。",
    en="A contract ended on {ended}; after {days} days nobody has certified that its data was "
    "deleted or given back. The principal is not called for.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnParams:
    """How many days after its contract's end a principal's data may still be here."""

    clock: LocalClock
    days: int


def _return(stated: Stated) -> ReturnParams:
    stated.only("days")
    return ReturnParams(clock=stated.clock, days=stated.number("days"))


@filing_rule(CONTRACTS_UNKNOWN, DATA_KEPT, params=_return)
def data_returned(facts: FilingFacts, params: ReturnParams) -> Answer:
    """Refuse a principal whose earlier contract left data here that is overdue to go."""
    if facts.contracts_ended is None:
        return refuse(CONTRACTS_UNKNOWN)
    if not facts.contracts_ended:
        return ALLOW
    due = params.clock.day(facts.at) - params.days
    late = [day for day in facts.contracts_ended if day.toordinal() < due]
    if not late:
        return ALLOW
    return refuse(DATA_KEPT, ended=min(late).isoformat(), days=params.days)
