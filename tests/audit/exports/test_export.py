"""Bundles out of the database: what the verifier, which knows none of this code, says of them."""

import base64
import csv
import io
import json
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from openpyxl import load_workbook

from audit import verify
from audit.exports.export import Export, FolderTakenError, audit_export
from audit.exports.rows import safe
from audit.exports.sealed_entries import EntryGoneError
from audit.exports.selection import (
    Mentions,
    NothingSelectedError,
    Selection,
    between,
    mentioning,
    span,
    whole,
)
from audit.models import AuditAnchor, AuditEntry, AuditPii
from audit.proofs import newest_checkpoint
from tests.audit.entries import NOW, NUMBER, write, write_about
from tests.audit.fixtures import guards_off
from tests.audit.tree import AT, seal_all
from tests.audit.verify.making import LOG, WITNESSING

pytestmark = pytest.mark.django_db(transaction=True)

FILES = {"checkpoint", "manifest.json", "entries.jsonl"}


@pytest.fixture(autouse=True)
def _entries() -> None:
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


class TestASelection:
    def test_proves_each_entry_and_says_no_more(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        mentions = Mentions(
            about="person:1",
            objects=frozenset({"lead:0"}),
            facts=({"person": 1},),
            values=frozenset({NUMBER}),
        )

        export(tmp_path / "some", mentioning(mentions, size=10))

        said = verdict(tmp_path / "some", capsys)
        assert (said["exit"], said["kind"]) == (0, "filtered")
        held = (tmp_path / "some" / "entries.jsonl").read_text().splitlines()
        assert [json.loads(line)["i"] for line in held] == [0, 1, 3, 5, 7, 9]

    def test_of_nothing_is_refused(self) -> None:
        for mentions in (
            Mentions(about="person:9"),
            Mentions(about="person:9", facts=({"person": 9},)),
            Mentions(about="person:9", facts=({"person": "1"},)),
            Mentions(about="person:9", values=frozenset({"+8613900139000"})),
        ):
            with pytest.raises(NothingSelectedError):
                mentioning(mentions, size=10)

    def test_knows_nothing_that_is_not_sealed(self) -> None:
        mentions = Mentions(about="lead:8", objects=frozenset({"lead:8"}))

        with pytest.raises(NothingSelectedError):
            mentioning(mentions, size=8)


class TestPersonalData:
    def test_stays_here_unless_it_is_to_be_disclosed(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        export(tmp_path / "all", formats=["csv", "xlsx", "pdf"])

        said = verdict(tmp_path / "all", capsys)

        assert (said["exit"], said["disclosed"], said["withheld"]) == (0, 0, 2)
        for path in (tmp_path / "all").rglob("*"):
            assert path.is_dir() or NUMBER.encode() not in path.read_bytes()
        assert not AuditEntry.objects.filter(action="records.read").exists()

    def test_that_is_disclosed_is_what_was_committed_to_and_on_record(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        export(tmp_path / "all", disclose=True, formats=["csv"])

        said = verdict(tmp_path / "all", capsys)

        assert (said["exit"], said["disclosed"], said["withheld"]) == (0, 2, 0)
        assert NUMBER in (tmp_path / "all" / "renderings" / "entries.csv").read_text()
        read = json.loads(bytes(AuditEntry.objects.get(action="records.read").body))
        assert read["data"] == {"entries": 1, "fields": 2}

    def test_that_was_erased_is_withheld_and_the_entry_still_proved(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = tmp_path / "before"
        export(before)
        guards_off()
        AuditPii.objects.filter(field="number").delete()

        export(tmp_path / "after", disclose=True, formats=["csv"])

        said = verdict(tmp_path / "after", capsys)
        assert (said["exit"], said["disclosed"], said["withheld"]) == (0, 1, 1)
        rendered = (tmp_path / "after" / "renderings" / "entries.csv").read_text()
        assert "number: 未披露或已删除 withheld or erased" in rendered
        for name in FILES - {"entries.jsonl"}:
            assert (before / name).read_bytes() == (tmp_path / "after" / name).read_bytes()


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


class TestTheRenderings:
    def test_neutralise_what_a_spreadsheet_would_run(self) -> None:
        for start in "=+-@\t\r\n":
            assert safe(f"{start}cmd|' /C calc'!A0").startswith("'")
        assert safe("张三") == "张三"
        assert safe("") == ""

    def test_hold_every_entry(self, tmp_path: Path) -> None:
        made = export(tmp_path / "all", formats=["csv", "xlsx", "pdf"], disclose=True)

        folder = tmp_path / "all" / "renderings"
        told = list(csv.reader(io.StringIO((folder / "entries.csv").read_text("utf-8-sig"))))
        book = load_workbook(folder / "entries.xlsx", read_only=True)
        sheets = [list(sheet.iter_rows(values_only=True)) for sheet in book]
        book.close()

        assert [row[0] for row in told[-10:]] == [str(place) for place in range(10)]
        assert [row[0] for row in sheets[0][1:]] == [str(place) for place in range(10)]
        assert sheets[0][1][3:6] == ("permit.issued", "已签发外呼许可 Permit issued", "u:17")
        assert any(made.written.sha256 in row[0] for row in told[:8])
        assert any(made.written.sha256 in str(row[0]) for row in sheets[1])

    def test_are_a_document_with_the_checkpoint(self, tmp_path: Path) -> None:
        export(tmp_path / "all", formats=["pdf"])

        content = (tmp_path / "all" / "renderings" / "bundle.pdf").read_bytes()

        assert content.startswith(b"%PDF-")
        assert b"STSong-Light" in content
        assert len(content) > 5000

    def test_are_no_evidence(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        export(tmp_path / "all", formats=["csv"])
        (tmp_path / "all" / "renderings" / "entries.csv").write_text("nothing happened")

        assert verdict(tmp_path / "all", capsys)["exit"] == 0
