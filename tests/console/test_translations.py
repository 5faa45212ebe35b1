"""Both languages say everything."""

import ast
import gettext
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "console" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
APPS = ("audit", "compliance", "config", "console", "dialer")
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
IN_TEMPLATE = re.compile(r"""\b_?n?gettext\(\s*u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
PLACES = re.compile(r"%\(\w+\)s")


def said_in_python() -> Iterator[str]:
    for app in APPS:
        for file in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    first = node.args[0] if node.args else None
                    if node.func.id in CALLS and isinstance(first, ast.Constant):
                        yield str(first.value)


def said_in_templates() -> Iterator[str]:
    for file in (ROOT / "console" / "templates").rglob("*.html"):
        for quoted in IN_TEMPLATE.findall(templatize(file.read_text(encoding="utf-8"))):
            yield ast.literal_eval(quoted)


class TestChineseCatalogue:
    def test_has_every_sentence_of_the_pages_and_records_in_chinese(self) -> None:
        with CATALOGUE.with_suffix(".mo").open("rb") as file:
            chinese = gettext.GNUTranslations(file)
        said = {*said_in_python(), *said_in_templates()}

        assert len(said) > 200
        for sentence in said:
            translated = chinese.ngettext(sentence, sentence, 2)
            if translated == sentence:
                translated = chinese.gettext(sentence)
            assert CHINESE.search(translated), sentence
            assert not CHINESE.search(sentence), sentence
            assert set(PLACES.findall(translated)) == set(PLACES.findall(sentence)), sentence

    @pytest.mark.apt
    def test_holds_no_sentence_that_nobody_says(self) -> None:
        polib = import_module("polib")
        said = {*said_in_python(), *said_in_templates()}

        assert {entry.msgid for entry in polib.pofile(str(CATALOGUE))} == said

    @pytest.mark.apt
    def test_is_compiled_as_it_stands(self) -> None:
        polib = import_module("polib")

        written = polib.pofile(str(CATALOGUE))

        assert written.to_binary() == CATALOGUE.with_suffix(".mo").read_bytes()
        assert [entry.msgid for entry in written if not entry.translated() or entry.fuzzy] == []
