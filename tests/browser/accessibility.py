"""What axe-core finds on a page; nothing that is serious may be found."""

from typing import Any

GRAVE = {"serious", "critical"}
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


def axe(page: Any) -> None:
    """Fail with what is wrong and where, if axe-core finds anything serious or critical."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - a developers' tool

    found = Axe().run(page, options=RULES).response["violations"]
    told = [
        f"{one['id']} ({one['impact']}): {one['help']} at {node['target']}"
        for one in found
        if one["impact"] in GRAVE
        for node in one["nodes"][:3]
    ]
    assert told == [], (page.url, told)
