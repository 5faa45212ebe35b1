"""What the rules may know about the contact lists that a campaign's leads come from."""

from datetime import date, timedelta

from compliance.models import CampaignFiling, ContactList, ListUse
from compliance.rulebook.facts import ListFacts

LOCAL = timedelta(hours=8)  # China has kept one zone without summer time since 1991


def list_facts(filing: CampaignFiling) -> tuple[ListFacts, ...]:
    """Return the lists in the order of their numbers; a filing that is not saved has none."""
    saved: int | None = filing.pk
    if saved is None:
        return ()
    lists = ContactList.objects.filter(uses__filing=filing).order_by("pk")
    others = ListUse.objects.exclude(filing__purpose=filing.purpose)
    elsewhere = set(
        others.filter(contact_list__uses__filing=filing).values_list("contact_list_id", flat=True)
    )
    return tuple(
        ListFacts(
            id=one.pk,
            state=one.state,
            cause=one.cause,
            same_principal=one.principal_id == filing.principal_id,
            same_purpose=one.pk not in elsewhere,
            collected_on=collected_on(one),
        )
        for one in lists
    )


def collected_on(one: ContactList) -> date:
    """Return the day from which a list ages."""
    declared = (one.declared_at + LOCAL).date()
    return declared if one.collected_on is None else min(one.collected_on, declared)
