"""The operator's right to call at all: its call-centre licence."""

from dataclasses import dataclass

from compliance.rulebook.decision import ALLOW, NOT_APPLICABLE, Answer, Reason, refuse
from compliance.rulebook.facts import FilingFacts, LicenceFacts
from compliance.rulebook.local import LocalClock
from compliance.rulebook.rule import filing_rule
from compliance.rulebook.stated import Stated
from compliance.rulebook.unknowns import REGIME_UNKNOWN, TRUNK_PURPOSE, TRUNK_UNKNOWN

LICENCE_MISSING = Reason(
    code="licence_missing",
    zh="没有登记的呼叫中心业务经营许可。",
    en="No call-centre licence is on record.",
)
LICENCE_KIND = Reason(
    code="licence_kind",
    zh="许可种类为 {kind}，不是呼叫中心业务许可。",
    en="The licence is of the kind {kind}, which is not one for call centres.",
)
LICENCE_HOLDER = Reason(
    code="licence_holder",
    zh="许可持有人与运营主体不一致。",
    en="The licence belongs to somebody other than the operator.",
)
LICENCE_PERIOD = Reason(
    code="licence_period",
    zh="许可有效期为 {first} 至 {last}，当日不在其内。",
    en="The licence runs from {first} to {last}, which does not cover this day.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceParams:
    """Which licence counts, and who may do without it."""

    clock: LocalClock
    kinds: frozenset[str]
    regimes: frozenset[str]  # every regime that is known
    without: frozenset[str]  # regimes that provide no telecom business and need no licence


def _licence_params(stated: Stated) -> LicenceParams:
    stated.only("kinds", "regimes", "without")
    return LicenceParams(
        clock=stated.clock,
        kinds=stated.names("kinds"),
        regimes=stated.names("regimes"),
        without=stated.names("without"),
    )


@filing_rule(
    REGIME_UNKNOWN,
    LICENCE_MISSING,
    LICENCE_KIND,
    LICENCE_HOLDER,
    LICENCE_PERIOD,
    params=_licence_params,
)
def licensed(facts: FilingFacts, params: LicenceParams) -> Answer:
    """Refuse unless the operator holds a call-centre licence that covers the day."""
    if facts.regime not in params.regimes:
        return refuse(REGIME_UNKNOWN)
    if facts.regime in params.without:
        return NOT_APPLICABLE
    return _covered(facts, params)


def _covered(facts: FilingFacts, params: LicenceParams) -> Answer:
    licence = facts.licence
    if licence is None:
        return refuse(LICENCE_MISSING)
    if licence.kind not in params.kinds:
        return refuse(LICENCE_KIND, kind=licence.kind)
    if licence.holder_is_operator is not True:
        return refuse(LICENCE_HOLDER)
    first, last = licence.valid_from, licence.expires_on
    if first.toordinal() <= params.clock.day(facts.at) <= last.toordinal():
        return ALLOW
    return refuse(LICENCE_PERIOD, first=first.isoformat(), last=last.isoformat())


OUTSIDE_AREA = Reason(
    code="outside_area",
    zh="线路接入地 {province} 不在许可的业务覆盖范围（{area}）内。",
    en="The trunk's place of access, {province}, is outside the licensed area ({area}).",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaParams:
    """Who needs no licence, and how a licence for the whole country says so."""

    without: frozenset[str]
    country: str


def _area_params(stated: Stated) -> AreaParams:
    stated.only("without", "country")
    return AreaParams(without=stated.names("without"), country=str(stated.table["country"]))


@filing_rule(
    REGIME_UNKNOWN,
    LICENCE_MISSING,
    TRUNK_UNKNOWN,
    TRUNK_PURPOSE,
    OUTSIDE_AREA,
    params=_area_params,
)
def within_scope(facts: FilingFacts, params: AreaParams) -> Answer:
    """Refuse calls outside the trunk's purposes or the area that the licence covers."""
    trunk = facts.trunk
    if trunk is None:
        return refuse(TRUNK_UNKNOWN)
    if facts.purpose not in trunk.permitted_purposes:
        return refuse(TRUNK_PURPOSE, purpose=facts.purpose)
    if facts.regime is None:
        return refuse(REGIME_UNKNOWN)
    if facts.regime in params.without:
        return ALLOW
    return _in_area(facts.licence, trunk.access_province, params)


def _in_area(licence: LicenceFacts | None, province: str, params: AreaParams) -> Answer:
    if licence is None:
        return refuse(LICENCE_MISSING)
    if params.country in licence.area or (province and province in licence.area):
        return ALLOW
    area = ",".join(licence.area)
    return refuse(OUTSIDE_AREA, province=province or "?", area=area or "?")
