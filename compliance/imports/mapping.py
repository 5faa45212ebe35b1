"""Which column of an uploaded list is which: a person says, and it is remembered by heading."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from audit import record as audit
from audit.canonical import canon
from compliance.imports.kind import ImportKind
from compliance.imports.outcome import ImportRefusedError, check_role
from compliance.lists import Column, ListFileError
from compliance.lists.columns import labels, simplified
from compliance.lists.problems import MISSING_COLUMN
from compliance.models import HeadingMapping, ListUpload, User
from compliance.numbers import Words

READ = Words(
    "该文件已读取或已超过保存期限，请重新上传。",
    "The file was read already, or kept for long enough. Upload it again.",
)
TWICE = Words("同一含义只能对应一列：{names}。", "Only one column can be each of these: {names}.")
UNKNOWN = Words("没有这样的列。", "There is no such column.")


def upload_map(
    *, upload: ListUpload, kind: ImportKind, keys: Sequence[str], by: User, now: datetime
) -> None:
    """Say which column is which, and remember it for files with the same headings.

    :param keys: for each heading in order the key of a column, or "" to leave it unread
    :raises ImportRefusedError: if the account may not, or the file is gone
    :raises ListFileError: if a needed column is missing, or one is named twice
    """
    check_role(by, kind.roles)
    if upload.content is None:
        raise ImportRefusedError(READ)
    mapping = checked_mapping(upload.headings, keys, kind.columns)
    with transaction.atomic():
        HeadingMapping.objects.update_or_create(
            kind=upload.kind,
            headings_sha256=headings_digest(upload.headings),
            defaults={"mapping": mapping, "kept_by": by, "kept_at": now},
        )
        upload.mapping = mapping
        upload.problem = None
        upload.save(update_fields=["mapping", "problem"])
        audit.record(
            "list.mapped",
            obj=f"upload:{upload.pk}",
            actor=f"u:{by.pk}",
            now=now,
            data={"columns": sorted(mapping.values()), "headings": len(upload.headings)},
        )


def checked_mapping(
    headings: Sequence[str], keys: Sequence[str], columns: Sequence[Column]
) -> dict[str, str]:
    """Return the mapping of headings to keys.

    :raises ListFileError: if a needed column is missing, one is named twice, or there is none such
    """
    known = {column.key: column for column in columns}
    if len(keys) != len(headings) or not set(keys) <= {"", *known}:
        raise ListFileError(UNKNOWN)
    chosen = [key for key in keys if key]
    twice = {key for key in chosen if chosen.count(key) > 1}
    if twice:
        names = "、".join(f"{known[key].label.zh}/{known[key].label.en}" for key in sorted(twice))
        raise ListFileError(TWICE.filled(names=names))
    met = {known[key].needs for key in chosen}
    missing = [column for column in columns if column.needs and column.needs not in met]
    if missing:
        found = "、".join(headings)
        raise ListFileError(MISSING_COLUMN.filled(missing=labels(missing), found=found))
    return {heading: key for heading, key in zip(headings, keys, strict=True) if key}


def headings_digest(headings: Sequence[str]) -> str:
    """Return what a row of headings is remembered by."""
    return hashlib.sha256(canon([simplified(one) for one in headings])).hexdigest()


def remembered(
    kind: ImportKind, headings: Sequence[str], corrects: ListUpload | None
) -> list[str] | None:
    """Return what was said about these headings before, or about those of the corrected list."""
    said = HeadingMapping.objects.filter(
        kind=kind.name, headings_sha256=headings_digest(headings)
    ).first()
    mapping: Mapping[str, str] | None = said.mapping if said else None
    if mapping is None and corrects is not None and corrects.kind == kind.name:
        mapping = corrects.mapping
    if not mapping:
        return None
    by_heading = {simplified(heading): key for heading, key in mapping.items()}
    return [by_heading.get(simplified(heading), "") for heading in headings]
