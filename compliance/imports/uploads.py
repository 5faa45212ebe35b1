"""An uploaded list: kept sealed until it is read, then planned as any other import."""

import hashlib
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePath
from typing import IO

from django.db import transaction

from audit import record as audit
from audit.plain_numbers import without_numbers
from compliance.imports.kind import ImportKind
from compliance.imports.mapping import remembered
from compliance.imports.outcome import ImportRefusedError, Watcher, check_role
from compliance.imports.plan import import_plan, try_hold
from compliance.imports.rows import ImportFile
from compliance.imports.staging import Staging
from compliance.lists import Column, Headings, ListFileError, RejectWriter
from compliance.lists.columns import as_mapped
from compliance.lists.peek import peek
from compliance.models import ListImport, ListUpload, User
from compliance.numbers import Words
from compliance.vault import seal_bytes, unseal_bytes

MOST_BYTES = 32 << 20  # of an upload; a longer list is imported by the command
LONGEST_NAME = 96

TOO_LONG = Words(
    "文件超过 {most} MB，请拆分后上传，或由管理员用命令导入。",
    "The file is longer than {most} MB. Split it, or have it imported by the command.",
)
GONE = Words(
    "该文件已读取或已超过保存期限，请重新上传。",
    "The file was read already, or kept for long enough. Upload it again.",
)


def upload_take(
    *,
    kind: ImportKind,
    file_name: str,
    content: bytes,
    by: User,
    now: datetime,
    corrects: ListUpload | None = None,
) -> ListUpload:
    """Keep a file sealed until it is read, and look at its headings.

    What was said about the same headings before, or about those of the list that it corrects, is
    proposed; else whatever the headings may mean.

    :raises ImportRefusedError: if the account may not, the file is too long, or nothing takes it
    :raises ListFileError: if it is no list
    """
    check_role(by, kind.roles)
    if len(content) > MOST_BYTES:
        raise ImportRefusedError(TOO_LONG.filled(most=MOST_BYTES >> 20))
    try_hold(kind, by=by, now=now)
    with _opened(content) as file:
        seen = peek(file, columns=kind.columns)
    taken = ListUpload(
        kind=kind.name,
        terms=kind.terms,
        file_name=without_numbers(PurePath(file_name).name)[-LONGEST_NAME:],
        file_sha256=hashlib.sha256(content).hexdigest(),
        file_bytes=len(content),
        headings=list(seen.headings),
        proposed=remembered(kind, seen.headings, corrects) or list(seen.proposed),
        samples=[list(row) for row in seen.samples],
        mapping=None if seen.headings else {},
        corrects=corrects,
        uploaded_by=by,
        uploaded_at=now,
    )
    taken.content = seal_bytes(content, bound_to=taken.bound_to)
    with transaction.atomic():
        taken.save(force_insert=True)
        audit.record(
            "list.uploaded",
            obj=f"upload:{taken.pk}",
            actor=f"u:{by.pk}",
            now=now,
            data={
                "kind": taken.kind,
                "file_sha256": taken.file_sha256,
                "bytes": taken.file_bytes,
                "corrects": corrects.pk if corrects else None,
            },
        )
    return taken


def upload_plan(
    *, upload: ListUpload, kind: ImportKind, by: User, now: datetime, watcher: Watcher
) -> ListImport | None:
    """Read an uploaded file into staging, and keep its rejected rows sealed; then it is let go of.

    Return nothing if the file as a whole cannot be taken: the upload says why.

    :raises ImportRefusedError: if the account may not, or the file is gone
    """
    check_role(by, kind.roles)
    if upload.content is None or upload.mapping is None:
        raise ImportRefusedError(GONE)
    content = unseal_bytes(bytes(upload.content), bound_to=upload.bound_to)
    columns = as_mapped(kind.columns, upload.mapping) if upload.headings else kind.columns
    try:
        row, rejects = _planned(upload, kind, content, columns, by=by, now=now, watcher=watcher)
    except (ImportRefusedError, ListFileError) as error:
        upload.problem = [error.words.zh, error.words.en]
        upload.save(update_fields=["problem"])
        return None
    upload.row, upload.content = row, None
    upload.rejects = seal_bytes(rejects, bound_to=upload.bound_to) if rejects else None
    upload.save(update_fields=["row", "content", "rejects"])
    return row


def _planned(
    upload: ListUpload,
    kind: ImportKind,
    content: bytes,
    columns: Sequence[Column],
    *,
    by: User,
    now: datetime,
    watcher: Watcher,
) -> tuple[ListImport, bytes]:
    with (
        _opened(content) as file,
        ImportFile(path=Path(upload.file_name), columns=columns, opened=file) as opened,
    ):
        row = import_plan(kind=kind, file=opened, by=by, now=now, watcher=watcher)
        return row, _reject_file(row, kind, opened.headings)


def _reject_file(row: ListImport, kind: ImportKind, headings: Headings) -> bytes:
    text = io.StringIO(newline="")
    writer = RejectWriter(text, headings)
    for one in Staging(row.pk, kind.fields).rejects():
        writer.write(one)
    return text.getvalue().encode() if writer.count else b""


@contextmanager
def _opened(content: bytes) -> Iterator[IO[bytes]]:
    """Hold the content as a file that has no name and lies on no disk."""
    with os.fdopen(os.memfd_create("list"), "w+b") as file:
        file.write(content)
        file.flush()
        file.seek(0)
        yield file
