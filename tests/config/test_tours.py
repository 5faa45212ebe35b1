"""The pages for people: what docs/first-hour.md and the tours name is there, in both languages."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import Resolver404, resolve

from config.demo.first_hour import BAD, CONSENTS, ROWS
from console.matrix import MATRIX

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = ("first-hour", "tour-call-centre", "tour-agent", "tour-compliance", "tour-administrator")
WITHOUT_DJANGO = {"demo", "test"}  # config.commands runs them
ADDRESS = re.compile(r"`(?:POST )?(/[a-z/-]*[a-z]/?)`")
PICTURE = re.compile(r"\((pictures/[^)]+)\)")
MOST_BYTES = 3_000_000  # of all pictures together


def text(name: str) -> str:
    return (DOCS / f"{name}.md").read_text("utf-8")


@pytest.mark.parametrize("name", PAGES)
class TestEachPage:
    def test_names_addresses_that_are_open_to_somebody(self, name: str) -> None:
        addresses = set(ADDRESS.findall(text(name)))

        assert addresses
        for address in addresses:
            try:
                found = resolve(address)
            except Resolver404:
                pytest.fail(f"{name} names {address}, which is no page.")
            assert address.startswith("/api/") or found.url_name in {*MATRIX, "log_in"}, address

    def test_names_commands_that_there_are(self, name: str) -> None:
        commands = set(re.findall(r"manage\.py ([a-z_]+)", text(name)))

        assert commands
        assert commands <= {*get_commands(), *WITHOUT_DJANGO}

    def test_shows_pictures_that_were_taken_in_both_languages(self, name: str) -> None:
        for picture in PICTURE.findall(text(name)):
            for language in ("zh", "en"):
                path = DOCS / re.sub(r"-(zh|en)\.png$", f"-{language}.png", picture)
                assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n", path

    def test_is_linked_from_the_readme_and_speaks_both_languages(self, name: str) -> None:
        assert f"docs/{name}.md" in (ROOT / "README.md").read_text("utf-8")
        headings = re.findall(r"^#+ (.+)$", text(name), re.MULTILINE)
        for heading in headings:
            assert re.search(r"[\u4e00-\u9fff]", heading), heading
            assert re.search(r"[A-Za-z]{2}", heading), heading


class TestTheFirstHour:
    def test_says_the_figures_that_the_demo_makes(self) -> None:
        page = text("first-hour")

        for figure in (f"{ROWS:,}", f"{BAD:,}", f"{ROWS - BAD:,}", f"{CONSENTS} / {ROWS - BAD:,}"):
            assert figure in page, figure
        assert f"{ROWS - BAD - CONSENTS:,}" in page

    def test_names_the_files_that_the_demo_writes(self) -> None:
        named = set(re.findall(r"`var/demo/(first-hour/[a-z]+\.csv)`", text("first-hour")))

        assert named == {"first-hour/leads.csv", "first-hour/consents.csv"}


class TestThePictures:
    def test_are_small_and_all_of_them_shown(self) -> None:
        taken = {path.name: path.stat().st_size for path in (DOCS / "pictures").glob("*.png")}
        pages = [*DOCS.glob("*.md"), ROOT / "README.md"]
        shown = " ".join(page.read_text("utf-8") for page in pages)

        assert taken
        assert sum(taken.values()) < MOST_BYTES
        assert [name for name in taken if name not in shown] == []
