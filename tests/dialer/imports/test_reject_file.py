from pathlib import Path

import pytest
from django.core.management import CommandError

from tests.compliance.imports.house import House, row_counts
from tests.dialer.imports.run import run_import, stored_leads


class TestARejectFile:
    def test_can_be_corrected_and_imported_again(self, house: House, mixed: Path) -> None:
        first = run_import(mixed)
        rejects = Path(first["reject_file"])
        text = rejects.read_text("utf-8-sig")

        rejects.write_text(
            text.replace("1.38E+10", "13700001111").replace("1381,", "13700003333,"), "utf-8-sig"
        )
        second = run_import(rejects)

        assert (first["rejected"], second["added"]) == (8, 2)
        assert "+8613700001111" in [number for number, _, _ in stored_leads()]

    def test_names_line_and_reason_in_both_languages(self, house: House, mixed: Path) -> None:
        done = run_import(mixed)

        shown = {one["line"]: one for one in done["rejects"]}
        assert shown[3]["code"] == "scientific"
        assert "科学计数法" in shown[3]["zh"]
        assert "scientific notation" in shown[3]["en"]

    def test_is_readable_by_its_owner_only(self, house: House, mixed: Path) -> None:
        rejects = Path(run_import(mixed)["reject_file"])

        assert rejects.stat().st_mode & 0o777 == 0o600

    def test_never_overwrites_what_somebody_corrected(self, house: House, mixed: Path) -> None:
        corrected = Path(run_import(mixed)["reject_file"])
        corrected.write_text("corrected by hand")

        again = Path(run_import(mixed)["reject_file"])

        assert corrected.read_text() == "corrected by hand"
        assert again != corrected

    def test_is_written_once_for_the_same_rejects(self, house: House, mixed: Path) -> None:
        first = run_import(mixed)["reject_file"]

        assert run_import(mixed)["reject_file"] == first
        assert len(list(mixed.parent.glob("*rejects*"))) == 1

    def test_does_not_exist_without_rejects(self, house: House, good: Path) -> None:
        assert run_import(good)["reject_file"] is None
        assert list(good.parent.iterdir()) == [good]

    def test_does_not_take_the_place_of_a_file(self, house: House, mixed: Path) -> None:
        before = row_counts()

        with pytest.raises(CommandError, match="not overwritten"):
            run_import(mixed, rejects=mixed)

        assert row_counts() == before
