"""The shipped book: complete, cited, bilingual, and explained to people."""

import re
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest

import compliance.rulebook.rules as rules_package
from compliance import books
from compliance.books import book, explain, find_rule, logic_digest, read_pack
from compliance.rulebook.bound import BoundRule, Citation, PackError
from compliance.rulebook.decision import Answer, Finding, Verdict
from compliance.rulebook.engine import RULE_FAILED, decide
from compliance.rulebook.rule import Rule
from tests.compliance.rulebook.build import make_facts, make_refusal
from tests.compliance.rulebook.instants import beijing

RULES = book().rules()
CHINESE = re.compile(r"[\u4e00-\u9fff]")
FIELDS = re.compile(r"{(\w+)}")
ASKED_FOR = {
    f"CN13-{family}-{number:02}"
    for family, numbers in {
        "CON": (1, 2, 3, 4, 6),
        "TIM": (1, 2, 3, 4, 5, 9, 11),
        "REF": (1, 2, 3, 11),
        "NUM": (1, 3, 5, 6, 9),
        "DIA": (3, 4),
        "FRQ": (1, 2, 3, 4, 5, 8),
        "LIC": (1, 2, 4, 7),
        "GOV": (6, 7, 8),
    }.items()
    for number in numbers
}


def rule_functions() -> list[str]:
    return [
        f"{module.name}.{name}"
        for module in iter_modules(rules_package.__path__)
        for name, value in vars(import_module(f"{rules_package.__name__}.{module.name}")).items()
        if isinstance(value, Rule)
    ]


class TestBook:
    def test_has_every_rule_that_it_should(self) -> None:
        assert {rule.id for rule in RULES} >= ASKED_FOR

    def test_names_each_rule_once(self) -> None:
        ids = [rule.id for rule in RULES]

        assert len(ids) == len(set(ids))
        assert all(re.fullmatch(r"CN13-[A-Z]{3}-\d\d(\.[a-z]+)?", rule_id) for rule_id in ids)

    def test_lists_every_rule_that_is_written(self) -> None:
        packs = [read_pack(pack_id)["rules"] for pack_id in ("cn13", "us")]
        listed = {row["check"] for rules in packs for row in rules.values()}

        assert sorted(listed) == sorted(rule_functions())

    @pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
    def test_cites_and_says_everything_in_both_languages(self, rule: BoundRule) -> None:
        assert rule.cites
        assert rule.rule.reasons
        assert CHINESE.search(rule.title_zh)
        assert not CHINESE.search(rule.title_en)
        assert rule.rule.doc.startswith(("Refuse", "Defer"))
        for reason in rule.rule.reasons.values():
            assert CHINESE.search(reason.zh)
            assert reason.zh.endswith("。")
            assert not CHINESE.search(reason.en)
            assert reason.en.endswith(".")
            assert set(FIELDS.findall(reason.zh)) == set(FIELDS.findall(reason.en))

    @pytest.mark.parametrize("citation", book().citations.values(), ids=lambda c: c.id)
    def test_names_its_citations_in_both_languages(self, citation: Citation) -> None:
        used = {c.id for rule in RULES for c in rule.cites}
        used |= {c.id for rule in RULES for cites in rule.sources.values() for c in cites}

        assert CHINESE.search(citation.title)
        assert not CHINESE.search(citation.title_en)
        assert citation.id in used

    def test_says_every_code_in_both_languages(self) -> None:
        for kind, words in read_pack("cn13")["words"].items():
            for code, word in words.items():
                assert word.keys() == {"zh", "en"}, (kind, code)
                assert all(word.values())

    def test_is_loaded_once(self) -> None:
        assert book() is book("cn13") or book().digest == book("cn13").digest
        assert book() is book()

    @pytest.mark.parametrize("pack_id", ["", "cn14", "../cn13", "CN13", "cn13/"])
    def test_is_not_found_under_another_name(self, pack_id: str) -> None:
        with pytest.raises(PackError):
            read_pack(pack_id)

    def test_cannot_state_a_rule_twice(self) -> None:
        with pytest.raises(PackError, match="second time"):
            books._merge({"rules": {"r": {}}}, {"rules": {"r": {}}}, where="more")


class TestFindRule:
    @pytest.mark.parametrize(
        "name",
        [
            "",
            "hours",
            "hours.",
            "hours.nothing",
            "nothing.envelope",
            "hours.text",
            "hours.OUTSIDE_ENVELOPE",
            "..codec.facts_bytes",
            "hours.envelope.check",
            "os.path",
        ],
    )
    def test_finds_nothing_but_rules(self, name: str) -> None:
        with pytest.raises(PackError):
            find_rule(name)

    def test_finds_a_rule_by_its_name(self) -> None:
        assert find_rule("hours.envelope").scope == "call"


class TestLogicDigest:
    def test_covers_the_name_and_content_of_every_module(self, tmp_path: Any) -> None:
        (tmp_path / "rules").mkdir()
        (tmp_path / "rules" / "a.py").write_bytes(b"one")
        (tmp_path / "b.py").write_bytes(b"two")
        (tmp_path / "note.toml").write_bytes(b"three")

        assert sorted(books._sources(tmp_path, "")) == [("b.py", b"two"), ("rules/a.py", b"one")]

    def test_is_a_sha256(self) -> None:
        assert re.fullmatch(r"[0-9a-f]{64}", logic_digest())


class TestExplain:
    def finding(self, rule_id: str, **changes: Any) -> Finding:
        decision = decide(make_facts(**changes), book())
        return next(f for f in decision.findings if f.rule_id == rule_id)

    def test_says_it_in_the_readers_language(self) -> None:
        found = self.finding("CN13-REF-01", refusals=(make_refusal(),))

        chinese = explain(finding=found, book=book(), language="zh")
        english = explain(finding=found, book=book(), language="en")

        assert chinese.title == "明确拒绝后不得再呼"
        assert (
            chinese.sentence == "被叫已于 2025-02-04 明确拒绝该委托主体来电（来源：通话中按 9）。"
        )
        assert chinese.basis == "十三部门方案"
        assert english.title == "Explicit refusal ends calling"
        assert english.sentence == (
            "The person refused this principal's calls on 2025-02-04 "
            "(source: key 9 during a call)."
        )
        assert english.basis == "the 13-department plan"
        assert english.citations[0].article_en == "二(一)3"  # the plan's own numbering
        assert english.citations[1].article_en == "Art. 24"
        assert chinese.citations[1].article_zh == "第二十四条"
        assert english.verdict is Verdict.REFUSE
        assert english.retry_at is None

    def test_says_lists_of_codes_in_words(self) -> None:
        found = self.finding("CN13-LIC-04", filing__missing_elements=("content", "contact", "x"))

        assert explain(finding=found, book=book(), language="zh").sentence == (
            "外呼业务备案缺少要素：联系方式、外呼内容、x。"
        )
        assert explain(finding=found, book=book(), language="en").sentence == (
            "The campaign's filing lacks: contact, content, x."
        )

    def test_leaves_hours_and_numbers_as_they_are(self) -> None:
        noon = self.finding("CN13-TIM-03", at=beijing("2026-03-11 12:30"))
        guard = self.finding("CN13-TIM-09", at=beijing("2026-03-11 11:59"))

        explained = explain(finding=noon, book=book(), language="en")
        assert "00:00-12:00, 14:00-24:00" in explained.sentence
        assert explained.retry_at == beijing("2026-03-11 14:00")
        assert "within 2 minutes" in explain(finding=guard, book=book(), language="en").sentence

    def test_says_nothing_about_a_rule_that_allows(self) -> None:
        found = self.finding("CN13-REF-01")

        assert explain(finding=found, book=book(), language="en").sentence == ""

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_says_that_a_rule_failed(self, language: Any) -> None:
        failed = Finding(
            rule_id="CN13-REF-01",
            answer=Answer(
                verdict=Verdict.REFUSE, reason=RULE_FAILED.code, values=(("error", "KeyError"),)
            ),
        )

        assert "KeyError" in explain(finding=failed, book=book(), language=language).sentence

    @pytest.mark.parametrize("rule_id", ["CN13-REF-01", "US-TSR-01"])
    def test_still_shows_a_finding_of_another_edition(self, rule_id: str) -> None:
        old = Finding(rule_id=rule_id, answer=Answer(verdict=Verdict.REFUSE, reason="long_gone"))

        explained = explain(finding=old, book=book(), language="en")

        assert explained.rule_id == rule_id
        assert explained.sentence == "long_gone"
        assert explained.verdict is Verdict.REFUSE
