"""The design system: contrast, and no request to another machine."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "console" / "static" / "console"
TOKENS = (STATIC / "tokens.css").read_text(encoding="utf-8")
LIGHT, DARK = TOKENS.split("@media (prefers-color-scheme: dark)")

TEXT = [  # WCAG 2.2, 1.4.3: text reaches 4.5 to 1
    ("ink", "ground"), ("ink", "sheet"), ("ink", "sunk"),
    ("ink-soft", "ground"), ("ink-soft", "sheet"), ("ink-soft", "sunk"),
    ("link", "ground"), ("link", "sheet"), ("on-brand", "brand"), ("on-brand", "brand-deep"),
    ("allow", "allow-ground"), ("defer", "defer-ground"), ("refuse", "refuse-ground"),
    ("plain", "plain-ground"), ("demo", "demo-ground"), ("refuse", "sheet"), ("refuse", "ground"),
    ("allow", "sheet"), ("ink", "allow-ground"),
]  # fmt: skip
PARTS = [  # 1.4.11: edges of fields, focus, and what bars show reach 3 to 1
    ("edge", "sheet"), ("edge", "ground"), ("focus", "sheet"), ("focus", "ground"),
    ("bar", "sheet"), ("bar-stop", "sheet"), ("bar-calling", "sheet"), ("bar-talked", "sheet"),
]  # fmt: skip


def colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", css))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("css", [LIGHT, DARK], ids=["light", "dark"])
class TestTokens:
    @pytest.mark.parametrize(("ink", "ground"), TEXT)
    def test_can_be_read(self, ink: str, ground: str, css: str) -> None:
        assert contrast(colours(css)[ink], colours(css)[ground]) >= 4.5

    @pytest.mark.parametrize(("part", "ground"), PARTS)
    def test_can_be_told_apart(self, part: str, ground: str, css: str) -> None:
        assert contrast(colours(css)[part], colours(css)[ground]) >= 3

    def test_are_all_given(self, css: str) -> None:
        assert colours(css).keys() == colours(LIGHT).keys()


class TestStylesheets:
    def test_use_only_tokens_that_exist(self) -> None:
        given = set(re.findall(r"--([a-z0-9-]+):", TOKENS))
        for sheet in STATIC.glob("*.css"):
            used = set(re.findall(r"var\(--([a-z0-9-]+)\)", sheet.read_text(encoding="utf-8")))
            assert used <= given, sheet.name

    def test_ask_no_other_machine_for_anything(self) -> None:
        for file in (one for one in STATIC.rglob("*") if one.is_file()):
            text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
            said = re.sub(r"(^|\s)//\s.*$", "", text, flags=re.MULTILINE)
            assert "//" not in said, file.name
