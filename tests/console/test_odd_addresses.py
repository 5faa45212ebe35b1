"""Whatever somebody writes into an address, a page answers; and what it shows is on the record."""

import json

import pytest
from django.urls import reverse

from audit.models import AuditEntry
from compliance.models import Decision, ListUpload
from console.matrix import MATRIX
from console.selectors.decisions_wanted import Wanted, wanted_from
from tests.console.call_centre.conftest import csv_file
from tests.console.conftest import LogIn
from tests.console.everything import browser_of, press
from tests.console.officer.troubles import Troubled, trouble
from tests.console.seed import Seeded
from tests.console.test_access import ROLES
from tests.stages import staged

ASKED = {  # what each page reads of its address
    "accounts": ("after", "role", "state"),
    "audit_entries": ("named", "action", "actor", "object", "since", "until", "before"),
    "complaints": ("after", "show"),
    "consents": ("person",),
    "daily_reports": ("before",),
    "deadlines": ("days",),
    "decisions": (
        *("rule", "answer", "verdict", "kind", "campaign", "running", "stands", "permit"),
        *("origin", "caller", "trunk", "seat", "day", "since", "until", "person", "after"),
    ),
    "dossier": ("kind", "after"),
    "factor": ("next",),
    "list_import": ("from",),
    "list_upload": ("campaign", "corrects"),
    "lists": ("before",),
    "live": ("campaign",),
    "live_events": ("campaign",),
    "refusal_inbox": ("after", "show"),
    "rulebook": ("family",),
    "rulebook_diff": ("old", "new"),
    "script": ("against",),
    "script_new": ("of",),
    "seats": ("after",),
    "suspensions": ("after", "show"),
    "wire": ("day",),
}
ODD = {
    "NUL": "\0",
    "NUL inside": "u:1\0",
    "first day": "0001-01-01",
    "last day": "9999-12-31",
    "before the first instant": "0001-01-01T00:00:00+14:00",
    "after the last instant": "9999-12-31T23:59:59-12:00",
    "18 digits": "9" * 18,
    "more digits than Python reads": "9" * 5000,
    "digits of another script": "３",
    "no characters of a code": "名🙂\u202e\uffff",
}


@staged
def troubled(seeded: Seeded) -> Troubled:
    """A person with a record of every kind, and a list that was read."""
    troubled = trouble(seeded)
    campaign = seeded.campaigns[0]
    terms = {
        "campaign": str(campaign.pk),
        "source": "own_form",
        "collected_by": campaign.filing.principal.name,
        "notice": "我们会就您登记的事项致电。",
        "name": "三月",
    }
    supervisor, rows = browser_of("supervisor"), csv_file("客户,13810000001", "错号,1381,写错了")
    to = press(supervisor, "/lists/upload/", **terms, file=rows)
    press(supervisor, to, **{"column-0": "name", "column-1": "number", "column-2": ""})
    return troubled


def address(name: str, troubled: Troubled) -> str:
    known = {
        "dossier": {"person_id": troubled.person.pk},
        "list_import": {"upload_id": ListUpload.objects.latest("pk").pk},
        "script": {"script_id": troubled.attempt.permit.filing.script_id},
    }
    return reverse(f"console:{name}", kwargs=known.get(name))


class TestAnOddAddress:
    @pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
    def test_is_answered(self, odd: str, troubled: Troubled, log_in: LogIn) -> None:
        clients = {str(role): log_in(username) for username, role in ROLES.items()}
        readers = {page: next(clients[str(one)] for one in MATRIX[page]) for page in ASKED}

        answers = {
            (page, name): readers[page].get(address(page, troubled), {name: odd}).status_code
            for page, names in ASKED.items()
            for name in names
        }

        # What breaks a page is raised here, as the browser of a test does.
        assert set(answers.values()) <= {200, 302, 403, 404}
        assert answers["list_import", "from"] == answers["dossier", "after"] == 200

    @pytest.mark.parametrize(
        "hour", ["00010101T00", "99991231T23", "19991231T23", "21010101T00", "2026"]
    )
    def test_of_no_hour_is_not_found(self, hour: str, seeded: Seeded, log_in: LogIn) -> None:
        answer = log_in("compliance").get(reverse("console:wire_hour", args=[hour]))

        assert answer.status_code == 404

    @pytest.mark.parametrize("day", ["1999-12-31", "2101-01-01", "9999-12-31", "2026-02-30"])
    def test_asks_for_no_day_that_nothing_can_be_of(self, day: str) -> None:
        given = {"day": day, "since": f"{day}T10:00", "until": f"{day}T10:00"}

        assert wanted_from(given) == Wanted()

    @pytest.mark.parametrize("day", ["2000-01-01", "2100-12-31"])
    def test_asks_for_every_day_that_something_can_be_of(self, day: str) -> None:
        wanted = wanted_from({"day": day, "since": f"{day}T10:00"})

        assert (wanted.day and wanted.day.isoformat(), bool(wanted.since)) == (day, True)


class TestLookingAtOnePerson:
    @pytest.mark.parametrize("page", ["decisions", "consents"])
    @pytest.mark.parametrize("zeros", [0, 1, 11])
    def test_names_them_on_the_record_or_shows_them_not(
        self, page: str, zeros: int, seeded: Seeded, log_in: LogIn
    ) -> None:
        person = Decision.objects.get(pk=seeded.permitted).person
        key = "0" * zeros + str(person.pk)

        shown = log_in("compliance").get(reverse(f"console:{page}"), {"person": key})

        recorded = [person.pk] if zeros == 0 else []
        assert people_on_record() == recorded
        assert (shown.context["person"] == person) == bool(recorded)

    @pytest.mark.parametrize("page", ["decisions", "consents"])
    @pytest.mark.parametrize("key", ["13800000001", "1234567890", "999999999999999999", "３"])
    def test_takes_nothing_for_a_key_that_the_trail_could_not_tell(
        self, page: str, key: str, seeded: Seeded, log_in: LogIn
    ) -> None:
        shown = log_in("compliance").get(reverse(f"console:{page}"), {"person": key})

        assert (shown.status_code, shown.context["person"]) == (200, None)
        assert people_on_record() == []

    def test_tells_the_longest_key_there_is(self, seeded: Seeded, log_in: LogIn) -> None:
        log_in("compliance").get(reverse("console:decisions"), {"person": "999999999"})

        assert people_on_record() == [999_999_999]


def people_on_record() -> list[int]:
    """Return the people that the trail says somebody looked at."""
    read = AuditEntry.objects.of("records.read").order_by("pk")
    said = [json.loads(bytes(entry.body))["data"] for entry in read]
    return [data["person"] for data in said if "person" in data]
