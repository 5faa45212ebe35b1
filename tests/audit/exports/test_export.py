"""Bundles out of the database: what the verifier, which knows none of this code, says of them."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from audit.exports.export import FolderTakenError
from audit.exports.sealed_entries import EntryGoneError
from audit.exports.selection import (
    Mentions,
    NothingSelectedError,
    between,
    mentioning,
    span,
)
from audit.models import AuditAnchor, AuditEntry
from audit.proofs import newest_checkpoint
from tests.audit.entries import NOW, write
from tests.audit.exports.handing_out import (
    FILES,
    export,
    flip_one_byte,
    nine_and_one_sealed,
    verdict,
)
from tests.audit.fixtures import guards_off
from tests.audit.tree import AT, seal_all
from tests.audit.verify.making import WITNESSING

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _entries() -> None:
    nine_and_one_sealed()


class TestARangeOfTheTrail:
    def test_is_verified_by_somebody_who_trusts_nobody(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        made = export(tmp_path / "all")

        said = verdict(tmp_path / "all", capsys)

        assert (said["exit"], said["kind"], said["count"]) == (0, "range", 10)
        assert said["sha256"] == made.written.sha256
        assert {path.name for path in (tmp_path / "all").iterdir()} == FILES

    @pytest.mark.parametrize(("lo", "hi"), [(0, 1), (3, 7), (9, 10), (8, 10)])
    def test_is_verified_wherever_it_begins(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], lo: int, hi: int
    ) -> None:
        export(tmp_path / "part", span(lo=lo, hi=hi, size=10))

        said = verdict(tmp_path / "part", capsys)

        assert (said["exit"], said["lo"], said["last"], said["count"]) == (0, lo, hi - 1, hi - lo)

    def test_names_the_entry_of_which_a_byte_was_flipped(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        export(tmp_path / "all")
        flip_one_byte(tmp_path / "all", 4)

        said = verdict(tmp_path / "all", capsys)

        eid = AuditEntry.objects.order_by("pk")[4].eid
        assert (said["exit"], said["code"]) == (1, "altered")
        assert f"Entry 4 (eid {eid})" in str(said["said"])

    def test_shows_what_was_altered_in_the_database(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        entry = AuditEntry.objects.order_by("pk")[4]
        guards_off()
        AuditEntry.objects.filter(pk=entry.pk).update(
            body=bytes(entry.body).replace(b"u:17", b"u:18")
        )

        export(tmp_path / "all")

        assert verdict(tmp_path / "all", capsys)["code"] == "altered"

    def test_is_not_made_if_an_entry_is_gone(self, tmp_path: Path) -> None:
        guards_off()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM audit_entry WHERE object = 'lead:4'")

        with pytest.raises(EntryGoneError):
            export(tmp_path / "all")

        assert list(tmp_path.iterdir()) == []
        assert not AuditEntry.objects.filter(action="export.made").exists()

    def test_of_a_day_holds_every_entry_of_the_day(self, tmp_path: Path) -> None:
        day = {"since": NOW, "until": NOW + timedelta(days=1), "about": "day:2026-11-22"}

        found = between(**day, size=10)  # type: ignore[arg-type]

        assert (found.lo, found.hi, found.kind) == (0, 10, "range")
        with pytest.raises(NothingSelectedError):
            between(since=NOW - timedelta(days=1), until=NOW, about="day:2026-11-21", size=10)

    @pytest.mark.parametrize(("lo", "hi"), [(0, 11), (3, 3), (5, 4), (-1, 4)])
    def test_lies_within_what_is_sealed(self, lo: int, hi: int) -> None:
        with pytest.raises(NothingSelectedError):
            span(lo=lo, hi=hi, size=10)

    def test_may_be_larger_than_what_is_read_at_once(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("audit.exports.sealed_entries.CHUNK", 3)

        export(tmp_path / "all")

        assert verdict(tmp_path / "all", capsys)["count"] == 10


class TestAnExport:
    def test_is_on_record(self, tmp_path: Path) -> None:
        made = export(tmp_path / "all")

        entry = AuditEntry.objects.get(action="export.made")
        said = json.loads(bytes(entry.body))
        assert (entry.actor, entry.object) == ("u:17", f"export:{made.written.sha256}")
        assert said["data"] == {
            "about": "range:all",
            "kind": "range",
            "lo": 0,
            "hi": 10,
            "count": 10,
            "size": 10,
            "root": newest_checkpoint().checkpoint.root.hex(),
            "sha256": made.written.sha256,
            "formats": ["jsonl"],
            "disclosed_fields": 0,
        }

    def test_never_shows_half_a_folder(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def gone(*_: object, **__: object) -> None:
            raise OSError("the disk is full")

        monkeypatch.setattr("audit.exports.export.write_csv", gone)

        with pytest.raises(OSError, match="full"):
            export(tmp_path / "all", formats=["csv"])

        assert list(tmp_path.iterdir()) == []

    def test_overwrites_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "all").mkdir()

        with pytest.raises(FolderTakenError):
            export(tmp_path / "all")

    def test_brings_what_others_said_of_the_checkpoint(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        signed = newest_checkpoint()
        text = signed.note.partition(b"\n\n")[0] + b"\n"
        cosigned = text + b"\n" + WITNESSING.line(text)
        for kind, token in (("witness", cosigned), ("tsa", b"token")):
            AuditAnchor.objects.create(
                epoch=1, size=10, kind=kind, at=AT, status="done", token=token
            )
        AuditAnchor.objects.create(epoch=1, size=4, kind="mail", at=AT, status="done")

        export(tmp_path / "all", held=[7, 0, 10, 99])

        said = verdict(tmp_path / "all", capsys, "--witness", WITNESSING.vkey)
        assert said["exit"] == 0
        assert (tmp_path / "all" / "checkpoint.tsr").read_bytes() == b"token"
        assert (tmp_path / "all" / "checkpoint.stamped").read_bytes() == signed.note
        manifest = json.loads((tmp_path / "all" / "manifest.json").read_bytes())
        assert [one["from"] for one in manifest["consistency"]] == [4, 7]

    def test_proves_the_growth_from_what_was_held(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        held = tmp_path / "held"
        held.write_bytes(newest_checkpoint().note)
        with transaction.atomic():
            write("lead:99")
        seal_all()

        export(tmp_path / "some", mentioning(
            Mentions(about="lead:99", objects=frozenset({"lead:99"})), size=11
        ), held=[10])  # fmt: skip

        assert verdict(tmp_path / "some", capsys, "--held", str(held))["exit"] == 0
