"""The provinces behind a prefix."""

import random
import subprocess
import sys
from pathlib import Path

import phonenumbers
import pytest

from compliance.numbers import GEOGRAPHIC, classify, localities
from compliance.numbers.localities_build import CODES, TABLE, build


class TestLocalities:
    @pytest.mark.parametrize(
        ("e164", "provinces"),
        [
            ("+861062345678", ("CN-BJ",)),
            ("+862162345678", ("CN-SH",)),
            ("+869912345678", ("CN-XJ",)),
            ("+868916234567", ("CN-XZ",)),
            ("+8613800138000", ("CN-BJ",)),
            ("+8613999112345", ("CN-XJ",)),
            ("+8618999112345", ("CN-XJ",)),
            ("+8613412345678", ("CN-GD",)),
            ("+8619900001234", ("CN-*",)),  # the source has no 199
            ("+8616212345678", ("CN-*",)),
            ("+864001234567", ("CN-*",)),
            ("95588", ("CN-*",)),
            ("+14155552671", ()),
        ],
    )
    def test_knows(self, e164: str, provinces: tuple[str, ...]) -> None:
        assert localities(e164).provinces == provinces

    def test_names_its_source(self) -> None:
        assert localities("+8613800138000").source == f"phonenumbers {phonenumbers.__version__}"

    @pytest.mark.long
    def test_has_the_table_that_the_installed_geocoder_makes(self) -> None:
        made = build()

        assert TABLE.read_text(encoding="ascii") == made

    def test_knows_every_province_of_the_mainland(self) -> None:
        assert len(set(CODES.values())) == 31

    def test_says_what_the_geocoder_says(self) -> None:
        from phonenumbers.geocoder import description_for_number  # noqa: PLC0415  100 MB

        chance = random.Random(7)
        numbers = [
            f"+861{chance.randrange(3, 10)}{chance.randrange(10**9):09d}" for _ in range(3000)
        ]
        for e164 in (number for number in numbers if classify(number) in GEOGRAPHIC):
            words = description_for_number(phonenumbers.parse(e164), "en").rsplit(", ", 1)[-1]
            code = CODES.get(words, "*")
            assert localities(e164).provinces == (f"CN-{code}",), e164

    def test_does_not_load_the_geocoder(self) -> None:
        code = (
            "import sys; from compliance.numbers import localities; localities('+8613800138000');"
            "assert not [name for name in sys.modules if 'geo' in name and 'phonenumbers' in name]"
        )
        root = Path(__file__).resolve().parents[2]

        subprocess.run([sys.executable, "-c", code], check=True, cwd=root)
