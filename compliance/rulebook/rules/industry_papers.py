"""Papers that an industry needs for a number or a place: beside those that everybody needs."""

from collections.abc import Mapping
from dataclasses import dataclass

from compliance.rulebook.decision import ALLOW, NOT_APPLICABLE, Answer, Reason, refuse
from compliance.rulebook.facts import CallFacts, DocumentFacts, FilingFacts
from compliance.rulebook.local import LocalClock
from compliance.rulebook.rule import call_rule, filing_rule
from compliance.rulebook.stated import Stated

NUMBER_UNPUBLISHED = Reason(
    code="number_unpublished",
    zh="该行业只可使用委托主体在官网公布的统一专用号码外呼，备案的主叫号码不在其内。",
    en="This industry calls from the dedicated number that the principal published; the filed "
    "caller number is not it.",
)
LOCAL_FILING_MISSING = Reason(
    code="local_filing_missing",
    zh="被叫可能在须经当地备案的省份，委托主体缺少：{documents}。",
    en="The callee may be in a province where the principal has to be filed, and is not: "
    "{documents}.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DedicatedParams:
    """Whose calls show a published number, and by which document it is known."""

    clock: LocalClock
    industries: frozenset[str]
    document: str


def _dedicated(stated: Stated) -> DedicatedParams:
    stated.only("industries", "document")
    return DedicatedParams(
        clock=stated.clock,
        industries=stated.names("industries"),
        document=str(stated.table["document"]),
    )


@filing_rule(NUMBER_UNPUBLISHED, params=_dedicated)
def dedicated_number(facts: FilingFacts, params: DedicatedParams) -> Answer:
    """Refuse a caller number that no valid paper names as the principal's dedicated one."""
    if facts.industry not in params.industries:
        return NOT_APPLICABLE
    today = params.clock.day(facts.at)
    named = any(
        one.kind == params.document and one.names_caller is True and _covers(one, today)
        for one in facts.documents
    )
    return ALLOW if named else refuse(NUMBER_UNPUBLISHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalParams:
    """Which paper a province wants of some industries."""

    clock: LocalClock
    industries: frozenset[str]
    documents: Mapping[str, str]  # by ISO 3166-2


def _local(stated: Stated) -> LocalParams:
    stated.only("industries", "documents")
    documents = stated.table["documents"]
    if not isinstance(documents, Mapping) or not documents:
        raise ValueError(f"{documents!r} names no paper of any province.")
    return LocalParams(
        clock=stated.clock,
        industries=stated.names("industries"),
        documents={str(place): str(kind) for place, kind in documents.items()},
    )


@call_rule(LOCAL_FILING_MISSING, params=_local)
def local_filing(facts: CallFacts, params: LocalParams) -> Answer:
    """Refuse where the callee may be in a province that has not got the principal's paper."""
    if facts.filing.industry not in params.industries:
        return NOT_APPLICABLE
    places = facts.callee.provinces
    anywhere = not places or any(place.endswith("-*") for place in places)
    wanted = {kind for place, kind in params.documents.items() if anywhere or place in places}
    if not wanted:
        return ALLOW
    today = params.clock.day(facts.at)
    there = {one.kind for one in facts.filing.documents if _covers(one, today)}
    missing = sorted(wanted - there)
    return refuse(LOCAL_FILING_MISSING, documents=",".join(missing)) if missing else ALLOW


def _covers(document: DocumentFacts, today: int) -> bool:
    return document.valid_from.toordinal() <= today <= document.valid_until.toordinal()
