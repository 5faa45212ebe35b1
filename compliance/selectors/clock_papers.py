"""Clocks of papers: licences, contracts and what they leave behind, documents, the deployment."""

from collections.abc import Iterator
from datetime import date, datetime

from compliance.deployment import signed_pack
from compliance.models import Operator, Principal
from compliance.selectors.clock_due import DAY, Due, numbers_of, stopping
from compliance.selectors.contract_ends import contracts_ended, last_days

LICENCE = stopping("licence", "经营许可 {kind} 到期", "Licence {kind} expires")
NO_LICENCE = stopping("licence", "尚无经营许可", "There is no licence on record")
MANDATE = stopping("mandate", "“{name}”的委托合同到期", "The mandate of “{name}” ends")
DATA_RETURN = stopping(
    "data_return",
    "“{name}”的合同终止，应删除或返还其数据",
    "The contract of “{name}” ended: its data has to be deleted or given back",
)
DOCUMENT = stopping(
    "document", "“{name}”的资质 {kind} 到期", "Document {kind} of “{name}” expires"
)
DEPLOYMENT = stopping(
    "deployment",
    "部署合规包未签署或签名无效",
    "There is no deployment pack with a signature that holds",
)


def paper_clocks(*, today: date, now: datetime) -> Iterator[Due]:
    """Yield the clocks of the operator's and the principals' papers."""
    for operator in Operator.objects.all():
        yield from _licences(operator, today)
        if signed_pack() is None:
            yield DEPLOYMENT.due(f"operator:{operator.pk}", today - DAY, today=today)
    days = numbers_of("CN13-SEC-05", now).days
    principals = Principal.objects.prefetch_related("mandates", "data_returns", "documents")
    for principal in principals.order_by("pk"):
        yield from _principal(principal, today, days)


def _licences(operator: Operator, today: date) -> Iterator[Due]:
    last: dict[str, date] = {}
    for one in operator.licences.all():
        last[one.kind] = max(one.expires_on, last.get(one.kind, one.expires_on))
    for kind, day in sorted(last.items()):
        yield LICENCE.due(f"operator:{operator.pk}", day, today=today, kind=kind)
    if not last and operator.regime != "self_use":
        yield NO_LICENCE.due(f"operator:{operator.pk}", today - DAY, today=today)


def _principal(principal: Principal, today: date, days: int) -> Iterator[Due]:
    obj, name = f"principal:{principal.pk}", principal.name
    periods = [(one.valid_from, one.last_day) for one in principal.mandates.all()]
    kept = contracts_ended(principal)
    for ended in kept:
        if ended < today:
            yield DATA_RETURN.due(obj, ended + days * DAY, today=today, name=name)
    ends = last_days(periods)
    if not ends or ends[-1] not in kept:
        return  # it never began, or is over and done with
    yield MANDATE.due(obj, ends[-1], today=today, name=name)
    yield from _documents(principal, today)


def _documents(principal: Principal, today: date) -> Iterator[Due]:
    obj, name = f"principal:{principal.pk}", principal.name
    newest: dict[str, date] = {}
    for one in principal.documents.all():
        if one.revoked_on is None:
            newest[one.kind] = max(one.valid_until, newest.get(one.kind, one.valid_until))
    for kind, day in sorted(newest.items()):
        yield DOCUMENT.due(obj, day, today=today, name=name, kind=kind)
