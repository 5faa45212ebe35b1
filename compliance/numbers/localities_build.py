"""Makes localities.tsv from the geocoder: `python -m compliance.numbers.localities_build`.

That geocoder (of phonenumbers) covers the world and takes 100 MB in every process that imports
it; the ranges of provinces that Yunhu needs take 1 MB. A test makes the table again and compares.
"""

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import phonenumbers

from compliance.numbers.localities import PREFIX_DIGITS

TABLE = Path(__file__).with_name("localities.tsv")
CODES = {  # ISO 3166-2:CN, by the names that end the geocoder's English descriptions
    "Anhui": "AH", "Beijing": "BJ", "Chongqing": "CQ", "Fujian": "FJ", "Gansu": "GS",
    "Guangdong": "GD", "Guangxi": "GX", "Guizhou": "GZ", "Hainan": "HI", "Hebei": "HE",
    "Heilongjiang": "HL", "Henan": "HA", "Hubei": "HB", "Hunan": "HN", "Inner Mongolia": "NM",
    "Jiangsu": "JS", "Jiangxi": "JX", "Jilin": "JL", "Liaoning": "LN", "Ningxia": "NX",
    "Qinghai": "QH", "Shaanxi": "SN", "Shandong": "SD", "Shanghai": "SH", "Shanxi": "SX",
    "Sichuan": "SC", "Tianjin": "TJ", "Tibet": "XZ", "Xinjiang": "XJ", "Yunnan": "YN",
    "Zhejiang": "ZJ",
}  # fmt: skip
ANYWHERE_CODE = "*"
CHINA_PREFIX = "86"


def build() -> str:
    """Return the table's text for the installed version of phonenumbers.

    :raises KeyError: if the geocoder names a province that `CODES` does not know
    """
    by_prefix = _by_prefix()
    shortest = min(map(len, by_prefix))
    found = ((start, _longest(str(start), by_prefix, shortest)) for start in _borders(by_prefix))
    ranges = (next(group) for _, group in groupby(found, key=lambda pair: pair[1]))
    lines = [f"{start}\t{code}" for start, code in ranges]
    return "\n".join(
        [f"# phonenumbers {phonenumbers.__version__}", f"0\t{ANYWHERE_CODE}", *lines, ""]
    )


def _by_prefix() -> dict[str, str]:
    """Return every Chinese prefix of the geocoder, national, with its province's code."""
    from phonenumbers.geodata import GEOCODE_DATA  # noqa: PLC0415  100 MB, only for the build

    return {
        prefix.removeprefix(CHINA_PREFIX): CODES[names["en"].rsplit(", ", 1)[-1]]
        for prefix, names in GEOCODE_DATA.items()
        if prefix.startswith(CHINA_PREFIX)
    }


def _borders(prefixes: Iterable[str]) -> list[int]:
    """Return where some prefix's range starts or has just ended; nothing changes in between."""
    borders = {10 ** (PREFIX_DIGITS - 1)}
    for prefix in prefixes:
        width = 10 ** (PREFIX_DIGITS - len(prefix))
        borders |= {int(prefix) * width, (int(prefix) + 1) * width}
    return sorted(borders - {10**PREFIX_DIGITS})


def _longest(prefix: str, by_prefix: dict[str, str], shortest: int) -> str:
    """Find the longest known prefix, as the geocoder does."""
    for length in range(PREFIX_DIGITS, shortest - 1, -1):
        code = by_prefix.get(prefix[:length])
        if code:
            return code
    return ANYWHERE_CODE


if __name__ == "__main__":
    TABLE.write_text(build(), encoding="ascii")
