import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from compliance.scripts.fold import fold, fold_sign


class TestFold:
    def test_takes_disguises_off(self) -> None:
        assert fold("免 费·１Ａ\u200b費").text == "免费1a费"

    def test_remembers_where_each_sign_stood(self) -> None:
        folded = fold("您好，免-费。")

        assert folded.span(2, 4) == (3, 6)

    @given(text=st.text())
    def test_keeps_nothing_but_letters_and_digits(self, text: str) -> None:
        folded = fold(text)

        assert all(unicodedata.category(sign)[0] in "LN" for sign in folded.text)
        assert len(folded.places) == len(folded.text)
        assert list(folded.places) == sorted(folded.places)

    @given(text=st.text(), separator=st.characters().filter(lambda sign: not fold_sign(sign)))
    def test_does_not_see_separators(self, text: str, separator: str) -> None:
        assert fold(separator.join(text)).text == fold(text).text
