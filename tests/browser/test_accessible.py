"""The pages before every other one: accessible, narrow, and without a number."""

from typing import Any

import pytest

from tests.browser.accessibility import axe
from tests.browser.test_console import NUMBER, fits, goes

pytestmark = pytest.mark.apt


def looks_well(page: Any) -> None:
    """Hold a page that is open to what every page has to be, wide and narrow."""
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        axe(page)
        assert fits(page), (page.url, width)
    assert not NUMBER.search(page.content()), page.url


class TestLogIn:
    def test_and_the_second_factor_are_accessible(self, console: str, chromium: Any) -> None:
        page = chromium.new_page(locale="zh-CN")
        page.goto(f"{console}/login/")
        looks_well(page)
        page.fill("input[name=username]", "compliance")
        page.fill("input[name=password]", "correct horse battery staple")
        goes(page, "form.stack button.main")
        assert "/second-factor/" in page.url
        looks_well(page)
        page.close()
