"""What a browser fetches for the first page that somebody sees: at most 200 KB, as it travels."""

import gzip
import re
from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest
from django.test import Client

from tests.console.conftest import LogIn
from tests.console.seed import Seeded
from tests.console.test_access import ROLES

MOST = 200 * 1000  # bytes
NAMED = re.compile(rb"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)|from\s+["'](\.[^"']+)""")
GZIP = {"accept-encoding": "gzip"}


class Named(HTMLParser):
    """Hears what a page has its browser fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.files: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "link" or given.get("src"):
            self.files.add(given.get("src") or given.get("href") or "")


def served(client: Client, url: str) -> tuple[bytes, int]:
    """Fetch one file; return what it says, and how many bytes travel."""
    response = client.get(url, headers=GZIP)
    assert response.status_code == 200, url
    body = b"".join(response) if response.streaming else response.content
    packed = response.headers.get("Content-Encoding") == "gzip"
    return gzip.decompress(body) if packed else body, len(body)


def weight(client: Client, url: str) -> dict[str, int]:
    """Return what the page and everything that it names weigh, each once."""
    page, bytes_of_page = served(client, url)
    named = Named()
    named.feed(page.decode())
    weights, waiting = {url: bytes_of_page}, sorted(named.files)
    while waiting:
        file = waiting.pop()
        if file not in weights and not file.startswith("data:"):
            content, weights[file] = served(client, file)
            if file.endswith((".css", ".js")):
                found = (next(filter(None, one)).decode() for one in NAMED.findall(content))
                waiting += [urljoin(file, one) for one in found]
    return weights


class TestFirstPage:
    def test_of_somebody_who_is_not_logged_in_is_light(self, seeded: Seeded) -> None:
        weights = weight(Client(), "/login/")

        assert len(weights) > 5
        assert sum(weights.values()) < MOST, weights

    @pytest.mark.parametrize("username", ROLES)
    def test_of_each_role_is_light(self, username: str, seeded: Seeded, log_in: LogIn) -> None:
        client = log_in(username)

        weights = weight(client, client.get("/")["Location"])

        assert len(weights) > 5
        assert sum(weights.values()) < MOST, weights


class TestStaticFile:
    @pytest.mark.parametrize("name", ["frame.css", "console.js", "icon.svg"])
    def test_travels_compressed_to_whoever_takes_it_so(self, db: None, name: str) -> None:
        url = f"/static/console/{name}"

        packed = Client().get(url, headers=GZIP)
        plain = b"".join(Client().get(url))

        assert packed["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.content) == plain
        assert int(packed["Content-Length"]) == len(packed.content) < len(plain)
        assert "Accept-Encoding" in packed["Vary"]

    def test_does_not_travel_again(self, db: None) -> None:
        url = "/static/console/frame.css"
        known = Client().get(url, headers=GZIP)["ETag"]

        again = Client().get(url, headers=GZIP | {"if-none-match": known})

        assert (again.status_code, again.getvalue()) == (304, b"")

    def test_is_not_for_a_post(self, db: None) -> None:
        assert Client().post("/static/console/frame.css", headers=GZIP).status_code == 405


class TestPage:
    def test_is_never_compressed(self, seeded: Seeded, log_in: LogIn) -> None:
        """Its length would tell the token that it holds (BREACH)."""
        response = log_in("compliance").get("/decisions/", headers=GZIP)

        assert response.status_code == 200
        assert "Content-Encoding" not in response
        assert b"csrfmiddlewaretoken" in response.content
