"""Figures of a page that lead to decisions, followed to the rows behind them."""

import re
from html import unescape

from django.test import Client

FIGURE = re.compile(r'href="(/decisions/\?[^"]+)">(?:<[^>]+>|[^\d<])*?([\d,]+)')


def followed(client: Client, page: str, asking: str = "") -> dict[str, tuple[int, int]]:
    """Return what each figure says whose link asks for that, and how many rows are there."""
    return {
        url: (int(said.replace(",", "")), len(client.get(url).context["page"].decisions))
        for url, said in figures(client.get(page).content.decode()).items()
        if re.search(asking, url)
    }


def figures(body: str) -> dict[str, str]:
    """Return what a page's figures say, by where they lead."""
    return {unescape(url): said for url, said in FIGURE.findall(body)}
