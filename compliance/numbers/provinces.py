"""The provinces of mainland China, as ISO 3166-2 has them; a code beside them stops nobody."""

from collections.abc import Iterable

from compliance.numbers.words import Words

PROVINCES = frozenset({
    "CN-AH", "CN-BJ", "CN-CQ", "CN-FJ", "CN-GD", "CN-GS", "CN-GX", "CN-GZ", "CN-HA", "CN-HB",
    "CN-HE", "CN-HI", "CN-HL", "CN-HN", "CN-JL", "CN-JS", "CN-JX", "CN-LN", "CN-NM", "CN-NX",
    "CN-QH", "CN-SC", "CN-SD", "CN-SH", "CN-SN", "CN-SX", "CN-TJ", "CN-XJ", "CN-XZ", "CN-YN",
    "CN-ZJ",
})  # fmt: skip
UNKNOWN_PROVINCE = Words(
    "没有省份代码 {code}；请写 ISO 3166-2 代码，例如 CN-GD（广东）。",
    "There is no province {code}; write its ISO 3166-2 code, such as CN-GD for Guangdong.",
)


class ProvinceUnknownError(ValueError):
    """A code names no province, so whatever is declared for it would hold nowhere."""

    def __init__(self, code: str) -> None:
        """Say which code it is, in both languages."""
        self.words = UNKNOWN_PROVINCE.filled(code=repr(code[:16]))
        super().__init__(str(self.words))


def check_provinces(codes: Iterable[str]) -> None:
    """Accept codes of provinces only.

    :raises ProvinceUnknownError: at the first that is none
    """
    for code in codes:
        if code not in PROVINCES:
            raise ProvinceUnknownError(code)
