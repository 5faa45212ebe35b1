"""Who may open what."""

import json
import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from audit.models import AuditEntry
from compliance.models import User
from console.access import page
from console.matrix import MATRIX, OPEN, PARTS, SHOWS_PEOPLE
from console.urls import urlpatterns
from tests.console.conftest import LogIn
from tests.console.seed import Seeded

ROLES = {
    "owner": User.Role.ADMINISTRATOR,
    "compliance": User.Role.COMPLIANCE,
    "supervisor": User.Role.SUPERVISOR,
    "agent01": User.Role.AGENT,
    "regulator": User.Role.REGULATOR,
}
BROAD_FIRST = ("compliance", "owner", "supervisor", "agent01", "regulator")
PATTERNS = {str(one.name): one for one in urlpatterns}
GIVEN = re.compile(r"<(?:\w+:)?(\w+)>")


def address(name: str, seeded: Seeded) -> str:
    """Return the page's address, about something of the seed where its route names something."""
    known: dict[str, object] = {
        "decision_id": seeded.permitted if name.startswith("recording") else seeded.refused,
        "entry": seeded.permitted,
        "job_id": seeded.permitted,
    }
    names = GIVEN.findall(str(PATTERNS[name].pattern))
    return reverse(f"console:{name}", kwargs={one: known.get(one, "1") for one in names})


def ask(client: Client, name: str, seeded: Seeded) -> int:
    """Open the page, by the method that it takes."""
    url = address(name, seeded)
    status = client.get(url).status_code
    return client.post(url, {"campaign": "spring-course"}).status_code if status == 405 else status


def patterns(found: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, str]]:
    for one in found:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from patterns(one.url_patterns, route)
        else:
            yield route, one.lookup_str


class TestAccessMatrix:
    @pytest.mark.parametrize("username", ROLES)
    def test_opens_to_a_role_its_own_pages_and_no_other(
        self, username: str, seeded: Seeded, log_in: LogIn
    ) -> None:
        staying = log_in(username)
        for name in sorted(set(MATRIX) - {"live_events"}):
            client = log_in(username) if name == "log_out" else staying
            status = ask(client, name, seeded)

            assert (status == 403) == (ROLES[username] not in MATRIX[name]), (name, status)
            assert status < 500, name

    def test_holds_for_the_stream_too(self, seeded: Seeded, log_in: LogIn) -> None:
        for username, status in (("supervisor", 404), ("agent01", 403), ("regulator", 403)):
            response = log_in(username).get(reverse("console:live_events"), {"campaign": "nobody"})

            assert response.status_code == status, username

    def test_sends_whoever_has_not_logged_in_to_the_log_in_page(self, seeded: Seeded) -> None:
        client = Client()
        for name in MATRIX:
            response = client.get(address(name, seeded))

            assert response.status_code == 302, name
            assert response["Location"].startswith(reverse("console:log_in")), name

    def test_knows_every_url_of_the_console_and_no_other(self) -> None:
        views = {str(one.name): one.callback for one in urlpatterns}

        assert views.keys() == set(MATRIX) | OPEN
        for name, roles in MATRIX.items():
            assert getattr(views[name], "open_to", None) == roles, name

    def test_has_no_way_around_it_in_the_deployments_urls(self) -> None:
        other = [
            (route, view)
            for route, view in patterns(get_resolver().url_patterns)
            if not view.startswith("console.views.") and not route.startswith("api/")
        ]

        assert other == [("language/", "django.views.i18n.set_language")]

    def test_refuses_a_url_for_a_view_that_it_does_not_know(self) -> None:
        with pytest.raises(KeyError):
            page("new/", lambda request: None, name="new")  # type: ignore[arg-type, return-value]

    def test_puts_a_denial_on_the_record(self, seeded: Seeded, log_in: LogIn) -> None:
        log_in("agent01").get(reverse("console:decisions"))

        agent = User.objects.get(username="agent01")
        entry = AuditEntry.objects.of("access.denied").get()
        assert (entry.actor, entry.object) == (f"u:{agent.pk}", "page:decisions")
        assert entry.outcome == "denied"

    def test_records_who_looks_at_people(self, seeded: Seeded, log_in: LogIn) -> None:
        readers = {one: log_in(one) for one in BROAD_FIRST}
        for name in sorted(SHOWS_PEOPLE - {"live_events"}):
            reader = next(one for one in BROAD_FIRST if ROLES[one] in MATRIX[name])
            ask(readers[reader], name, seeded)
        log_in("owner").get(reverse("console:live_events"), {"campaign": "nobody"})

        read = AuditEntry.objects.of("records.read")
        pages = {json.loads(bytes(entry.body))["data"]["page"] for entry in read}
        assert pages == SHOWS_PEOPLE
        assert f"decision:{seeded.refused}" in {entry.object for entry in read}

    def test_names_every_page_in_one_part(self) -> None:
        assert len(MATRIX) == sum(map(len, PARTS))

    def test_closes_every_page_to_an_account_that_was_closed(
        self, seeded: Seeded, log_in: LogIn
    ) -> None:
        client = log_in("supervisor")
        User.objects.filter(username="supervisor").update(is_active=False)

        assert client.get(reverse("console:live")).status_code == 302

    def test_tells_a_part_of_a_page_to_leave_for_the_log_in_page(self, db: None) -> None:
        response = Client(headers={"hx-request": "true"}).get(reverse("console:seat_state"))

        assert (response.status_code, response["HX-Redirect"]) == (204, "/login/")


class TestHome:
    def test_leads_to_where_the_role_works(self, seeded: Seeded, log_in: LogIn) -> None:
        first = {
            "owner": "today",
            "supervisor": "today",
            "agent01": "seat",
            "regulator": "decisions",
        }

        for username, name in first.items():
            assert log_in(username).get("/")["Location"] == reverse(f"console:{name}"), username

    def test_shows_no_link_that_the_role_may_not_open(self, seeded: Seeded, log_in: LogIn) -> None:
        client = log_in("regulator")
        pages = [reverse("console:decisions"), address("decision", seeded)]

        for page_with_links in pages:
            body = client.get(page_with_links).content.decode()
            for link in set(re.findall(r'href="(/[^"#?]*)', body)):
                if not link.startswith("/static/"):
                    assert client.get(link, follow=True).status_code == 200, link
