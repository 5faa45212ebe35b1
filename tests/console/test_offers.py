"""What a page offers: no link, form or part of it leads its reader to a closed door."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import resolve, reverse

from audit.services.legal_hold import hold_place
from compliance import clock
from compliance.lists.moments import LOCAL
from compliance.models import Seat, Suspension, User
from compliance.services.consent_sample import consent_sample_draw
from compliance.services.daily_report_make import daily_report_make
from compliance.services.pack_propose import book_record
from compliance.services.suspension_begin import suspension_begin
from console.matrix import MATRIX
from console.models import Job
from tests.audit.tree import seal_all
from tests.console.conftest import LogIn
from tests.console.factor import shown_before
from tests.console.house import ACTOR
from tests.console.officer.troubles import Troubled, trouble
from tests.console.seed import Seeded
from tests.console.test_access import PATTERNS, ROLES
from tests.stages import staged
from tests.world import consent

OPENED, SENT = ("href", "hx-get", "sse-connect"), ("action", "formaction", "hx-post")
STREAMS = {"live_events"}
# Pages of one thing, to which a walk that opened the lists alone would not come.
DEEP = {"decision", "dossier", "proof", "complaint", "suspension", "daily_report", "sample"}
DEEP |= {"consent", "campaign", "number", "seat_place", "account", "script", "audit_entry"}
DEEP |= {"rulebook_rule", "rulebook_edition", "seat"}
ACTS = {"samples": "sample_draw", "sample": "sample_check", "retention": "hold_place"}


@staged
def busy(seeded: Seeded) -> Troubled:
    """The seeded house, with something in every list that an officer keeps."""
    now, troubled = clock.read(), trouble(seeded)
    officer, today = User.objects.get(username="compliance"), now.astimezone(LOCAL).date()
    suspension_begin(
        Suspension(
            seat=Seat.objects.order_by("-pk")[0],
            cause="chain",
            complaint=troubled.complaint,
            counts={"upheld": 2},
            begun_at=now,
            begun_by=ACTOR,
        )
    )
    filing = seeded.campaigns[0].filing
    consent(filing, [troubled.person], given_at=now - timedelta(hours=1), vouched=False)
    consent_sample_draw(whitelist=filing.whitelist, drawn_by=officer, now=now)
    hold = hold_place(since=today, until=today, reason="…", by=ACTOR, now=now)
    daily_report_make(day=today, actor=ACTOR, now=now)
    book_record(actor=ACTOR, now=now)
    Job.objects.create(kind="self_check", owner=officer, state="failed", started_at=now)
    client = Client()
    client.force_login(officer)
    shown_before(client, officer)
    client.post(reverse("console:hold_lift", args=[hold.pk]), {"reason": "…"})
    seal_all()
    return troubled


@dataclass
class Offers(HTMLParser):
    """Where a page's links and parts lead, and where its forms are sent."""

    opened: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in OPENED and value:
                self.opened.append(value)
            elif name in SENT and value:
                self.sent.append(value)


def named(urls: list[str]) -> Iterator[tuple[str, str]]:
    """Yield those that are of the console, with their names, in the order of the page."""
    for url in urls:
        path = urlsplit(url).path
        if path.startswith("/") and not path.startswith("/static/"):
            match = resolve(path)
            if match.namespace == "console":
                yield url, str(match.url_name)


def walked(client: Client, role: str) -> Iterator[tuple[str, set[str]]]:
    """Open every page that the role may open and that something leads to, one of a kind.

    :returns: the page's name, and the names that it leads to
    """
    mine = {name for name, roles in MATRIX.items() if role in roles} - STREAMS
    waiting = [(f"/{PATTERNS[name].pattern}", name) for name in sorted(mine)]
    waiting = [(url, name) for url, name in waiting if "<" not in url]
    tried: set[str] = set()
    for url, name in waiting:
        if name in tried or name not in mine:
            continue
        tried.add(name)
        response = client.get(url)
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            offers = Offers()
            offers.feed(response.content.decode())
            waiting += (opened := list(named(offers.opened)))
            yield name, {one for _, one in [*opened, *named(offers.sent)]}


class TestWhatAPageOffers:
    @pytest.mark.parametrize("username", ROLES)
    def test_leads_its_reader_to_no_closed_door(
        self, username: str, busy: Troubled, log_in: LogIn
    ) -> None:
        role = ROLES[username]

        met = dict(walked(log_in(username), role))

        for page, act in ACTS.items():
            assert (act in met.get(page, ())) == (role in MATRIX[act]), act
        closed = {name for name, roles in MATRIX.items() if role not in roles}
        assert {page: names & closed for page, names in met.items() if names & closed} == {}
        assert DEEP & {name for name, roles in MATRIX.items() if role in roles} <= met.keys()
