from pathlib import Path

from tests.audit.attacks.table import as_markdown

PAGE = Path(__file__).resolve().parents[3] / "docs" / "threat-model.md"


class TestPage:
    def test_shows_the_table_that_is_tested(self) -> None:
        assert as_markdown() in PAGE.read_text(encoding="utf-8")
