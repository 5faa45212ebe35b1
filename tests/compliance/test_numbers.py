"""Numbers: one spelling, a class, and a reason for every refusal."""

import random
import re

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneMetadata

from compliance.numbers import (
    GEOGRAPHIC,
    Number,
    NumberClass,
    NumberProblem,
    ProblemCode,
    Words,
    classify,
    normalise,
)
from compliance.numbers.classes import MOBILE_PATTERN, class_plan
from compliance.numbers.problems import PROBLEMS
from compliance.numbers.words import WordsError

MOBILES = st.from_regex(re.compile(rf"(?:{MOBILE_PATTERN})", re.ASCII), fullmatch=True)
READ = GEOGRAPHIC | {NumberClass.SERVICE_400, NumberClass.SERVICE_800}
FULL_WIDTH = str.maketrans("0123456789+-()", "０１２３４５６７８９＋－（）")


@st.composite
def spellings(draw: st.DrawFn, national: str) -> str:
    """Write a mobile in one of the ways that people and spreadsheets write it."""
    between = draw(st.sampled_from(["", " ", "-", ".", "–", "  ", "\u00a0", "－"]))
    text = between.join([national[:3], national[3:7], national[7:]])
    text = draw(st.sampled_from(["", "+86", "+86 ", "0086", "86", "(+86)", "+86-", "0"])) + text
    if draw(st.booleans()):
        text = text.translate(FULL_WIDTH)
    plain = between == "" and text.isdigit()
    if plain and draw(st.booleans()):
        text += draw(st.sampled_from([".0", ".00"]))
    before = draw(st.sampled_from(["", " ", "'", "\ufeff", "\u202d", "\u3000"]))
    return before + text + draw(st.sampled_from(["", " ", "\t", "\u202c", "\r\n"]))


def by_library(text: str) -> str | None:
    """Return what phonenumbers makes of a text: E.164 of a valid number, or None."""
    try:
        number = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def by_us(text: str) -> str | None:
    try:
        return normalise(text).e164
    except NumberProblem:
        return None


def like_a_mobile(chance: random.Random) -> str:
    """Write eleven digits from 10… to 19…, now and then one less or more, in some spelling."""
    digits = f"1{chance.randrange(10**10):010d}"
    digits = chance.choice([digits, digits, digits, digits[:-1], digits + "0"])
    parts = [digits[:3], digits[3:7], digits[7:]]
    return chance.choice(["", "+86", "0086", "86 ", "+86 "]) + chance.choice("- .").join(parts)


def differences(count: int) -> list[str]:
    """Compare with phonenumbers; landlines in mobile spelling are compared too."""
    chance = random.Random(20261121)
    texts = (like_a_mobile(chance) for _ in range(count))
    return [text for text in texts if by_us(text) != expected(text)]


def expected(text: str) -> str | None:
    """Take the library's answer, except where it accepts what nobody may call as a person."""
    answer = by_library(text)
    if answer is None:
        return None
    return answer if classify(answer) in READ else None


class TestNormalise:
    @given(data=st.data(), national=MOBILES)
    @settings(deadline=None)
    def test_reads_every_spelling_of_a_mobile(self, data: st.DataObject, national: str) -> None:
        text = data.draw(spellings(national))

        assert normalise(text).e164 == f"+86{national}"

    @pytest.mark.parametrize(
        ("text", "e164", "kind"),
        [
            ("13800138000", "+8613800138000", NumberClass.MOBILE),
            ("17012345678", "+8617012345678", NumberClass.MVNO),
            ("16212345678", "+8616212345678", NumberClass.MVNO),
            ("'13800138000", "+8613800138000", NumberClass.MOBILE),
            ('="13800138000"', "+8613800138000", NumberClass.MOBILE),
            ("138.0013.0000", "+8613800130000", NumberClass.MOBILE),
            ("[138] 0013 8000", "+8613800138000", NumberClass.MOBILE),
            ("010-62345678", "+861062345678", NumberClass.FIXED),
            ("+86 (0)10 6234 5678", "+861062345678", NumberClass.FIXED),
            ("（0755）2345-6789", "+8675523456789", NumberClass.FIXED),
            ("400-123-4567", "+864001234567", NumberClass.SERVICE_400),
            ("800 820 1234", "+868008201234", NumberClass.SERVICE_800),
        ],
    )
    def test_reads(self, text: str, e164: str, kind: NumberClass) -> None:
        assert normalise(text) == Number(e164, kind)

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("", ProblemCode.EMPTY),
            ("  \u3000\ufeff", ProblemCode.EMPTY),
            ("1.38E+10", ProblemCode.SCIENTIFIC),
            ("1.3800138E10", ProblemCode.SCIENTIFIC),
            ("1.38001380001E+10", ProblemCode.SCIENTIFIC),  # even if no digit seems lost
            ("=A1", ProblemCode.FORMULA),
            ('=HYPERLINK("13800138000")', ProblemCode.FORMULA),
            ("@13800138000", ProblemCode.FORMULA),
            ("-13800138000", ProblemCode.UNREADABLE),
            ("13800138000/13900139000", ProblemCode.SEVERAL),
            ("13800138000、13900139000", ProblemCode.SEVERAL),
            ("13800138000 13900139000", ProblemCode.SEVERAL),
            ("1380013800O", ProblemCode.UNREADABLE),
            ("张三", ProblemCode.UNREADABLE),
            ("138****8000", ProblemCode.UNREADABLE),
            ("1380013800①", ProblemCode.UNREADABLE),
            ("١٣٨٠٠١٣٨٠٠٠", ProblemCode.UNREADABLE),
            ("010-62345678转801", ProblemCode.UNREADABLE),
            ("1380013800", ProblemCode.TOO_SHORT),
            ("1380013800.0", ProblemCode.TOO_SHORT),  # the zero is no digit of the number
            ("1380013.0000", ProblemCode.TOO_SHORT),
            ("62345678", ProblemCode.TOO_SHORT),
            ("138001380001", ProblemCode.TOO_LONG),
            ("110101199003078515", ProblemCode.TOO_LONG),  # an identity card
            ("010-62345678-801", ProblemCode.TOO_LONG),
            ("17412345678", ProblemCode.UNASSIGNED),
            ("+1 415 555 2671", ProblemCode.FOREIGN),
            ("00852 2345 6789", ProblemCode.FOREIGN),
            ("+886 912 345 678", ProblemCode.FOREIGN),
            ("110", ProblemCode.EMERGENCY),
            ("122", ProblemCode.EMERGENCY),
            ("12110", ProblemCode.EMERGENCY),
            ("010-110", ProblemCode.EMERGENCY),
            ("+86120", ProblemCode.EMERGENCY),
            ("95588", ProblemCode.SERVICE),
            ("021-95588", ProblemCode.SERVICE),
            ("96110", ProblemCode.SERVICE),
            ("10105678", ProblemCode.SERVICE),
            ("16812345", ProblemCode.SERVICE),
            ("10086", ProblemCode.TOO_SHORT),
            ("10690123", ProblemCode.TOO_SHORT),
            ("106901234567", ProblemCode.TOO_LONG),
            ("700123456789012", ProblemCode.PRIVACY),
        ],
    )
    def test_refuses(self, text: str, code: ProblemCode) -> None:
        with pytest.raises(NumberProblem) as problem:
            normalise(text)

        assert problem.value.code is code

    @given(text=st.text(st.sampled_from("0123456789+- .()'eE=８－"), max_size=24))
    @settings(max_examples=500, deadline=None)
    def test_answers_only_with_numbers_that_the_library_holds_valid(self, text: str) -> None:
        e164 = by_us(text)

        assert e164 is None or by_library(e164) == e164

    def test_agrees_with_the_library_on_5_000_texts(self) -> None:
        assert differences(5_000) == []

    @pytest.mark.long
    def test_agrees_with_the_library_on_a_great_many_texts(
        self, pytestconfig: pytest.Config
    ) -> None:
        assert differences(int(pytestconfig.getoption("--number-texts"))) == []

    def test_has_the_mobile_pattern_of_the_installed_metadata(self) -> None:
        metadata = PhoneMetadata.metadata_for_region("CN")

        assert metadata is not None
        assert metadata.mobile is not None
        assert metadata.mobile.national_number_pattern == MOBILE_PATTERN

    def test_never_shows_a_number_in_its_messages(self) -> None:
        number = normalise("13800138000")

        with pytest.raises(NumberProblem) as problem:
            normalise("1380013800O")

        assert "13800138000" not in f"{number} {number!r}"
        assert "1380013800" not in f"{problem.value} {problem.value!r}"


class TestClassify:
    @pytest.mark.parametrize(
        ("number", "kind"),
        [
            ("+8613800138000", NumberClass.MOBILE),
            ("+8616512345678", NumberClass.MVNO),
            ("+8616712345678", NumberClass.MVNO),
            ("+8617112345678", NumberClass.MVNO),
            ("02187654321", NumberClass.FIXED),
            ("+862187654321", NumberClass.FIXED),
            ("95013888", NumberClass.SERVICE_95),
            ("01095588", NumberClass.SERVICE_95),
            ("962121", NumberClass.SERVICE_96),
            ("4001234567", NumberClass.SERVICE_400),
            ("10800" + "1234567", NumberClass.SERVICE_800),
            ("10105678", NumberClass.SERVICE_1010),
            ("700123456789012", NumberClass.PRIVACY_700),
            ("1062345678", NumberClass.FIXED),  # 010-62345678, not a 106 message port
            ("10690123", NumberClass.SHORT),
            ("10086", NumberClass.SHORT),
            ("12315", NumberClass.SHORT),
            ("02112345", NumberClass.SHORT),
            ("16012345", NumberClass.PREMIUM),
            ("+14155552671", NumberClass.FOREIGN),
            ("0085223456789", NumberClass.FOREIGN),
            ("+8617412345678", NumberClass.UNKNOWN),
            ("", NumberClass.UNKNOWN),
            ("abc", NumberClass.UNKNOWN),
            ("+86", NumberClass.UNKNOWN),
            ("1380013800１", NumberClass.UNKNOWN),
        ],
    )
    def test_knows(self, number: str, kind: NumberClass) -> None:
        assert classify(number) is kind

    @pytest.mark.parametrize(
        "number", ["110", "119", "120", "122", "112", "999", "12110", "12395"]
    )
    @pytest.mark.parametrize("area", ["", "010", "021", "0755", "+8610", "+86"])
    def test_finds_every_way_to_dial_for_rescue(self, number: str, area: str) -> None:
        assert classify(area + number) is NumberClass.EMERGENCY

    @given(digits=st.text(st.sampled_from("0123456789"), min_size=1, max_size=6))
    def test_holds_nothing_of_six_digits_for_a_person(self, digits: str) -> None:
        assert classify(digits) not in GEOGRAPHIC

    def test_reads_a_dated_table(self) -> None:
        assert class_plan().as_of.year >= 2026


class TestWords:
    @pytest.mark.parametrize(
        ("zh", "en"), [("", "Yes."), ("是。", ""), ("Yes.", "Yes."), ("是", "是")]
    )
    def test_refuse_to_be_in_one_language(self, zh: str, en: str) -> None:
        with pytest.raises(WordsError):
            Words(zh, en)

    def test_exist_for_every_problem_with_a_number(self) -> None:
        assert set(PROBLEMS) == set(ProblemCode)
        assert all(not re.search(r"[\u4e00-\u9fff]", words.en) for words in PROBLEMS.values())
