"""Both languages say everything."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
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
    def test_holds_every_sentence_of_the_pages_and_records(self) -> None:
        known = {entry.msgid for entry in polib.pofile(str(CATALOGUE)) if not entry.obsolete}
        said = {*said_in_python(), *said_in_templates()}

        assert len(said) > 200
        assert said - known == set()
        assert known - said == set()

    def test_translates_each_of_them(self) -> None:
        for entry in polib.pofile(str(CATALOGUE)):
            translated = [entry.msgstr, *entry.msgstr_plural.values()]
            assert entry.translated(), entry.msgid
            assert not entry.fuzzy, entry.msgid
            assert any(CHINESE.search(text) for text in translated), entry.msgid
            assert not CHINESE.search(entry.msgid), entry.msgid

    def test_keeps_the_places_for_figures(self) -> None:
        for entry in polib.pofile(str(CATALOGUE)):
            said = entry.msgstr or entry.msgstr_plural[0]
            assert set(PLACES.findall(said)) == set(PLACES.findall(entry.msgid)), entry.msgid

    def test_is_compiled_as_it_stands(self) -> None:
        compiled = polib.mofile(str(CATALOGUE.with_suffix(".mo")))
        written = polib.pofile(str(CATALOGUE))

        assert {(e.msgid, e.msgid_plural, e.msgstr, str(e.msgstr_plural)) for e in compiled} == {
            (e.msgid, e.msgid_plural, e.msgstr, str(e.msgstr_plural)) for e in written
        }
