"""A small sealed trail, a bundle of it, and what the verifier says of that."""

import base64
import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from django.db import transaction

from audit import verify
from audit.exports.export import Export, audit_export
from audit.exports.selection import (
    Selection,
    whole,
)
from audit.proofs import newest_checkpoint
from tests.audit.entries import NOW, write, write_about
from tests.audit.tree import seal_all
from tests.audit.verify.making import LOG

FILES = {"checkpoint", "manifest.json", "entries.jsonl"}


def nine_and_one_sealed() -> None:
    """Seal nine entries about two people, and one with personal data."""
    with transaction.atomic():
        for place in range(9):
            write(f"lead:{place}", person=place % 2, note="=1+1")
        write_about()
    seal_all()


def export(
    out: Path,
    selection: Selection | None = None,
    *,
    disclose: bool = False,
    formats: Iterable[str] = ("jsonl",),
    held: Iterable[int] = (),
) -> Export:
    signed = newest_checkpoint()
    return audit_export(
        selection=selection or whole(size=signed.size),
        signed=signed,
        out=out,
        disclose=disclose,
        formats=formats,
        held=held,
        actor="u:17",
        now=NOW,
    )


def verdict(
    folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str
) -> dict[str, object]:
    capsys.readouterr()
    verify.main([str(folder), "--vkey", LOG.vkey, *arguments, "--json"])
    said: dict[str, object] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return said


def flip_one_byte(folder: Path, place: int) -> None:
    """Change one byte of one entry, and nothing else."""
    path = folder / "entries.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    body = bytearray(base64.b64decode(json.loads(lines[place])["b"]))
    before = base64.b64encode(body)
    body[body.index(b"lead:") + 5] ^= 1
    lines[place] = lines[place].replace(before, base64.b64encode(body))
    path.write_bytes(b"".join(lines))
