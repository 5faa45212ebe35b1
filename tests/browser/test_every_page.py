"""Every page, as the role that sees most of it opens it: accessible, quiet, narrow, masked."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve

from console import urls
from console.matrix import MATRIX
from tests.browser.accessibility import axe
from tests.browser.test_console import NUMBER, fits, person
from tests.console.test_access import ROLES

pytestmark = pytest.mark.apt

# A stream, files, parts of a page, and what only answers a POST have no page of their own.
STREAMS = {"live_events"}
DRAWN_LATER = {"api_document": ".opblock-summary"}  # by a script, once it has read the document
ACCOUNTS = {role: name for name, role in ROLES.items()}
ORDER = ("compliance", "owner", "supervisor", "agent01", "regulator")
PARTS = (
    "frame",
    "call_centre",
    "desk",
    "officer",
    "rulebook",
    "audit",
    "administration",
    "public",
)


def routes(part: str) -> dict[str, str]:
    """Return the routes of the pages of one part of the console, by name."""
    patterns = getattr(urls, part).urlpatterns
    return {str(one.name): str(one.pattern) for one in patterns if one.name in MATRIX}


def addresses(account: str, part: str) -> list[str]:
    """Return the pages without parameters of a part that this account is the first to open."""
    before = ORDER[: ORDER.index(account)]
    return sorted(
        f"/{route}"
        for name, route in routes(part).items()
        if name not in STREAMS
        and "<" not in route
        and ROLES[account] in MATRIX[name]
        and not any(ROLES[other] in MATRIX[name] for other in before)
    )


# The first rule of the tree is a floor, which nobody can propose to change.
ALSO = {"rulebook": ["/rules/CN13-DIA-04/"]}
# No one walk may take so long that a busy machine ends it: the officer opens sixty pages.
WALKS = [(account, part) for account in ORDER for part in PARTS if addresses(account, part)]


def name_of(url: str) -> str:
    try:
        return str(resolve(urlsplit(url).path).url_name)
    except Resolver404:
        return ""


def looks_well(page: Any, *, asked_at: int) -> None:
    """Hold a page that is open to what every page has to be; axe-core is asked at one width."""
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        if width == asked_at:
            axe(page)
        assert fits(page), (page.url, width)
    assert not NUMBER.search(page.content()), page.url


def opens(page: Any, url: str) -> bool:
    """Open a page of this console; False if it is none, but a file, a part or a redirection."""
    answer = page.request.get(url, max_redirects=0)
    kind = answer.headers.get("content-type", "")
    if answer.status != 200 or not kind.startswith("text/html") or "<html" not in answer.text():
        return False
    assert not NUMBER.search(answer.text()), url
    page.goto(url, wait_until="load")
    if drawn := DRAWN_LATER.get(name_of(url)):
        page.wait_for_selector(drawn)
    return True


class TestEveryPage:
    @pytest.mark.parametrize(("account", "part"), WALKS)
    def test_is_accessible_fits_and_shows_no_number(
        self, account: str, part: str, console: str, chromium: Any
    ) -> None:
        locale = "en-US" if account in ("owner", "agent01") else "zh-CN"
        there = routes(part)
        with person(chromium, console, width=1440, locale=locale, account=account) as page:
            seen: set[str] = set()
            waiting = [
                f"{console}{path}" for path in ALSO.get(part, []) + addresses(account, part)
            ]
            while waiting:
                url = waiting.pop(0)
                if name_of(url) in seen or not opens(page, url):
                    continue
                seen.add(name_of(url))
                looks_well(page, asked_at=(1440, 390)[len(seen) % 2])
                links = page.eval_on_selector_all(
                    "main a[href^='/']", "all => all.map(a => a.href)"
                )
                # One page of each kind that a list leads to; others have been opened already.
                waiting += [one for one in links if "<" in there.get(name_of(one), "")]
            assert seen, account

    def test_every_part_is_walked(self) -> None:
        assert set().union(*map(routes, PARTS)) == set(MATRIX)
