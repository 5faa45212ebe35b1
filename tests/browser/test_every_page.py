"""Every page, as the role that sees most of it opens it: accessible, quiet, narrow, masked."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from pytest_django import DjangoDbBlocker

from compliance.models import ListUpload, PackEdition, Seat
from console import urls
from console.matrix import MATRIX
from console.models import Job, TrunkCheck
from tests.browser.accessibility import looks_well
from tests.browser.served import Served, serving
from tests.browser.test_console import NUMBER, person
from tests.console.everything import everything
from tests.console.seed import seed
from tests.console.test_access import ROLES
from tests.emptying import empty

pytestmark = pytest.mark.apt

# What answers with no page of its own, and why.
STREAMS = {"live_events"}
PRESSES = {  # a POST alone
    *("account_close", "account_password", "approval_again", "approval_decide"),
    *("approval_withdraw", "audit_export", "campaign_ask", "campaign_check", "campaign_discard"),
    *("campaign_new", "campaign_pause", "campaign_resume", "complaint_accuse", "complaint_step"),
    *("consent_withdraw", "consents_find", "daily_report_make", "decisions_by_number"),
    *("dossier_bundle", "dossier_reveal", "external_list_read", "factor_reset", "hold_lift"),
    *("hold_place", "import_apply", "import_discard", "job_again", "list_apply", "list_discard"),
    *("list_hold", "log_out", "refusal_lift", "rulebook_replay_start", "sample_check"),
    *("sample_draw", "seat_hang_up", "seat_hold", "seat_pause", "seat_preview", "self_check"),
    *("seat_preview_call", "seat_put_back", "seat_ready", "seat_refused", "seat_resume"),
    *("seat_wrap_up", "session_end", "stop_engage", "stop_release", "suspension_report"),
    *("trail_check", "trunk_check"),
}
FILES = {
    *("audit_bundle", "audit_checkpoint", "audit_proof", "audit_verifier", "complaint_pack"),
    *("complaint_pack_file", "daily_report_file", "daily_report_paper", "dossier_bundle_file"),
    "dossier_paper",
    *("import_rejects", "list_rejects", "proof_file", "recording_audio"),
}
PIECES = {  # of pages that are walked
    *("decision_facts", "decision_findings", "health_papers", "health_parts", "job_state"),
    *("list_import_state", "seat_state", "today_clocks"),
}
ELSEWHERE = {
    "home": "it sends on to the role's first page",
    "factor": "it sends on whoever has shown theirs; test_accessible asks axe-core about it",
    "recording_heard": "it needs the player's process; tests/console/test_recording.py reads it",
    "complaint_pack_made": "it needs a pack on disk; tests/console/officer/test_disclosure.py",
    "dossier_bundle_made": "it needs a bundle on disk; tests/console/officer/test_bundle.py",
}
NO_PAGES = STREAMS | PRESSES | FILES | PIECES | ELSEWHERE.keys()
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
    return sorted(
        f"/{route}"
        for name, route in routes(part).items()
        if name not in STREAMS and "<" not in route and first(name) == account
    )


def first(name: str) -> str:
    """Return the account that walks this page: the first that may open it."""
    return next(one for one in ORDER if ROLES[one] in MATRIX[name])


# No one walk may take so long that a busy machine ends it: the officer opens sixty pages.
WALKS = [(account, part) for account in ORDER for part in PARTS if addresses(account, part)]


def name_of(url: str) -> str:
    try:
        return str(resolve(urlsplit(url).path).url_name)
    except Resolver404:
        return ""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A call centre in which everything has happened, while its console is served."""

    served: Served
    led_to: list[str]  # what its lists do not lead to at once


@pytest.fixture(scope="module")
def house(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, keys_of_the_test_run: Path
) -> Iterator[House]:
    """Seed it once for all walks of this process: to look changes nothing that others see."""
    with django_db_blocker.unblock():
        try:
            led_to = everything_led_to()
            with serving(keys_of_the_test_run) as served:
                yield House(served=served, led_to=led_to)
        finally:
            empty()


def everything_led_to() -> list[str]:
    """Seed the call centre; return addresses that no list of it leads to at once."""
    seeded = seed(leads=24, seats=6)
    troubled = everything(seeded)
    unmapped = list(ListUpload.objects.filter(mapping__isnull=True))
    seat, edition = (
        Seat.objects.filter(active=True).earliest("pk"),
        PackEdition.objects.latest("pk"),
    )
    return [
        f"/decisions/{seeded.permitted}/recording/",
        f"/dossiers/{troubled.person.pk}/",
        f"/seats/{seat.pk}/close/",
        f"/seats/{seat.pk}/phone/",
        f"/trunks/{seeded.campaigns[0].filing.trunk_id}/endpoint/",
        f"/rules/diff/?old={edition.pk}&new={edition.pk}",
        "/rules/CN13-DIA-04/",  # a floor
        "/rules/CN13-FRQ-01/propose/",
        *(f"/lists/uploads/{one.pk}/columns/" for one in unmapped),
        *(f"/imports/{one.pk}/columns/" for one in unmapped),
        *(f"/trunks/checks/{one.pk}/" for one in TrunkCheck.objects.all()),
        *Job.objects.filter(result__startswith="/rules/").values_list("result", flat=True),
    ]


@pytest.fixture
def served(house: House) -> Served:
    """Serve its console."""
    return house.served


class TestEveryPage:
    @pytest.mark.parametrize(("account", "part"), WALKS)
    def test_is_accessible_fits_and_shows_no_number(
        self, account: str, part: str, house: House, console: str, chromium: Any
    ) -> None:
        locale = "en-US" if account in ("owner", "agent01") else "zh-CN"
        there = routes(part)
        mine = [
            path
            for path in house.led_to
            if (name := name_of(path)) in there and first(name) == account
        ]
        with person(chromium, console, width=1440, locale=locale, account=account) as page:
            seen: set[str] = set()
            waiting = [f"{console}{path}" for path in mine + addresses(account, part)]
            while waiting:
                url = waiting.pop(0)
                if name_of(url) in seen or not opens(page, url):
                    continue
                seen.add(name_of(url))
                looks_well(page)
                links = page.eval_on_selector_all(
                    "main a[href^='/']", "all => all.map(a => a.href)"
                )
                # One page of each kind that a list leads to; others have been opened already.
                waiting += [one for one in links if "<" in there.get(name_of(one), "")]
        assert {name for name in there if first(name) == account} - seen - NO_PAGES == set()

    def test_every_part_is_walked(self) -> None:
        assert set().union(*map(routes, PARTS)) == set(MATRIX)
