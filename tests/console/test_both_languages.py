"""Nothing that a page says is in one language only, wherever it is written.

The catalogue of the older pages has its own test (test_translations). What stands in templates and
in Python as a pair is held here: both halves are there, and no other words are in a template.
"""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "console" / "templates"
CHINESE = re.compile(r"[\u3400-\u9fff]")
LATIN = re.compile(r"[A-Za-z]{2,}")
EITHER = re.compile(r"""{%\s*either\s+"((?:[^"\\]|\\.)*)"\s+"((?:[^"\\]|\\.)*)"[^%]*%}""")
TAG = re.compile(r"{%.*?%}|{#.*?#}|{{.*?}}", re.DOTALL)
COMMENT = re.compile(r"{% comment.*?{% endcomment %}", re.DOTALL)
BLOCK_TRANSLATE = re.compile(r"{% blocktranslate.*?{% endblocktranslate %}", re.DOTALL)
READ = {"aria-label", "title", "placeholder", "alt", "aria-description", "label"}
SILENT = {"script", "style", "code"}
# Said alike in both languages: names of things, which no language translates.
NAMES = re.compile(
    r"允呼|Yunhu|INVITE|SIP|API|PDF|CSV|XLSX|JSON|SHA-256|UTC|TOTP|GB|Q850|MOS|ID|IP|URL|WAV"
    r"|README(?:\.md)?|[a-z_.]+\.(?:py|md|json|jsonl|csv)"
    r"|python3 verify\.py [^\n]*|\beid\b|permit:…, edition:2"  # what is typed, and a field
)


def pairs_in_templates() -> Iterator[tuple[str, str, str]]:
    for file in TEMPLATES.rglob("*.html"):
        for zh, en in EITHER.findall(file.read_text(encoding="utf-8")):
            yield file.name, zh, en


def pairs_in_python() -> Iterator[tuple[str, str, str]]:
    """Yield what is said as a pair; a half that is not there is empty."""
    for app in ("audit", "compliance", "config", "console", "dialer"):
        for file in (ROOT / app).rglob("*.py"):
            where = str(file.relative_to(ROOT))
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                for zh, en in pairs_of(node, beside=app == "console"):
                    yield f"{where}:{node.lineno}", zh, en  # type: ignore[attr-defined]


SAYING = {"either", "Words", "said", "CannotCarryOutError", "JobFailedError", "SentenceError"}


def pairs_of(node: ast.AST, *, beside: bool) -> Iterator[tuple[str, str]]:
    """Yield the pairs of one call or tuple.

    `beside`: whatever stands there in Chinese is followed by its English, in calls (`Link`, `Act`,
    `Known`) and in rows (`Shown.rows`, words for codes).
    """
    if isinstance(node, ast.Call):
        named = {one.arg: _literal(one.value) for one in node.keywords if one.arg in {"zh", "en"}}
        if named and None not in named.values() and not _fills(node):
            yield named.get("zh") or "", named.get("en") or ""
        words = [_literal(one) for one in node.args]
        yield from (
            _pair_at(0, words) if _called(node) in SAYING else _followed(words, beside=beside)
        )
    elif isinstance(node, ast.Tuple):
        yield from _followed([_literal(one) for one in node.elts], beside=beside)


def _followed(words: list[str | None], *, beside: bool) -> Iterator[tuple[str, str]]:
    at = next((n for n, one in enumerate(words) if one and CHINESE.search(one)), None)
    if beside and at is not None:
        alone = at == len(words) - 1
        if not (alone and _says_both(words[at] or "")):
            yield from _pair_at(at, words)


def _pair_at(at: int, words: list[str | None]) -> Iterator[tuple[str, str]]:
    """Yield a pair of which both halves are written here; the second is empty if it is missing."""
    here = [one for one in words[at : at + 2] if one is not None]
    if here and len(here) == len(words[at : at + 2]):
        yield here[0], here[1] if len(here) > 1 else ""


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _fills(call: ast.Call) -> bool:
    """Return whether the call only fills places of a pair, which has places of other names."""
    return _called(call) in {"filled", "format"}


def _literal(node: ast.expr) -> str | None:
    """Return what is written; "" for a figure, None for what is said elsewhere."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values
        )
    return None


def is_chinese(words: str) -> bool:
    return bool(CHINESE.search(words)) or not LATIN.search(NAMES.sub("", _without_places(words)))


def is_english(words: str) -> bool:
    return not CHINESE.search(NAMES.sub("", words))


def _without_places(words: str) -> str:
    return re.sub(r"{\w*}", "", words)


class Reader(HTMLParser):
    """Hears what a template says by itself: its text, and the attributes that people read."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._open: list[tuple[str, str]] = []  # tag, and its language if it states one

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.said += [value for name, value in attrs if name in READ and value]
        if tag not in VOID:
            self._open.append((tag, given.get("lang") or ""))

    def handle_endtag(self, tag: str) -> None:
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at][0] == tag:
                del self._open[at:]
                return

    def handle_data(self, data: str) -> None:
        if not any(tag in SILENT or language for tag, language in self._open if tag != "html"):
            self.said.append(data)


VOID = {"input", "img", "br", "meta", "link", "hr", "source", "col", "wbr"}


def words_of(template: str) -> list[str]:
    """Return what the template says in words, outside of what says both languages."""
    bare = COMMENT.sub("", BLOCK_TRANSLATE.sub("", template))
    reader = Reader()
    reader.feed(TAG.sub("", bare))
    both = (one for one in reader.said if not _says_both(one))
    said = ((one.strip(), NAMES.sub("", one)) for one in both)
    return [one for one, rest in said if CHINESE.search(rest) or LATIN.search(rest)]


def _whole(zh: str, en: str) -> bool:
    """Return whether both halves say something; a Chinese measure word has no English one."""
    return bool(zh.strip()) and (bool(en.strip()) or len(zh.strip()) == 1)


def _says_both(words: str) -> bool:
    return bool(CHINESE.search(words)) and bool(LATIN.search(words))


def is_pair(zh: str, en: str) -> bool:
    return is_chinese(zh) and is_english(en) and _whole(zh, en)


class TestBothLanguages:
    def test_stand_side_by_side_in_templates(self) -> None:
        pairs = list(pairs_in_templates())

        assert len(pairs) > 100
        assert [one for one in pairs if not (is_chinese(one[1]) and is_english(one[2]))] == []
        assert [one for one in pairs if not _whole(one[1], one[2])] == []

    def test_stand_side_by_side_in_python(self) -> None:
        pairs = list(pairs_in_python())

        assert len(pairs) > 1500
        assert [one for one in pairs if not is_pair(*one[1:])] == []

    def test_are_all_that_a_template_says(self) -> None:
        alone = {
            f"{file.relative_to(TEMPLATES)}: {words}"
            for file in TEMPLATES.rglob("*.html")
            for words in words_of(file.read_text(encoding="utf-8"))
        }

        assert sorted(alone) == []


class TestTheReader:
    @pytest.mark.parametrize(
        "said",
        [
            'Result(zh="完成。", url="/")',
            'Result(en="Done.")',
            'Result(zh="完成。", en="完成。")',
            'said("只有中文")',
            'said("Today", "Today")',
            'Link("today", "今天", "今天")',
            'Act("stop", "停用", "停用", run)',
            'Shown(rows=(("姓名", 1),))',
        ],
    )
    def test_finds_what_is_in_one_language_alone(self, said: str) -> None:
        nodes = ast.walk(ast.parse(said))
        pairs = [one for node in nodes for one in pairs_of(node, beside=True)]

        assert [one for one in pairs if not is_pair(*one)] != []

    def test_hears_raw_words_of_either_language_and_of_attributes(self) -> None:
        template = (
            '<p>{% either "甲" "A" %} {{ x }} raw words</p><p>只有中文</p>'
            '<input placeholder="Type here"><b lang="en">stated</b><code>code_of</code>'
        )

        assert words_of(template) == ["raw words", "只有中文", "Type here"]
