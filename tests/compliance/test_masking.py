"""Numbers as people may see them (CN13-AGT-06)."""

import json
from unicodedata import decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.numbers import mask, mask_text, mask_within
from tests.compliance.test_numbers import MOBILES, spellings


class TestMask:
    @pytest.mark.parametrize(
        ("number", "shown"),
        [
            ("+8613800138000", "138****8000"),
            ("+861062345678", "010-****5678"),
            ("+8675523456789", "0755-****6789"),
            ("+864001234567", "4001234567"),
            ("+14155552671", "+1****2671"),
            ("+85223456789", "+85****6789"),
            ("110", "110"),
            ("95588", "95588"),
        ],
    )
    def test_shows(self, number: str, shown: str) -> None:
        assert mask(number) == shown

    @given(national=MOBILES)
    def test_hides_the_middle_of_every_mobile(self, national: str) -> None:
        shown = mask(f"+86{national}")

        assert shown == f"{national[:3]}****{national[-4:]}"

    @given(data=st.data(), national=MOBILES)
    @settings(deadline=None)
    def test_hides_it_in_every_spelling(self, data: st.DataObject, national: str) -> None:
        text = data.draw(spellings(national))

        shown = mask_text(text)

        assert sum(sign.isdigit() for sign in shown) <= 7
        assert national not in shown

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("1.38E+10", "1.38E+10"),
            ("张三", "张****"),
            ("", ""),
            ("1234", "1234"),
            ("62345678", "62****78"),
        ],
    )
    def test_shows_of_other_texts(self, text: str, shown: str) -> None:
        assert mask_text(text) == shown


class TestMaskWithin:
    @given(
        data=st.data(),
        national=MOBILES,
        before=st.text("对9-+ ：", max_size=6),
        after=st.text("了0- 。", max_size=6),
    )
    def test_leaves_no_spelling_of_the_number(
        self, data: st.DataObject, national: str, before: str, after: str
    ) -> None:
        text = json.dumps(before + data.draw(spellings(national)) + after, ensure_ascii=False)

        shown = mask_within(text, f"+86{national}")

        assert mask(f"+86{national}") in shown
        digits = "".join(str(decimal(sign)) for sign in shown if sign.isdecimal())
        assert national not in digits
        assert shown.startswith(f'"{before[:1]}')
        assert shown.endswith(f'{after[-1:]}"')

    @pytest.mark.parametrize(
        "text",
        ["", "138****8000", "13800138001", "1380013800", "138\n\n\n\n00138000", "2026-11-21"],
    )
    def test_leaves_other_texts_alone(self, text: str) -> None:
        assert mask_within(text, "+8613800138000") == text

    def test_masks_a_foreign_number_too(self) -> None:
        assert mask_within("+1 415 555-2671", "+14155552671") == "+1****2671"
