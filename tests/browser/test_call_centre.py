"""The supervisor's journeys: from a purpose to the first call, and a list with its rejects.

The test is the worker: it does the jobs that the pages start, and the pages notice by themselves.
"""

from pathlib import Path
from typing import Any

import pytest

from compliance import clock
from compliance.models import CampaignFiling
from dialer.models import Lead
from tests.browser.first_call import first_call
from tests.browser.test_console import BOTH, NUMBER, fits, goes, person
from tests.console.call_centre.conftest import work
from tests.console.call_centre.test_lists import SCATTERED
from tests.console.desk.line import MINUTES
from tests.console.house import set_clock
from tests.console.house_lists import BEIJING

pytestmark = pytest.mark.apt

# Of the seeded list three people who agreed and were not called yet, among others who did not.
AGREED = [f"{BEIJING}{n * 7 + 11:04d}" for n in (16, 20, 23)]
NUMBERS = [*AGREED, *(f"1381{number:07d}" for number in SCATTERED)]
BAD = "错号,1381"


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """Write a list that has one bad row."""
    path = tmp_path / "官网登记.csv"
    rows = ["联系人,怎么打", *(f"客户{at},{number}" for at, number in enumerate(NUMBERS)), BAD]
    path.write_text("\r\n".join(rows), encoding="gb18030")
    return path


def looks_well(page: Any) -> None:
    """Check what every page has to be."""
    assert fits(page), page.url
    assert not NUMBER.search(page.content()), page.url


def upload(page: Any, console: str, path: Path, *, campaign: CampaignFiling, name: str) -> None:
    """Upload a list that is declared with it, and say which column is which."""
    page.goto(f"{console}/lists/upload/?campaign={campaign.campaign.pk}")
    looks_well(page)
    page.set_input_files("#id_file", path)
    page.fill("#id_name", name)
    page.select_option("#id_source", "own_form")
    page.fill("#id_collected_by", campaign.principal.name)
    page.fill("#id_notice", "我们会就您登记的事项致电。")
    goes(page, "main form button.main")
    looks_well(page)
    page.select_option("[name=column-0]", "name")
    page.select_option("[name=column-1]", "number")
    goes(page, "main form button.main")


def read_and_apply(page: Any) -> None:
    """Have the list read, look at the difference, and have it applied."""
    work()
    page.wait_for_selector("form[action$='/apply/'] button")
    looks_well(page)
    goes(page, "form[action$='/apply/'] button")
    work()
    page.wait_for_selector("#difference-title .is-allow")


class TestTheWizard:
    @pytest.mark.parametrize(("locale", "width"), BOTH)
    def test_leads_to_a_campaign_that_a_second_person_let_run_and_to_its_first_call(
        self, console: str, chromium: Any, people: Path, locale: str, width: int
    ) -> None:
        set_clock(clock.read() + MINUTES)
        with person(chromium, console, width=width, locale=locale, account="supervisor") as page:
            page.wait_for_url("**/today/")
            page.wait_for_selector("#clocks-title ~ div .plain-list, #clocks-title ~ div .empty")
            looks_well(page)
            filing = self.register(page, console, "autumn-reply")
            upload(page, console, people, campaign=filing, name="官网登记")
            read_and_apply(page)
            self.check(page, console, filing)
            approval = self.ask(page, console, filing)
        with person(chromium, console, width=width, locale=locale, account="compliance") as page:
            page.goto(f"{console}{approval}")
            looks_well(page)
            goes(page, "button[value=approve]")
        filing.refresh_from_db()
        assert filing.state == CampaignFiling.State.ACTIVE
        first_call(chromium, console, filing, width=width, locale=locale)

    def register(self, page: Any, console: str, code: str) -> CampaignFiling:
        like = CampaignFiling.objects.get(code="spring-course")
        page.goto(f"{console}/campaigns/")
        looks_well(page)
        goes(page, "form[action$='/campaigns/new/'] button")
        page.check("input[value=P1]")
        goes(page, "form.form button.main")
        assert page.locator(".objecting .citations li").count() >= 1  # marketing is refused
        looks_well(page)
        page.check("input[value=P3]")
        goes(page, "form.form button.main")
        page.select_option("#id_principal", str(like.principal_id))
        goes(page, "form.form button.main")
        page.select_option("#id_number", str(like.caller_number_id))
        page.select_option("#id_trunk", str(like.trunk_id))
        goes(page, "form.form button.main")
        page.select_option("#id_script", str(like.script_id))
        goes(page, "form.form button.main")
        looks_well(page)
        page.fill("#id_name", "秋季课程回复")
        page.fill("#id_code", code)
        page.fill("#id_audience", "在官网登记咨询的家长")
        page.fill("#id_content", "答复课程安排")
        page.fill("#id_contact", "致电 9512301")
        goes(page, "form.form button.main")
        looks_well(page)
        return CampaignFiling.objects.select_related("campaign", "principal").get(code=code)

    def check(self, page: Any, console: str, filing: CampaignFiling) -> None:
        page.goto(f"{console}/campaigns/{filing.pk}/hours/")
        looks_well(page)
        page.goto(f"{console}/campaigns/{filing.pk}/check/")
        goes(page, "form[action$='/check/run/'] button")
        work()
        page.wait_for_selector("#report-title")
        assert page.inner_text(".figure.is-bad b") == str(len(SCATTERED))
        looks_well(page)

    def ask(self, page: Any, console: str, filing: CampaignFiling) -> str:
        page.goto(f"{console}/campaigns/{filing.pk}/activation/")
        looks_well(page)
        goes(page, "form[action$='/ask/'] button")
        assert page.locator("button[value=approve]").count() == 0  # not by whoever asks
        return str(page.url.removeprefix(console))


class TestAnImport:
    @pytest.mark.parametrize(("locale", "width"), BOTH)
    def test_has_its_rejects_corrected(
        self, console: str, chromium: Any, people: Path, locale: str, width: int
    ) -> None:
        filing = CampaignFiling.objects.select_related("campaign", "principal").get(
            code="meter-notice"
        )
        with person(chromium, console, width=width, locale=locale, account="supervisor") as page:
            upload(page, console, people, campaign=filing, name="登记")
            read_and_apply(page)
            assert page.inner_text(".figure.is-bad b") == "1"
            page.fill("#id_reason", "请业务更正")
            with page.expect_download() as given:
                page.click(".reason-row button")
            rejects = people.with_name("rejects.csv")
            given.value.save_as(rejects)
            text = rejects.read_text(encoding="utf-8-sig")
            assert ",1381," in text
            rejects.write_text(text.replace(",1381,", ",13900131440,"))
            goes(page, "a[href*='corrects=']")
            page.set_input_files("#id_file", rejects)
            goes(page, "main form button.main")
            assert page.input_value("[name=column-1]") == "number"  # as it was said before
            goes(page, "main form button.main")
            read_and_apply(page)
            page.goto(f"{console}/lists/")
            looks_well(page)

        assert Lead.objects.filter(person__masked="139****1440").count() == 1
