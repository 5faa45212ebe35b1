"""Take the pictures of the docs from a running console: `python docs/pictures.py URL`.

Needs the developers' requirements, and on Debian `apt install chromium-headless-shell fonts-noto-cjk`. The
console has to run on the demo's clock, because the script logs in as the demo's supervisor.
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

PICTURES = Path(__file__).resolve().parent / "pictures"
CHROMIUM = "/usr/bin/chromium-headless-shell"
LANGUAGES = {"zh": "zh-CN", "en": "en-US"}
WIDTHS = {"": (1440, 900), "-390": (390, 844)}
SETTLED_MS = 1500  # a beat of the live page


def main() -> None:
    """Take every picture in both languages and both widths."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("url", help="such as http://127.0.0.1:8000")
    parser.add_argument("--to", type=Path, default=PICTURES, help="folder for the pictures")
    parser.add_argument("--dark", action="store_true", help="as a screen in the dark shows it")
    options = parser.parse_args()
    options.to.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for language in LANGUAGES:
            for suffix, size in WIDTHS.items():
                with _logged_in(browser, options.url, language, size, options.dark) as page:
                    for name, path in (("live", "/live/"), ("decisions", "/decisions/")):
                        page.goto(f"{options.url}{path}")
                        page.wait_for_timeout(SETTLED_MS)
                        file = options.to / f"{name}-{language}{suffix}.png"
                        page.screenshot(path=file, full_page=True)
        browser.close()


@contextmanager
def _logged_in(
    browser: Browser,
    url: str,
    language: str,
    size: tuple[int, int],
    dark: bool,  # noqa: FBT001
) -> Iterator[Page]:
    context = browser.new_context(
        locale=LANGUAGES[language],
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
    )
    page = context.new_page()
    page.goto(f"{url}/login/")
    page.click("button[value=supervisor]")
    page.wait_for_url("**/live/")
    yield page
    context.close()


if __name__ == "__main__":
    main()
