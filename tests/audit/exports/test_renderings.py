"""CSV, workbook and PDF beside a bundle: what people read, and no evidence."""

import csv
import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from audit.exports.rows import safe
from tests.audit.exports.handing_out import export, nine_and_one_sealed, verdict

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _entries() -> None:
    nine_and_one_sealed()


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
