"""Numbers as people may see them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.numbers import mask, mask_text
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
