"""The compliance officer's way in a browser: why a person was called or not, complaint to pack."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.audit.tree import seal_all
from tests.browser.served import Served, serving
from tests.browser.test_console import EVERY_WAY, NUMBER, fits, goes, person
from tests.console.officer.troubles import Troubled, trouble
from tests.console.seed import seed

pytestmark = pytest.mark.apt

WORDS = {
    "zh-CN": {"why": "为什么呼叫，为什么没有呼叫", "sealed": "已封存", "holds": "证明成立",
              "stopped": "已停止对该号码的一切呼叫", "closed": "已办结"},
    "en-US": {"why": "Why there was a call, or none", "sealed": "sealed",
              "holds": "the proof holds",
              "stopped": "Every call to the number is stopped", "closed": "closed"},
}  # fmt: skip


@pytest.fixture
def troubled(transactional_db: None) -> Troubled:
    """A call centre in which somebody has refused and complained, and the trail is sealed."""
    made = trouble(seed(leads=24, seats=6))
    seal_all()
    return made


@pytest.fixture
def served(troubled: Troubled, keys_of_the_test_run: Path) -> Iterator[Served]:
    """Serve its console."""
    with serving(keys_of_the_test_run) as served:
        yield served


class TestOfficer:
    def test_learns_why_a_person_was_called_in_few_clicks(
        self, console: str, chromium: Any, troubled: Troubled
    ) -> None:
        for locale, width in (("zh-CN", 1440), ("en-US", 390)):
            words = WORDS[locale]
            with person(
                chromium, console, width=width, locale=locale, account="compliance"
            ) as page:
                page.goto(f"{console}/dossiers/")
                page.fill("#number", troubled.number)
                goes(page, "form.stack button.main")  # the first click

                assert words["why"] in page.inner_text("#answers-title")
                assert page.locator(".answers tbody tr").count() >= 1
                assert words["sealed"] in page.inner_text(".time-line")
                assert troubled.number not in page.url
                assert not NUMBER.search(page.content())
                assert fits(page)

                goes(page, ".time-line a.proof >> nth=0")
                assert words["holds"] in page.inner_text("header.page-head >> nth=-1")
                assert fits(page)
                page.go_back()
                goes(page, ".answers td a.badge >> nth=0")  # the second
                page.wait_for_selector(".one-decision")
                assert page.locator(".finding").count() >= 1

    def test_goes_from_a_complaint_to_its_evidence_pack(
        self, console: str, chromium: Any, troubled: Troubled, tmp_path: Path
    ) -> None:
        for number, (locale, width) in enumerate(EVERY_WAY):
            words = WORDS[locale]
            with person(
                chromium, console, width=width, locale=locale, account="compliance"
            ) as page:
                page.goto(f"{console}/complaints/new/")
                page.fill("#number", f"1390013{number:04d}")
                page.select_option("#channel", "12321")
                page.fill("#summary", "Called three times today")
                assert fits(page)
                goes(page, "form.stack button.main")
                assert words["stopped"] in page.inner_text(".message")
                assert fits(page)

                with page.expect_download() as download:
                    page.click("#pack")
                pack = tmp_path / f"{number}.zip"
                download.value.save_as(pack)
                with zipfile.ZipFile(pack) as packed:
                    assert "case.json" in packed.namelist()

                page.reload()
                page.select_option("select[name=handler]", "compliance")
                goes(page, "details[open] form button")
                page.fill("details[open] textarea[name=note]", "Looked into")
                goes(page, "button[value=rejected]")
                page.fill("details[open] textarea[name=note]", "Answered")
                goes(page, "details[open] button.main")
                goes(page, "details[open] button.main")
                assert words["closed"] in page.inner_text("header.page-head >> nth=-1")
                assert re.search(r"[0-9a-f]{64}", page.inner_text(".steps >> nth=-1"))
                assert not NUMBER.search(page.content())
