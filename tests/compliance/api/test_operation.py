from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, override_settings
from knox.models import AuthToken

from audit.models import AuditEntry
from compliance.models import Person, User
from compliance.selectors.call_facts import FactsUnavailableError
from tests.compliance.api.asking import KNOWN, NOON, STRANGER, command
from tests.compliance.api.caller import ask, client_of
from tests.compliance.imports.house import House, consent
from tests.console.factor import shown_before

pytestmark = [
    pytest.mark.urls("tests.compliance.api.urls"),
    pytest.mark.usefixtures("static_folder"),
]


class TestTheOperation:
    def test_answers_exactly_what_the_command_answers(self, house: House) -> None:
        consent(house, KNOWN)

        response = ask(client_of(house.compliance), number=KNOWN, at=NOON, all="true")

        printed = command(KNOWN, at=NOON, all=True)[1]
        answered = response.json()
        assert response.status_code == 200
        assert answered.pop("question") != printed.pop("question")
        assert answered == printed

    @pytest.mark.parametrize("role", User.Role.values)
    def test_is_for_the_roles_that_answer_for_calls(self, house: House, role: str) -> None:
        allowed = role in ("administrator", "compliance", "supervisor")

        response = ask(client_of(house.account(role)), number=STRANGER)

        assert response.status_code == (200 if allowed else 403)
        denied = AuditEntry.objects.filter(action="access.denied")
        assert denied.count() == (0 if allowed else 1)

    def test_is_not_for_the_unknown(self, house: House) -> None:
        cache.delete("throttle_can-i-call_127.0.0.1")

        response = ask(Client(), number=STRANGER)

        assert response.status_code == 401
        assert response["WWW-Authenticate"] == "Token"
        assert not AuditEntry.objects.filter(action__in=["call.asked", "access.denied"]).exists()

    @pytest.mark.parametrize("token", ["0" * 64, "x", "a b", "ÿ" * 64])
    def test_is_not_for_a_token_that_is_none(self, house: House, token: str) -> None:
        cache.delete("throttle_can-i-call_127.0.0.1")
        client = Client(headers={"authorization": f"Token {token}".encode().decode("latin-1")})

        assert ask(client, number=STRANGER).status_code == 401

    def test_is_not_for_an_expired_token(self, house: House) -> None:
        client = client_of(house.compliance)
        stored = AuthToken.objects.get()
        stored.expiry -= timedelta(hours=2)
        stored.save()

        assert ask(client, number=STRANGER).status_code == 401

    def test_is_not_for_a_closed_account(self, house: House) -> None:
        client = client_of(house.compliance)
        User.objects.filter(pk=house.compliance.pk).update(is_active=False)

        assert ask(client, number=STRANGER).status_code == 401

    def test_is_open_to_a_browser_session_too(self, house: House) -> None:
        client = Client()
        client.force_login(house.compliance)
        shown_before(client, house.compliance)
        cache.delete(f"throttle_can-i-call_{house.compliance.pk}")

        assert ask(client, number=STRANGER).status_code == 200

    def test_is_not_for_a_browser_session_without_its_second_factor(self, house: House) -> None:
        client = Client()
        client.force_login(house.compliance)
        cache.delete("throttle_can-i-call_127.0.0.1")

        assert ask(client, number=STRANGER).status_code == 401

    def test_turns_away_whoever_sifts_a_list(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("compliance.api.can_i_call.QuestionThrottle.rate", "2/min")
        client = client_of(house.compliance)

        codes = [ask(client, number=STRANGER).status_code for _ in range(3)]

        assert codes == [200, 200, 429]

    def test_counts_denials_too_so_that_they_cannot_flood_the_record(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("compliance.api.can_i_call.QuestionThrottle.rate", "2/min")
        client = client_of(house.agent)

        codes = [ask(client, number=STRANGER).status_code for _ in range(4)]

        assert codes == [403, 403, 429, 429]
        assert AuditEntry.objects.filter(action="access.denied").count() == 2

    @pytest.mark.parametrize(
        ("query", "status"),
        [
            ({"number": "1381"}, 400),
            ({"number": STRANGER, "campaign": "nowhere"}, 404),
            ({"number": STRANGER, "at": "soon"}, 400),
            ({"number": STRANGER, "force": "1"}, 400),
            ({"number": [STRANGER, KNOWN]}, 400),
            ({}, 400),
        ],
    )
    def test_answers_mistakes_as_problem_details(
        self, house: House, query: dict[str, Any], status: int
    ) -> None:
        response = ask(client_of(house.compliance), **query)

        body = response.json()
        assert response.status_code == body["status"] == status
        assert response["Content-Type"] == "application/problem+json"
        assert body["type"].startswith("urn:yunhu:problem:")
        assert body["title"]
        assert STRANGER not in response.content.decode()

    def test_refuses_every_method_but_get(self, house: House) -> None:
        client = client_of(house.compliance)

        response = client.post("/api/can-i-call", {}, content_type="application/json")

        assert response.status_code == 405
        assert response["Content-Type"] == "application/problem+json"

    def test_says_no_more_than_that_it_is_down_when_its_counter_is(self, house: House) -> None:
        client = client_of(house.compliance)
        nowhere = {
            "default": {
                "BACKEND": "django.core.cache.backends.redis.RedisCache",
                "LOCATION": "redis://127.0.0.1:1",
            }
        }

        with override_settings(CACHES=nowhere):
            response = ask(client, number=STRANGER)

        assert response.status_code == 503
        assert response["Content-Type"] == "application/problem+json"
        assert not AuditEntry.objects.filter(action="call.asked").exists()

    def test_is_down_when_the_facts_are(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def unreadable(*_: object) -> None:
            raise FactsUnavailableError

        monkeypatch.setattr("compliance.services.question_ask.read_call", unreadable)

        assert ask(client_of(house.compliance), number=STRANGER).status_code == 503

    def test_logs_no_number(self, house: House, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level("DEBUG")
        client = client_of(house.compliance)

        ask(client, number=STRANGER)
        ask(client, number=f"{STRANGER}0")

        assert STRANGER not in caplog.text


class TestPeople:
    def test_stay_out_of_the_records_when_somebody_asks(self, house: House) -> None:
        ask(client_of(house.compliance), number=STRANGER)

        assert not Person.objects.exists()
