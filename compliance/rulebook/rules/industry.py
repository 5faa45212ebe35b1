"""The principal's industry: its papers, and what calls for it may never be about."""

from collections.abc import Mapping
from dataclasses import dataclass

from compliance.rulebook.decision import ALLOW, NOT_APPLICABLE, Answer, Reason, refuse
from compliance.rulebook.facts import FilingFacts
from compliance.rulebook.local import LocalClock
from compliance.rulebook.rule import filing_rule
from compliance.rulebook.stated import Stated
from compliance.rulebook.unknowns import CALLER_UNKNOWN, REGIME_UNKNOWN

INDUSTRY_UNKNOWN = Reason(
    code="industry_unknown",
    zh="行业“{industry}”不在可外呼的行业之列。",
    en="The industry {industry} is not one that may be called for.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """For each industry, groups of documents: one of each group has to be valid."""

    clock: LocalClock
    groups: Mapping[str, tuple[frozenset[str], ...]]


def document_groups(table: Mapping[str, object]) -> dict[str, tuple[frozenset[str], ...]]:
    """Read a matrix: "a|b" means that either document will do."""
    groups: dict[str, tuple[frozenset[str], ...]] = {}
    for industry, row in table.items():
        if not isinstance(row, list) or not all(isinstance(item, str) and item for item in row):
            raise ValueError(f"{industry} = {row!r} is not a list of documents.")
        groups[industry] = tuple(frozenset(item.split("|")) for item in row)
    return groups


def _matrix(stated: Stated) -> Matrix:
    return Matrix(clock=stated.clock, groups=document_groups(stated.table))


DOCUMENT_MISSING = Reason(
    code="document_missing",
    zh="委托主体缺少有效的行业资质：{documents}。",
    en="The principal lacks a valid industry document: {documents}.",
)


@filing_rule(INDUSTRY_UNKNOWN, DOCUMENT_MISSING, params=_matrix)
def documented(facts: FilingFacts, params: Matrix) -> Answer:
    """Refuse unless every document that the principal's industry needs covers the day."""
    groups = params.groups.get(facts.industry)
    if groups is None:
        return refuse(INDUSTRY_UNKNOWN, industry=facts.industry)
    if not groups:
        return NOT_APPLICABLE
    today = params.clock.day(facts.at)
    valid = {
        document.kind
        for document in facts.documents
        if document.valid_from.toordinal() <= today <= document.valid_until.toordinal()
    }
    missing = [group for group in groups if valid.isdisjoint(group)]
    if not missing:
        return ALLOW
    return refuse(DOCUMENT_MISSING, documents=",".join(sorted(min(group) for group in missing)))


MARKETING_OFF = Reason(
    code="marketing_off",
    zh="该行业（{industry}）不开放商业营销外呼。",
    en="Marketing calls are off for this industry ({industry}).",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketingParams:
    """Where one purpose is off."""

    purpose: str
    industries: frozenset[str]


def _marketing(stated: Stated) -> MarketingParams:
    stated.only("purpose", "industries")
    return MarketingParams(
        purpose=str(stated.table["purpose"]), industries=stated.names("industries")
    )


@filing_rule(MARKETING_OFF, params=_marketing)
def marketing_off(facts: FilingFacts, params: MarketingParams) -> Answer:
    """Refuse marketing where it is off, and whatever sells under another name."""
    if facts.industry not in params.industries:
        return ALLOW
    sells = facts.purpose == params.purpose or facts.script_offers is not False
    return refuse(MARKETING_OFF, industry=facts.industry) if sells else ALLOW


COLLECTION_APART = Reason(
    code="collection_apart",
    zh="催收须按催收目的登记，且仅限债权人所属行业；行业 {industry} 与目的 {purpose} 不符。",
    en="Debts are collected under their own purpose and for a creditor's industry only: "
    "{industry} does not go with {purpose}.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionParams:
    """The purpose of collecting, the industry that does nothing else, and those of creditors."""

    purpose: str
    industry: str
    creditors: frozenset[str]


def _collection(stated: Stated) -> CollectionParams:
    stated.only("purpose", "industry", "creditors")
    return CollectionParams(
        purpose=str(stated.table["purpose"]),
        industry=str(stated.table["industry"]),
        creditors=stated.names("creditors"),
    )


@filing_rule(COLLECTION_APART, params=_collection)
def collection_apart(facts: FilingFacts, params: CollectionParams) -> Answer:
    """Refuse debt collection under another label, and collecting for who has no debtors."""
    collects = facts.purpose == params.purpose
    if facts.industry == params.industry:
        fits = collects
    else:
        fits = not collects or facts.industry in params.creditors
    if fits:
        return ALLOW
    return refuse(COLLECTION_APART, industry=facts.industry, purpose=facts.purpose)


NOT_THE_CARRIER = Reason(
    code="not_the_carrier",
    zh="电信产品只能由电信企业自己以其客服号码外呼，第三方不得代呼。",
    en="Telecom products are called for by the carrier itself, from its own service number; "
    "nobody else may.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierParams:
    """The carriers' own numbers and the regime in which a carrier calls for itself."""

    industry: str
    regimes: frozenset[str]
    numbers: frozenset[str]


def _carrier(stated: Stated) -> CarrierParams:
    stated.only("industry", "regimes", "numbers")
    return CarrierParams(
        industry=str(stated.table["industry"]),
        regimes=stated.names("regimes"),
        numbers=stated.names("numbers"),
    )


@filing_rule(REGIME_UNKNOWN, CALLER_UNKNOWN, NOT_THE_CARRIER, params=_carrier)
def own_carrier(facts: FilingFacts, params: CarrierParams) -> Answer:
    """Refuse calls about telecom products unless the carrier itself makes them."""
    if facts.industry != params.industry:
        return ALLOW
    if facts.regime is None:
        return refuse(REGIME_UNKNOWN)
    if facts.caller is None:
        return refuse(CALLER_UNKNOWN)
    itself = facts.regime in params.regimes and facts.caller.number in params.numbers
    return ALLOW if itself else refuse(NOT_THE_CARRIER)


def _known(stated: Stated) -> frozenset[str]:
    stated.only("industries")
    return stated.names("industries")


@filing_rule(INDUSTRY_UNKNOWN, params=_known)
def lawful(facts: FilingFacts, params: frozenset[str]) -> Answer:
    """Refuse every industry that is not listed: what is prohibited has no name here."""
    if facts.industry in params:
        return ALLOW
    return refuse(INDUSTRY_UNKNOWN, industry=facts.industry)
