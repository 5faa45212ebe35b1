"""Every record of one person, in every table that points to them, as plain values."""

import json
from typing import Any

from django.db.models import ForeignObjectRel, Model

from audit.privacy.holdings import holdings
from compliance.evidence.rows import row_data
from compliance.models import ContactList, Decision, Overruling, Person, User
from compliance.selectors.complaints import READERS, complaints_for
from compliance.vault import unseal
from dialer.models import Attempt, Lead, Recording, WrapUp

# How the trail names the rows of these tables.
KINDS = {
    "attempt": "attempt",
    "chosentime": "chosen_time",
    "complaint": "complaint",
    "consent": "consent",
    "decision": "decision",
    "permit": "permit",
    "recording": "recording",
    "refusal": "refusal",
    "subjectrequest": "subject_request",
}

Records = dict[str, list[dict[str, Any]]]


def may_read_all(person: Person, by: User) -> bool:
    """Tell whether the account reads complaints and has a part in none of the person's."""
    if by.role not in READERS or not by.is_active:
        return False
    return complaints_for(by).filter(person=person).count() == person.complaints.count()


def person_records(person: Person, *, number: str) -> Records:
    """Return all there is on the person, by the name of the table; names and number in clear."""
    index = bytes(person.number_index)
    found: Records = {"person": [row_data(person) | {"number": number}]}
    for relation in relations():
        rows = relation.related_model._base_manager.filter(**{relation.field.name: person})  # noqa: SLF001
        name = relation.related_model._meta.model_name or ""  # noqa: SLF001
        found[name] = [_row(row, index) for row in rows.order_by("pk")]
    further = {
        "attempt": Attempt.objects.filter(permit__person=person),
        "recording": Recording.objects.filter(attempt__permit__person=person),
        "wrapup": WrapUp.objects.filter(attempt__permit__person=person),
        "overruling": Overruling.objects.filter(permit__person=person),
        "contactlist": ContactList.objects.filter(
            pk__in=[row["contact_list_id"] for row in found["lead"]]
        ),
    }
    for name, rows in further.items():
        found[name] = [_row(row, index) for row in rows.order_by("pk")]
    found["trail"] = holdings(
        subject=f"person:{person.pk}",
        objects={
            f"{kind}:{row['id']}" for name, kind in KINDS.items() for row in found.get(name, ())
        },
        values=[number],
    )
    return found


def relations() -> list[ForeignObjectRel]:
    """Return every table's column that points to a person."""
    return [
        relation
        for relation in Person._meta.get_fields(include_hidden=True)  # noqa: SLF001
        if isinstance(relation, ForeignObjectRel)
    ]


def _row(row: Model, index: bytes) -> dict[str, Any]:
    if isinstance(row, Lead):
        sealed = bytes(row.name_sealed)
        name = unseal(sealed, bound_to=index) if sealed else ""
        return row_data(row) | {"name": name}
    if isinstance(row, Decision):
        return row_data(row, without=("facts",)) | {"facts": json.loads(bytes(row.facts))}
    return row_data(row)
