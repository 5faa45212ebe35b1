"""From the sequencer to the regulator's laptop: sealed, signed, exported, verified alone."""

from pathlib import Path

import pytest
from django.db import transaction

from audit.exports.export import audit_export
from audit.exports.selection import whole
from audit.models import AuditKey
from audit.proofs import newest_checkpoint
from tests.audit.entries import NOW, write, write_about
from tests.audit.exports.handing_out import flip_one_byte
from tests.audit.sealing import Log
from tests.audit.verify.making import Bundle
from tests.audit.verify.test_runs_alone import run


class Made(Bundle):
    """A bundle that is there already."""

    def __init__(self, folder: Path) -> None:
        super().__init__(b"", {})
        self.folder = folder

    def write(self, folder: Path) -> Path:
        return self.folder


@pytest.mark.django_db(transaction=True)
def test_what_the_sequencer_sealed_is_verified_where_nothing_of_ours_is(tmp_path: Path) -> None:
    with transaction.atomic():
        for place in range(3):
            write(f"lead:{place}")
    log = Log(tmp_path / "log")
    log.seal()
    (tmp_path / "held").write_bytes((log.published / "checkpoint").read_bytes())
    with transaction.atomic():
        write_about()
        write("lead:9")
    log.seal()
    vkey = AuditKey.objects.get(kind="log").public
    out = tmp_path / "out"

    signed = newest_checkpoint()
    audit_export(
        selection=whole(size=signed.size),
        signed=signed,
        out=out,
        disclose=True,
        formats=["jsonl"],
        held=[],
        actor="u:1",
        now=NOW,
    )

    given = ("--vkey", vkey, "--held", str(tmp_path / "held"), "--lang", "en")
    code, told = run(Made(out), tmp_path, *given)
    assert code == 0, told
    assert "All 5 entries from 0 to 4 are here." in told
    assert "older checkpoint of 3 entries" in told
    flip_one_byte(out, 4)
    code, told = run(Made(out), tmp_path, *given)
    assert (code, told[:22]) == (1, "Not verified: Entry 4 ")
