"""The rejected rows of an uploaded list, given back to be corrected, and let go of in the end."""

import csv
import hashlib
import io
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from django.db import transaction

from audit import record as audit
from audit.plain_numbers import without_numbers
from compliance.imports.kind import ImportKind
from compliance.imports.outcome import ImportRefusedError, check_role
from compliance.lists.columns import NUMBER
from compliance.models import ListUpload, User
from compliance.numbers import Words, mask_text
from compliance.vault import unseal_bytes

KEPT = timedelta(days=7)  # for which a file that was not read, and rejected rows, are kept

NO_REJECTS = Words(
    "该导入没有退回行，或其保存期限已过。",
    "The import has no rejected rows, or they were kept for long enough.",
)
NO_REASON = Words("请写明理由。", "Give a reason.")


def upload_rejects(
    *, upload: ListUpload, kind: ImportKind, by: User, reason: str, now: datetime
) -> bytes:
    """Give out the rejected rows with their full numbers, for a reason and on the record.

    :raises ImportRefusedError: if the account may not, gives no reason, or there are none
    """
    check_role(by, kind.roles)
    if not reason.strip():
        raise ImportRefusedError(NO_REASON)
    if upload.rejects is None:
        raise ImportRefusedError(NO_REJECTS)
    content = unseal_bytes(bytes(upload.rejects), bound_to=upload.bound_to)
    with transaction.atomic():
        audit.record(
            "list.rejects_read",
            obj=f"upload:{upload.pk}",
            actor=f"u:{by.pk}",
            now=now,
            data={
                "reason": without_numbers(reason.strip()),
                "import": upload.row_id,
                "rows": sum(upload.row.rejected.values()) if upload.row else 0,
                "sha256": hashlib.sha256(content).hexdigest(),
            },
        )
    return content


class RejectShown(NamedTuple):
    """One rejected row, as it may be shown: nobody's number or name is in it."""

    line: int
    masked: str
    zh: str
    en: str


def rejects_shown(*, upload: ListUpload, first: int, most: int) -> list[RejectShown]:
    """Return rejected rows from a place on, masked; none once they were let go of."""
    if upload.rejects is None:
        return []
    text = unseal_bytes(bytes(upload.rejects), bound_to=upload.bound_to).decode("utf-8-sig")
    rows = csv.reader(io.StringIO(text, newline=""))
    at = _number_at(next(rows), upload.mapping or {})
    return [
        RejectShown(int(row[-3]), mask_text(row[at]), row[-2], row[-1])
        for row in islice(rows, first, first + most)
    ]


def _number_at(titles: list[str], mapping: Mapping[str, str]) -> int:
    """Return where the number stands; a bare column has nothing else."""
    numbers = [at for at, title in enumerate(titles) if mapping.get(title) == NUMBER]
    return numbers[0] if numbers else 0


def uploads_sweep(*, now: datetime) -> int:
    """Let go of files that nobody mapped and of rows that nobody corrected, after a week."""
    old = ListUpload.objects.filter(uploaded_at__lt=now - KEPT)
    kept = old.exclude(content=None, rejects=None)
    return kept.update(content=None, rejects=None)
