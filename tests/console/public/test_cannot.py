"""The page of what cannot be done names tests that exist, and rules of the catalogue."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.test import Client

from compliance.coverage import coverage_rows
from console.public.cannot import Cannot, cannot_rows

ROOT = Path(__file__).resolve().parents[3]
ROWS = cannot_rows()
KNOWN = {row.id: row.status for row in coverage_rows()}


@cache
def named_in(file: str) -> frozenset[str]:
    """Return the classes of a file that hold tests, and those tests, as pytest names them."""
    found: set[str] = set()
    for node in ast.parse((ROOT / file).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            names = [getattr(item, "name", "") for item in node.body]
            tests = [name for name in names if name.startswith("test_")]
            found |= {node.name} if tests else set()
            found |= {f"{node.name}::{name}" for name in tests}
    return frozenset(found)


class TestWhatCannotBeDone:
    @pytest.mark.parametrize("row", ROWS, ids=lambda row: row.en[:40])
    def test_is_held_by_tests_that_exist(self, row: Cannot) -> None:
        assert row.tests
        for test in row.tests:
            file, _, name = test.partition("::")
            assert name in named_in(file), test

    @pytest.mark.parametrize("row", ROWS, ids=lambda row: row.en[:40])
    def test_is_of_rules_that_are_enforced(self, row: Cannot) -> None:
        assert row.rules
        for rule in row.rules:
            assert KNOWN[rule] == "enforced", rule

    def test_is_said_in_both_languages(self) -> None:
        for row in ROWS:
            assert re.search(r"[\u4e00-\u9fff]", row.zh)
            assert not re.search(r"[\u4e00-\u9fff]", row.en)

    @pytest.mark.parametrize(("language", "said"), [("zh-hans", "zh"), ("en", "en")])
    def test_is_all_on_the_page(self, db: None, language: str, said: str) -> None:
        page = Client(headers={"accept-language": language}).get("/public/cannot/")

        body = page.content.decode().replace("&#x27;", "'")
        for row in ROWS:
            assert getattr(row, said) in body
            assert all(test in body for test in row.tests)
