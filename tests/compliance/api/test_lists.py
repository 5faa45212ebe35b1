"""Reading records by the API."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from audit.models import AuditEntry
from compliance.models import Decision
from compliance.models.words import RefusalSource
from compliance.numbers import normalise
from compliance.services.person_for_number import person_for_number
from compliance.services.refusal_record import refusal_record
from tests.compliance.api.asking import KNOWN
from tests.compliance.api.caller import ask, client_of
from tests.compliance.imports.house import NOW, House, consent

pytestmark = [
    pytest.mark.urls("tests.compliance.api.urls"),
    pytest.mark.usefixtures("static_folder"),
]
PEOPLE = [f"1380013800{n}" for n in range(7)]


def refuse(house: House, number: str) -> int:
    person = person_for_number(number=normalise(number), now=NOW)
    refusal = refusal_record(
        person_id=person.pk,
        principal=house.principal,
        source=RefusalSource.LETTER,
        evidence="letter",
        actor="svc:test",
        now=NOW,
    )
    return refusal.pk


def get(client: Client, path: str, **query: Any) -> Any:
    response = client.get(f"/api/{path}", query)
    assert response.status_code == 200, response.content
    return response.json()


def everything(client: Client, path: str, **query: Any) -> list[dict[str, Any]]:
    """Read a list to its end, by its cursors."""
    items: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = get(client, path, cursor=cursor, **query)
        items += page["items"]
        if page["next"] is None:
            return items
        cursor = page["next"]


class TestAList:
    @pytest.mark.parametrize("limit", [1, 3, 7, 200])
    def test_gives_every_record_once_whatever_the_pages_size(
        self, house: House, limit: int
    ) -> None:
        made = [refuse(house, number) for number in PEOPLE]

        found = everything(client_of(house.compliance), "refusals", limit=limit)

        assert [one["id"] for one in found] == made[::-1]

    def test_moves_nothing_when_records_are_added_meanwhile(self, house: House) -> None:
        made = [refuse(house, number) for number in PEOPLE[:4]]
        client = client_of(house.compliance)

        first = get(client, "refusals", limit=2)
        refuse(house, PEOPLE[5])
        second = get(client, "refusals", limit=2, cursor=first["next"])

        assert [one["id"] for one in first["items"] + second["items"]] == made[::-1]

    @pytest.mark.parametrize("query", ["campaigns?state=", "audit/entries?actor="])
    def test_does_not_forget_a_filter_that_was_left_blank(self, house: House, query: str) -> None:
        response = client_of(house.compliance).get(f"/api/{query}")

        assert response.status_code == 400
        assert response.json()["fields"]

    @pytest.mark.parametrize(
        "cursor", ["x", "ÿ", "IjEuNSI", "Ii0xIg", "e30", "IjE4NDQ2NzQ0MDczNzA5NTUxNjE2Ig"]
    )
    def test_takes_no_cursor_that_it_did_not_give(self, house: House, cursor: str) -> None:
        response = client_of(house.compliance).get("/api/refusals", {"cursor": cursor})

        assert (response.status_code, response.json()["type"]) == (
            400,
            "urn:yunhu:problem:cursor_unknown",
        )

    def test_takes_no_field_that_it_does_not_know(self, house: House) -> None:
        response = client_of(house.compliance).get("/api/decisions", {"phone": KNOWN})

        assert response.status_code == 400
        assert KNOWN not in response.content.decode()

    def test_shows_no_whole_number(self, house: House) -> None:
        refuse(house, KNOWN)
        consent(house, KNOWN)
        client = client_of(house.compliance)
        ask(client, number=KNOWN)

        for path in ("refusals", "consents", "decisions", "complaints", "parties", "campaigns"):
            assert KNOWN not in str(everything(client, path)), path


class TestDecisions:
    def test_are_found_by_person_verdict_rule_and_time(self, house: House) -> None:
        person = consent(house, KNOWN)
        client = client_of(house.compliance)
        ask(client, number=KNOWN)
        refuse(house, KNOWN)
        ask(client, number=KNOWN)

        def found(**query: Any) -> list[str]:
            items = everything(client, "decisions", **query)
            return sorted(one["verdict"] for one in items)  # of one instant: in any order

        later = (NOW + timedelta(days=1)).isoformat()
        assert found(person=person) == ["allow", "refuse"]
        assert found(verdict="refuse") == ["refuse"]
        assert found(rule="CN13-REF-01") == ["refuse"]
        assert found(rule="CN13-TIM-01") == []
        assert found(campaign="spring-course", since=NOW.isoformat()) == ["allow", "refuse"]
        assert found(since=later) == []
        assert found(person=person + 1) == []

    def test_are_explained_with_citations_in_both_languages(self, house: House) -> None:
        consent(house, KNOWN)
        refuse(house, KNOWN)
        client = client_of(house.compliance)
        ask(client, number=KNOWN)
        stored = Decision.objects.get()

        one = get(client, f"decisions/{stored.pk}")

        finding = next(each for each in one["findings"] if each["rule"] == "CN13-REF-01")
        assert finding["reason"]["zh"]
        assert finding["reason"]["en"]
        assert finding["citations"]
        assert one["facts_sha256"] == bytes(stored.facts_digest).hex()


class TestPeople:
    def test_are_found_by_the_exact_number_in_a_body_and_on_the_record(self, house: House) -> None:
        person = consent(house, KNOWN)
        client = client_of(house.compliance)

        found = client.post(
            "/api/people/find", {"number": "138-0013-8000"}, content_type="application/json"
        )
        none = client.post(
            "/api/people/find", {"number": "13911112223"}, content_type="application/json"
        )

        assert found.json() == {"id": person, "masked": "138****8000"}
        assert none.status_code == 404
        looked = AuditEntry.objects.of("number.searched").order_by("pk")
        assert [one.object for one in looked] == [f"person:{person}", "person:none"]
