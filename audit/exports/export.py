"""Hand out part of the trail as a bundle that proves itself, and put that on the record."""

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction

from audit import record as audit
from audit.exports.bundle import Told, Written, unheard, write_bundle
from audit.exports.paper import write_pdf
from audit.exports.selection import Selection
from audit.exports.spreadsheets import write_csv, write_xlsx
from audit.proofs import Signed
from audit.verify import SAYS

FORMATS = ("jsonl", "csv", "xlsx", "pdf")  # the first is the evidence, and always made


class FolderTakenError(Exception):
    """There is something where the bundle should go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A bundle that was handed out."""

    folder: Path
    selection: Selection
    signed: Signed
    written: Written


def audit_export(
    *,
    selection: Selection,
    signed: Signed,
    out: Path,
    disclose: bool,
    formats: Iterable[str],
    held: Iterable[int],
    actor: str,
    now: datetime,
    told: Told = unheard,
) -> Export:
    """Write the bundle to the new folder `out`; it appears whole, on the disk and on the record.

    `held` are sizes of older checkpoints to prove the growth from, besides those anchored;
    `told` hears how many entries are written.

    :raises FolderTakenError: if `out` exists
    :raises EntryGoneError: if an entry is not there any more
    :raises TileMissingError: if the tree is not stored whole
    """
    with _whole_or_nothing(out) as folder:
        written = write_bundle(
            folder, selection=selection, signed=signed, held=held, disclose=disclose, told=told
        )
        _render(folder, selection, signed, written, frozenset(formats))
        _sync(folder)
        # On record before it can be read: an export that nobody recorded does not exist.
        _record(selection, signed, written, sorted({*formats}), actor=actor, now=now)
    return Export(folder=out, selection=selection, signed=signed, written=written)


@contextlib.contextmanager
def _whole_or_nothing(out: Path) -> Iterator[Path]:
    """Yield a folder that becomes `out` in one step at the end, or is taken away."""
    if out.exists() or out.is_symlink():
        raise FolderTakenError(f"{out} exists.")
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = out.with_name(f".{out.name}.{secrets.token_hex(4)}.part")
    folder.mkdir(mode=0o700)
    try:
        yield folder
        folder.rename(out)
        _sync_one(out.parent)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _render(
    folder: Path, selection: Selection, signed: Signed, written: Written, formats: frozenset[str]
) -> None:
    """Write what people read; the evidence is none of these."""
    if not formats & {"csv", "xlsx", "pdf"}:
        return
    renderings = folder / "renderings"
    renderings.mkdir()
    entries = folder / "entries.jsonl"
    about = _about(selection, signed, written)
    if "csv" in formats:
        write_csv(renderings / "entries.csv", entries=entries, about=about)
    if "xlsx" in formats:
        write_xlsx(renderings / "entries.xlsx", entries=entries, about=about)
    if "pdf" in formats:
        note = (folder / "checkpoint").read_text(encoding="utf-8")
        write_pdf(renderings / "bundle.pdf", entries=entries, about=about, note=note)


def _about(selection: Selection, signed: Signed, written: Written) -> list[str]:
    return [
        *SAYS[selection.kind],
        f"内容 about: {selection.about}",
        f"条目 entries: {written.count}",
        f"检查点 checkpoint: {signed.checkpoint.origin} {signed.size}",
        f"根哈希 root: {signed.checkpoint.root.hex()}",
        f"证据包 bundle SHA-256: {written.sha256}",
    ]


@transaction.atomic(durable=True)
def _record(
    selection: Selection,
    signed: Signed,
    written: Written,
    formats: list[str],
    *,
    actor: str,
    now: datetime,
) -> None:
    name = f"export:{written.sha256}"
    data = {
        "about": selection.about,
        "kind": selection.kind,
        "lo": selection.lo,
        "hi": selection.hi,
        "count": written.count,
        "size": signed.size,
        "root": signed.checkpoint.root.hex(),
        "sha256": written.sha256,
        "formats": formats,
        "disclosed_fields": written.disclosed,
    }
    audit.record("export.made", obj=name, actor=actor, now=now, data=data)
    if written.disclosed:
        read = {"entries": written.disclosed_entries, "fields": written.disclosed}
        audit.record("records.read", obj=name, actor=actor, now=now, data=read)


def _sync(folder: Path) -> None:
    """Wait until everything in the folder is on the disk."""
    for path in sorted(folder.rglob("*")):
        _sync_one(path)
    _sync_one(folder)


def _sync_one(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
