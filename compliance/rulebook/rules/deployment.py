"""What the installation itself may be: signed for, for this operator, with its data at home."""

from dataclasses import dataclass

from compliance.rulebook.decision import ALLOW, Answer, Reason, refuse
from compliance.rulebook.facts import DeploymentFacts, FilingFacts
from compliance.rulebook.rule import filing_rule
from compliance.rulebook.stated import Stated

PACK_MISSING = Reason(
    code="pack_missing",
    zh="没有签名有效的部署合规包，不得运行外呼。",
    en="There is no deployment pack with a good signature, so nothing may be dialled.",
)
PACK_OTHER = Reason(
    code="pack_other",
    zh="部署合规包所载主体或业务类型与登记不符。",
    en="The deployment pack names another operator or regime than the records.",
)
SEATS_RENTED = Reason(
    code="seats_rented",
    zh="向第三方出租坐席须取得呼叫中心业务许可，业务类型 {regime} 不得出租。",
    en="Renting seats to third parties needs a call-centre licence; {regime} may not.",
)


def _renting(stated: Stated) -> frozenset[str]:
    stated.only("may_rent_seats")
    return stated.names("may_rent_seats")


@filing_rule(PACK_MISSING, PACK_OTHER, SEATS_RENTED, params=_renting)
def lawful(facts: FilingFacts, params: frozenset[str]) -> Answer:
    """Refuse unless a signed pack names this operator, its regime, and no seats let unlawfully."""
    return judge(facts.deployment, regime=facts.regime, may_rent=params)


def judge(pack: DeploymentFacts | None, *, regime: str | None, may_rent: frozenset[str]) -> Answer:
    """Judge a deployment by itself, as before any campaign: the line process starts by it."""
    if pack is None:
        return refuse(PACK_MISSING)
    if pack.operator_matches is not True or pack.regime != regime:
        return refuse(PACK_OTHER)
    if pack.rents_seats is False or pack.regime in may_rent:
        return ALLOW
    return refuse(SEATS_RENTED, regime=pack.regime)


DATA_ABROAD = Reason(
    code="data_abroad",
    zh="数据须存放在境内；部署合规包所载位置为 {places}。",
    en="The data has to stay in the mainland; the deployment pack says {places}.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeParams:
    """Where records may be held and processed."""

    country: str


def _home(stated: Stated) -> HomeParams:
    stated.only("country")
    return HomeParams(country=str(stated.table["country"]))


@filing_rule(PACK_MISSING, DATA_ABROAD, params=_home)
def data_at_home(facts: FilingFacts, params: HomeParams) -> Answer:
    """Refuse unless records and every service that works on them are in the country."""
    pack = facts.deployment
    if pack is None:
        return refuse(PACK_MISSING)
    if pack.data_location == params.country and not pack.abroad:
        return ALLOW
    return refuse(DATA_ABROAD, places=",".join(sorted({pack.data_location, *pack.abroad})))
