"""Delete what a list that is too old said about people, and certify it; refusals stay."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from audit import record as audit
from audit.canonical import canon
from compliance.editions import book_at
from compliance.models import ContactList, ListDeletion, Principal
from compliance.selectors.list_facts import LOCAL, collected_on
from dialer.models import Lead

RULE = "CN13-LST-11"


class NoAgeLimitError(Exception):
    """The rulebook in force does not say how old a list may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aged:
    """One list that is too old, and its certificate once its data is gone."""

    list_id: int
    name: str
    days: int
    deletion: ListDeletion | None


def lists_age(*, actor: str, now: datetime, dry_run: bool = False) -> list[Aged]:
    """Retire every list that is older than the rulebook allows, each in its own transaction.

    Names and references of its leads are overwritten, and whoever still waited is blocked. The
    person behind a number stays, as do refusals, consents, decisions and calls: they are what
    keeps the person from being called again.

    :raises NoAgeLimitError: if the rulebook states no limit
    """
    today = (now + LOCAL).date()
    return [
        Aged(
            list_id=one.pk,
            name=one.name,
            days=days,
            deletion=None if dry_run else list_retire(contact_list=one, actor=actor, now=now),
        )
        for one, days in _too_old(today, now)
    ]


def _too_old(today: date, now: datetime) -> Iterator[tuple[ContactList, int]]:
    rule = book_at(now).rule(RULE)
    if rule is None:
        raise NoAgeLimitError(f"The rulebook has no {RULE}.")
    limit = timedelta(days=rule.params.days)
    for one in ContactList.objects.exclude(state=ContactList.State.RETIRED).order_by("pk"):
        age = today - collected_on(one)
        if age > limit:
            yield one, age.days


class ContractRunsError(Exception):
    """A principal's lists are needed for as long as its contract runs."""


def lists_of_ended_contract_retire(
    *, principal: Principal, actor: str, now: datetime
) -> list[ListDeletion]:
    """Delete what every list of a principal says about people, once its contract has ended.

    :raises ContractRunsError: if a contract runs, or begins later
    """
    today = (now + LOCAL).date()
    if any(one.last_day >= today for one in principal.mandates.all()):
        raise ContractRunsError(f"A contract of {principal} has not ended.")
    kept = ContactList.objects.filter(principal=principal).exclude(state=ContactList.State.RETIRED)
    return [list_retire(contact_list=one, actor=actor, now=now) for one in kept.order_by("pk")]


@transaction.atomic(durable=True)
def list_retire(*, contact_list: ContactList, actor: str, now: datetime) -> ListDeletion:
    """Delete a list's names and references, and keep a certificate of it."""
    one = ContactList.objects.select_for_update().get(pk=contact_list.pk)
    leads = Lead.objects.filter(contact_list=one)
    names = leads.exclude(name_sealed=b"").count()
    references = leads.exclude(external_ref="").count()
    leads.filter(~Q(name_sealed=b"") | ~Q(external_ref="")).update(
        name_sealed=b"", external_ref=""
    )
    leads.filter(state=Lead.State.WAITING).update(state=Lead.State.BLOCKED)
    ContactList.objects.filter(pk=one.pk).update(state=ContactList.State.RETIRED, cause="")
    total = leads.count()
    certificate = {
        "list": one.pk,
        "source": one.source,
        "collected_on": collected_on(one).isoformat(),
        "leads": total,
        "names": names,
        "references": references,
        "leads_sha256": _digest_of(list(leads.order_by("pk").values_list("pk", flat=True))),
        "deleted_at": now.isoformat(),
    }
    digest = hashlib.sha256(canon(certificate)).hexdigest()
    deletion = ListDeletion.objects.create(
        contact_list=one,
        leads=total,
        names=names,
        references=references,
        digest=digest,
        deleted_by=actor,
        deleted_at=now,
    )
    audit.record(
        "list.aged_out",
        obj=f"list:{one.pk}",
        actor=actor,
        now=now,
        data={**certificate, "certificate_sha256": digest},
    )
    return deletion


def _digest_of(ids: list[int]) -> str:
    return hashlib.sha256(canon(ids)).hexdigest()
