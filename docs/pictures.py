"""Take the pictures of the docs from a running demo: `python docs/pictures.py URL`.

Needs the developers' requirements, and on Debian `apt install
chromium-headless-shell fonts-noto-cjk`. It walks
the way of docs/first-hour.md on a demo that has just been started, and photographs it in both
languages; every picture is kept with few colours, so that all of them together stay small.
"""

import argparse
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
FILES = ROOT / "var" / "demo" / "first-hour"
CHROMIUM = "/usr/bin/chromium-headless-shell"
LANGUAGES = {"zh": "zh-CN", "en": "en-US"}
WIDE: ViewportSize = {"width": 1280, "height": 860}
NARROW: ViewportSize = {"width": 390, "height": 844}
SETTLED_MS = 1500  # a beat of the live page
PATIENT_MS = 90_000  # for a job, or for a call
COLOURS = 96
CALLS = 8  # of which one lasts until it was refused
LOOKS = 100  # for somebody who may be called, twenty of the list at a time
NAME, CODE = "秋季课程回复", "autumn-course"


@dataclass(frozen=True, slots=True)
class Visitor:
    """One account, at two browsers: one in Chinese, which does things, and one in English."""

    pages: dict[str, Page]
    url: str
    to: Path

    @property
    def page(self) -> Page:
        """The browser in which things are done."""
        return self.pages["zh"]

    def open(self, path: str) -> None:
        """Open a page of the console."""
        self.page.goto(f"{self.url}{path}", wait_until="load")

    def shoot(self, name: str, *, at: str = "", same: bool = False, settles: bool = True) -> None:
        """Photograph what is open; in English the same address, unless it is there already.

        :param at: what to have at the top
        :param settles: wait a moment first; what lasts a second is photographed at once
        """
        here = self.page.url
        for language, page in self.pages.items():
            if language != "zh" and not same:
                page.goto(here, wait_until="load")
            if at:
                page.locator(at).first.evaluate("one => one.scrollIntoView({block: 'start'})")
            if settles:
                page.wait_for_timeout(SETTLED_MS)
            _keep(page.screenshot(), self.to / f"{name}-{language}.png")


def main() -> None:
    """Take every picture."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("url", help="such as http://127.0.0.1:8000")
    parser.add_argument("--to", type=Path, default=PICTURES, help="folder for the pictures")
    parser.add_argument("--files", type=Path, default=FILES, help="the demo's first-hour folder")
    options = parser.parse_args()
    options.to.mkdir(parents=True, exist_ok=True)
    url = options.url.rstrip("/")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        seen = _Studio(browser=browser, url=url, to=options.to)
        filing = call_centre(seen, options.files)
        approved(seen, filing)
        number = agent(seen, options.files)
        compliance(seen, number)
        administrator(seen, number)
        browser.close()


@dataclass(frozen=True, slots=True)
class _Studio:
    """Where pictures are taken."""

    browser: Browser
    url: str
    to: Path

    @contextmanager
    def visitor(self, account: str, *, size: ViewportSize | None = None) -> Iterator[Visitor]:
        """Log an account in, in each language."""
        contexts = {
            language: self.browser.new_context(locale=locale, viewport=size or WIDE)
            for language, locale in LANGUAGES.items()
        }
        pages = {language: context.new_page() for language, context in contexts.items()}
        for page in pages.values():
            page.set_default_timeout(PATIENT_MS)
            page.goto(f"{self.url}/login/")
            _goes(page, f"button[value={account}]")
        yield Visitor(pages, self.url, self.to)
        for context in contexts.values():
            context.close()


def call_centre(studio: _Studio, files: Path) -> str:
    """From a purpose to a campaign that waits for its second person; return its address."""
    with studio.visitor("supervisor") as one:
        page = one.page
        one.open("/today/")
        page.wait_for_selector("#clocks-title")
        one.shoot("today")
        one.open("/campaigns/")
        _goes(page, "form[action$='/campaigns/new/'] button")
        page.check("input[value=P1]")
        _goes(page, "form.form button.main")
        one.shoot("wizard-refused")
        filing = _registered(page)
        _upload(one, files / "leads.csv")
        one.shoot("import")
        _goes(page, "form[action$='/apply/'] button")
        page.wait_for_selector("#difference-title .is-allow")
    with studio.visitor("owner") as two:
        _consents(two, files / "consents.csv")
    with studio.visitor("supervisor") as one:
        one.open(f"{filing}check/")
        _goes(one.page, "form[action$='/check/run/'] button")
        one.page.wait_for_selector("#report-title")
        one.shoot("preflight", at="#report-title")
        for name in ("numbers", "scripts", "seats"):
            one.open(f"/{name}/")
            one.shoot(name)
        one.open(f"{filing}activation/")
        _goes(one.page, "form[action$='/ask/'] button")
        return one.page.url.removeprefix(studio.url)


def _registered(page: Page) -> str:
    page.check("input[value=P3]")
    _goes(page, "form.form button.main")
    for name, words in (
        ("principal", "晨星教育科技有限公司"),
        ("number", "9512301"),
        ("trunk", "loopback"),
        ("script", "课程信息咨询回复"),
    ):
        _choose(page, name, words)
        if name != "number":  # its trunk is on the same page
            _goes(page, "form.form button.main")
    for name, words in (
        ("name", NAME),
        ("code", CODE),
        ("audience", "在官网登记咨询的家长"),
        ("content", "答复课程安排"),
        ("contact", "致电 9512301"),
    ):
        page.fill(f"#id_{name}", words)
    page.fill("#id_ring_seconds", "15")
    _goes(page, "form.form button.main")
    return "/" + "/".join(page.url.split("/")[3:5]) + "/"


def _choose(page: Page, name: str, words: str) -> None:
    options = page.locator(f"select[name={name}] option")
    value = next(
        one.get_attribute("value") for one in options.all() if one.inner_text().startswith(words)
    )
    page.select_option(f"select[name={name}]", value)


def _upload(one: Visitor, path: Path) -> None:
    page = one.page
    one.open("/lists/upload/")
    page.set_input_files("#id_file", path)
    _choose(page, "campaign", NAME)
    page.fill("#id_name", "官网登记")
    page.select_option("#id_source", "own_form")
    page.fill("#id_collected_by", "晨星教育科技有限公司")
    page.fill("#id_notice", "我们会就您登记的事项致电。")
    _goes(page, "main form button.main")
    one.shoot("columns")
    _goes(page, "main form button.main")
    page.wait_for_selector("form[action$='/apply/'] button")


def _consents(two: Visitor, path: Path) -> None:
    page = two.page
    two.open("/imports/upload/consents/")
    page.set_input_files("input[type=file]", path)
    _choose(page, "principal", "晨星教育科技有限公司")
    page.select_option("select[name=purpose]", "P3")
    page.select_option("select[name=basis]", "consent")
    _goes(page, "main form button.main")
    _goes(page, "main form button.main")
    page.wait_for_selector("form[action$='/apply/'] button")
    two.shoot("consents-import")
    _goes(page, "form[action$='/apply/'] button")
    page.wait_for_selector("#difference-title .is-allow")
    two.open("/consents/samples/")
    _goes(page, "li:has-text('晨星教育科技有限公司') form button")
    two.shoot("sample")
    for proved in page.locator("input[type=radio][value=yes]").all():
        proved.check()
    _goes(page, "main form button.main")


def approved(studio: _Studio, approval: str) -> None:
    """Have the second person approve; then the calls begin."""
    with studio.visitor("compliance") as one:
        one.open(approval)
        one.shoot("approval")
        _goes(one.page, "button[value=approve]")


def agent(studio: _Studio, files: Path) -> str:
    """Go an agent's way from the card to a refusal; return the number of whoever refused."""
    with studio.visitor("agent01") as one:
        _freed(one.page)
        one.page.select_option("select[name=campaign]", CODE)
        one.shoot("desk")
        masked = next(filter(None, (_refused(one, shoots=not n) for n in range(CALLS))))
    with studio.visitor("supervisor") as two:
        two.open(f"/live/?campaign={CODE}")
        two.shoot("live")
    with studio.visitor("supervisor", size=NARROW) as two:
        two.open(f"/live/?campaign={CODE}")
        two.shoot("live-390")
    head, tail = masked.split("****")
    numbers = (
        row.partition(",")[0] for row in (files / "consents.csv").read_text("gb18030").splitlines()
    )
    return next(one for one in numbers if one.startswith(head) and one.endswith(tail))


def _refused(one: Visitor, *, shoots: bool) -> str:
    """Call somebody who says no; return the masked number, or "" if the call was over first.

    :param shoots: the way to it, which takes seconds that a short call does not last
    """
    for _ in range(LOOKS):
        before = one.page.query_selector("#desk")
        one.page.click("button[data-key=F2]")
        one.page.wait_for_function("desk => !desk.isConnected", arg=before)
        one.page.wait_for_selector("#desk.is-looking, #desk.is-nobody")
        if one.page.locator("#desk.is-looking").count():
            break
        one.page.select_option("select[name=campaign]", CODE)
    else:
        raise RuntimeError("The list has nobody left: begin with a demo that was just started.")
    masked = one.page.inner_text(".desk-card .number")
    if shoots:
        one.shoot("desk-card")
    one.page.wait_for_selector("[data-opens]:not([disabled])")
    one.page.keyboard.press("F2")
    one.page.wait_for_selector("#desk.is-talking, #desk.is-wrap_up")
    if shoots:
        one.shoot("desk-talking", same=True)
    one.page.keyboard.press("F8")
    one.page.wait_for_selector(".desk-heard, #desk.is-between, #desk.is-wrap_up")
    if one.page.locator(".desk-heard").count():
        one.shoot("desk-refused", same=True, settles=False)
        return masked
    _freed(one.page)
    one.page.select_option("select[name=campaign]", CODE)
    return ""


def _freed(page: Page) -> None:
    """Finish what the practice agent of the seat had begun."""
    page.wait_for_selector("select[name=campaign], input[name=said]")
    if page.locator("input[name=said]").count():
        page.locator("input[name=said]").first.check()
        page.keyboard.press("F2")
        page.wait_for_selector("select[name=campaign]")


def compliance(studio: _Studio, number: str) -> None:
    """Show the compliance officer's pages, about that person and about the whole."""
    with studio.visitor("compliance") as one:
        page = one.page
        one.open("/dossiers/")
        page.fill("#number", number)
        _goes(page, "form.stack button.main")
        one.shoot("dossier")
        _goes(page, ".answers td a.badge >> nth=0")
        one.shoot("decision")
        for name, path in (
            ("decisions", "/decisions/"),
            ("rulebook", "/rules/"),
            ("audit", "/audit/"),
            ("wire", "/wire/"),
            ("refusals", "/refusals/heard/"),
        ):
            one.open(path)
            one.shoot(name)
        one.open("/complaints/new/")
        page.fill("#number", number)
        page.select_option("#channel", "12321")
        page.fill("#summary", "一天内多次来电，要求停止。")
        _goes(page, "form.stack button.main")
        one.shoot("complaint")
        one.open("/audit/verify/")
        one.shoot("verify")


def administrator(studio: _Studio, number: str) -> None:
    """Show the administrator's pages."""
    with studio.visitor("owner") as one:
        one.open("/consents/")
        one.page.fill("main input[name=number]", number)
        _goes(one.page, "main form button.main")
        one.shoot("consents")
        for name, path in (
            ("parties", "/parties/"),
            ("deadlines", "/deadlines/"),
            ("do-not-call", "/do-not-call/"),
            ("retention", "/retention/"),
            ("stop", "/stop/"),
        ):
            one.open(path)
            one.shoot(name)


def _goes(page: Page, button: str) -> None:
    with page.expect_navigation(wait_until="load"):
        page.click(button)


def _keep(png: bytes, path: Path) -> None:
    with Image.open(io.BytesIO(png)) as picture:
        few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(path, optimize=True)


if __name__ == "__main__":
    main()
