"""What axe-core finds on a page; nothing that is serious may be found."""

from typing import Any

from tests.browser.test_console import NUMBER, fits

AS_SEEN = ((1440, "light"), (390, "dark"))
GRAVE = {"serious", "critical"}
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


def axe(page: Any) -> None:
    """Fail with what is wrong and where, if axe-core finds anything serious or critical."""
    from axe_playwright_python.base import AXE_SCRIPT  # noqa: PLC0415 - a developers' tool

    if not page.evaluate("'axe' in window"):  # half a megabyte, once a page
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("options => axe.run(options).then(all => all.violations)", RULES)
    told = [
        f"{one['id']} ({one['impact']}): {one['help']} at {node['target']}"
        for one in found
        if one["impact"] in GRAVE
        for node in one["nodes"][:3]
    ]
    assert told == [], (page.url, told)


def looks_well(page: Any) -> None:
    """Hold a page that is open to what every page has to be: wide and light, narrow and dark."""
    for width, scheme in AS_SEEN:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        axe(page)
        assert fits(page), (page.url, width)
    assert not NUMBER.search(page.content()), page.url
