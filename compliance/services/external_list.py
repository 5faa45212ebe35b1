"""Read a do-not-call list that somebody else keeps; numbers are added and never taken away."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.db import transaction

from audit import record as audit
from compliance.models import ExternalList, ExternalListEdition, ExternalListEntry
from compliance.numbers import normalise
from compliance.vault import number_index

BATCH = 1000


@transaction.atomic
def external_list_register(
    *, code: str, name: str, industry: str, actor: str, now: datetime
) -> ExternalList:
    """Register a list; from here on its kind of business is called only while it is fresh."""
    external = ExternalList.objects.create(
        code=code, name=name, industry=industry, registered_at=now
    )
    audit.record(
        "external_list.registered",
        obj=f"external_list:{external.pk}",
        actor=actor,
        now=now,
        data={"code": code, "industry": industry},
    )
    return external


@transaction.atomic(durable=True)
def external_list_apply(
    *,
    external: ExternalList,
    version: str,
    as_of: datetime,
    numbers: Iterable[str],
    file_sha256: str,
    actor: str,
    now: datetime,
) -> ExternalListEdition:
    """Add an edition's numbers. A number that it leaves out stays: only its keeper may explain.

    :raises NumberProblem: if a number cannot be read; then nothing is added
    """
    indexes = {number_index(normalise(number).e164) for number in numbers}
    before = ExternalListEntry.objects.filter(external_list=external).count()
    ExternalListEntry.objects.bulk_create(
        (ExternalListEntry(external_list=external, number_index=index) for index in indexes),
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    added = ExternalListEntry.objects.filter(external_list=external).count() - before
    edition = ExternalListEdition.objects.create(
        external_list=external,
        version=version,
        as_of=as_of,
        file_sha256=file_sha256,
        numbers=len(indexes),
        added=added,
        applied_at=now,
    )
    audit.record(
        "external_list.applied",
        obj=f"external_list:{external.pk}",
        actor=actor,
        now=now,
        data={"version": version, "numbers": len(indexes), "added": added, "sha256": file_sha256},
    )
    return edition


def numbers_in(path: Path) -> tuple[list[str], str]:
    """Read the file adapter's format, one number a line; return them and the file's SHA-256."""
    content = path.read_bytes()
    lines = content.decode("utf-8-sig").splitlines()
    return [line.strip() for line in lines if line.strip()], hashlib.sha256(content).hexdigest()
