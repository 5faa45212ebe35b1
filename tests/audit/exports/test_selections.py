"""Bundles of a selection, and of personal data."""

import json
from pathlib import Path

import pytest

from audit.exports.selection import (
    Mentions,
    NothingSelectedError,
    mentioning,
)
from audit.models import AuditEntry, AuditPii
from tests.audit.entries import NUMBER
from tests.audit.exports.handing_out import FILES, export, nine_and_one_sealed, verdict
from tests.audit.fixtures import guards_off

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _entries() -> None:
    nine_and_one_sealed()


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
