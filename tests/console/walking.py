"""Opens the pages of a role one after another, as somebody does who follows every kind of link."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve

from console.matrix import MATRIX, PUBLIC
from tests.console.test_access import GIVEN, PATTERNS, ROLES

OPENED, SENT = ("href", "hx-get", "sse-connect"), ("action", "formaction", "hx-post")
NOT_OPENED = {"log_out", "live_events"}  # the end of a walk, and a stream without an end


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a page answered."""

    name: str
    url: str
    status: int
    questions: int  # that it asked the database
    body: str  # of HTML; what is no page says nothing
    links: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)  # where what is pressed is sent


@dataclass
class Offers(HTMLParser):
    """Where a page's links and parts lead, and where its forms are sent."""

    opened: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            url = (value or "").partition("#")[0]
            if not url.startswith("/") or url.startswith("/static/"):
                continue
            if name in OPENED:
                self.opened.append(url)
            elif name in SENT:
                self.sent.append(url)


def name_of(url: str) -> str:
    """Return the page's name in the matrix."""
    try:
        return str(resolve(url.partition("?")[0]).url_name)
    except Resolver404:
        return ""


def pages_of(username: str) -> list[str]:
    """Return the addresses that need nothing more: the role's own pages, and the public ones."""
    own = {name for name in MATRIX if ROLES[username] in MATRIX[name]} | PUBLIC
    routes = (str(PATTERNS[name].pattern) for name in sorted(own - NOT_OPENED))
    return [f"/{route}" for route in routes if not GIVEN.search(route)]


def walk(client: Client, waiting: list[str], *, follow: bool) -> Iterator[Opened]:
    """Open these pages, and one of each other kind that they lead to."""
    waiting, seen = [*waiting], set[str]()
    while waiting:
        url = waiting.pop(0)
        name = name_of(url)
        if {name, url} & seen or name in NOT_OPENED:
            continue
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(url)
        if answer.status_code == 405:  # it is pressed, not opened
            continue
        seen.add(name if answer.status_code == 200 else url)
        page = answer["Content-Type"].startswith("text/html") and not answer.streaming
        body = answer.content.decode() if page else ""
        offers = Offers()
        offers.feed(body)
        yield Opened(
            name=name,
            url=url,
            status=answer.status_code,
            questions=len(asked),
            body=body,
            links=offers.opened,
            forms=offers.sent,
        )
        waiting += offers.opened if follow else []
