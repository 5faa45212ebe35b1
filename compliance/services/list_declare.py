"""Declare where a contact list lawfully comes from, under the declarer's own name."""

from datetime import datetime

from django.db import transaction

from audit import record as audit
from compliance.models import ContactList, Principal, User


@transaction.atomic
def list_declare(
    *,
    name: str,
    principal: Principal,
    source: str,
    collected_by: str,
    notice_text: str,
    declared_by: User,
    now: datetime,
) -> ContactList:
    """Record a list's source before any of its rows is read."""
    declared = ContactList.objects.create(
        name=name,
        principal=principal,
        source=source,
        collected_by=collected_by,
        notice_text=notice_text,
        declared_by=declared_by,
        declared_at=now,
    )
    audit.record(
        "list.declared",
        obj=f"list:{declared.pk}",
        actor=f"u:{declared_by.pk}",
        now=now,
        data={"principal": principal.pk, "source": source},
    )
    return declared
