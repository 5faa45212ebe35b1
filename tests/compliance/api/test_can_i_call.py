import hashlib
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from knox.models import AuthToken

from audit.models import AuditEntry
from compliance.models import Decision, Permit, Person, User
from compliance.models.words import RefusalSource
from compliance.numbers import normalise
from compliance.selectors.call_facts import FactsUnavailableError
from compliance.services.refusal_record import refusal_record
from compliance.services.token_make import TokenRefusedError, token_make
from compliance.vault import number_index
from tests.compliance.api.caller import ask, client_of
from tests.compliance.imports.house import NOW, House, consent, everything_stored, row_counts

pytestmark = [
    pytest.mark.urls("tests.compliance.api.urls"),
    pytest.mark.usefixtures("static_folder"),
]

KNOWN, STRANGER = "13800138000", "13911112223"
NOON = "2026-03-11T12:30+08:00"


def command(number: str, **options: Any) -> tuple[int, dict[str, Any]]:
    """Run the command; return its exit code and what it printed."""
    out = io.StringIO()
    code = 0
    try:
        call_command(
            "can_i_call", number, campaign="spring-course", json=True, stdout=out, **options
        )
    except SystemExit as leaving:
        code = int(str(leaving.code))
    return code, json.loads(out.getvalue())


class TestCanICall:
    def test_allows_whom_every_rule_allows(self, house: House) -> None:
        consent(house, KNOWN)

        code, answer = command(KNOWN)

        assert (code, answer["verdict"], answer["findings"]) == (0, "allow", [])
        assert answer["number"] == "138****8000"

    def test_defers_to_the_end_of_the_noon_rest(self, house: House) -> None:
        consent(house, KNOWN)

        code, answer = command(KNOWN, at=NOON)

        assert (code, answer["verdict"]) == (3, "defer")
        assert answer["retry_at"] == "2026-03-11T06:00:00.000000Z"

    def test_takes_an_instant_without_a_zone_as_beijings(self, house: House) -> None:
        consent(house, KNOWN)

        assert command(KNOWN, at="2026-03-11 12:30")[1]["at"] == "2026-03-11T04:30:00.000000Z"

    def test_refuses_with_rule_basis_citation_and_both_languages(self, house: House) -> None:
        person = consent(house, KNOWN)
        refusal_record(
            person_id=person,
            principal=house.principal,
            source=RefusalSource.LETTER,
            evidence="letter 1",
            actor="svc:test",
            now=NOW,
        )

        code, answer = command(KNOWN)

        assert (code, answer["verdict"], answer["retry_at"]) == (4, "refuse", None)
        finding = next(one for one in answer["findings"] if one["rule"] == "CN13-REF-01")
        assert finding["reason"]["zh"].startswith("被叫已于")
        assert finding["reason"]["en"].startswith("The person refused")
        assert finding["basis"]["code"] in "abcd"
        assert finding["citations"][0]["title"]["en"]

    def test_lists_every_rule_that_was_asked_if_wanted(self, house: House) -> None:
        consent(house, KNOWN)

        answer = command(KNOWN, all=True)[1]

        assert len(answer["findings"]) == answer["rules_asked"] > 20
        assert {one["title"]["zh"] and one["title"]["en"] for one in answer["findings"]} != {""}

    def test_never_creates_a_permit(self, house: House) -> None:
        consent(house, KNOWN)

        for _ in range(3):
            command(KNOWN)

        assert not Permit.objects.exists()
        assert set(Decision.objects.values_list("kind", flat=True)) == {"question"}

    def test_is_on_the_record(self, house: House) -> None:
        person = consent(house, KNOWN)

        answer = command(KNOWN)[1]

        entry = AuditEntry.objects.get(action="call.asked")
        said = json.loads(bytes(entry.body))["data"]
        stored = Decision.objects.get(pk=answer["question"])
        assert entry.object == f"decision:{stored.pk}"
        assert said["person"] == person
        assert said["facts_sha256"] == hashlib.sha256(bytes(stored.facts)).hexdigest()

    @pytest.mark.parametrize("number", ["110", "1381", "+1 415 555 2671", "", "1.38E+10"])
    def test_does_not_understand_what_is_no_persons_number(
        self, house: House, number: str
    ) -> None:
        with pytest.raises(CommandError, match=r"[\u4e00-\u9fff].*[A-Za-z]{3}") as error:
            command(number)

        assert error.value.returncode == 2

    @pytest.mark.parametrize("at", ["tomorrow", "2026-13-01", "9999-12-31T23:59Z", "2001-01-01"])
    def test_does_not_understand_an_instant_that_is_none(self, house: House, at: str) -> None:
        with pytest.raises(CommandError) as error:
            command(KNOWN, at=at)

        assert error.value.returncode == 2

    def test_does_not_know_a_campaign_that_is_none(self, house: House) -> None:
        with pytest.raises(CommandError, match="no such campaign"):
            call_command("can_i_call", KNOWN, campaign="nowhere")

    def test_says_it_to_people_in_both_languages(self, house: House) -> None:
        out = io.StringIO()

        with pytest.raises(SystemExit):
            call_command("can_i_call", STRANGER, campaign="spring-course", stdout=out)

        assert "不可外呼" in out.getvalue()
        assert "may not be called" in out.getvalue()
        assert STRANGER not in out.getvalue()


class TestAStranger:
    def test_is_refused_for_want_of_consent(self, house: House) -> None:
        code, answer = command(STRANGER)

        assert (code, answer["verdict"], answer["number_on_record"]) == (4, "refuse", False)
        assert "CN13-CON-01" in [one["rule"] for one in answer["findings"]]

    def test_is_judged_by_every_rule_like_anybody(self, house: House) -> None:
        consent(house, KNOWN)

        known, stranger = (command(number, all=True)[1] for number in (KNOWN, STRANGER))

        assert stranger["rules_asked"] == known["rules_asked"]
        differing = {
            one["rule"]
            for one, other in zip(known["findings"], stranger["findings"], strict=True)
            if one["verdict"] != other["verdict"]
        }
        assert {rule[:8] for rule in differing} == {"CN13-CON"}

    def test_is_not_stored(self, house: House) -> None:
        before = row_counts()

        command(STRANGER)

        after = row_counts()
        assert {label for label in after if after[label] != before[label]} == {
            "audit.AuditEntry", "audit.AuditPending",
        }  # fmt: skip
        assert STRANGER not in everything_stored()

    def test_is_on_the_record_by_a_keyed_digest(self, house: House) -> None:
        answer = command(STRANGER)[1]

        entry = AuditEntry.objects.get(action="call.asked")
        said = json.loads(bytes(entry.body))["data"]
        assert entry.object == f"question:{answer['question']}"
        assert said["callee"] == number_index(normalise(STRANGER).e164).hex()
        assert said["verdict"] == "refuse"


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
        cache.delete(f"throttle_can-i-call_{house.compliance.pk}")

        assert ask(client, number=STRANGER).status_code == 200

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
        def unreadable(**_: object) -> None:
            raise FactsUnavailableError

        monkeypatch.setattr("compliance.services.question_ask.read_call", unreadable)

        assert ask(client_of(house.compliance), number=STRANGER).status_code == 503

    def test_logs_no_number(self, house: House, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level("DEBUG")
        client = client_of(house.compliance)

        ask(client, number=STRANGER)
        ask(client, number=f"{STRANGER}0")

        logged = "\n".join(
            record.getMessage() for record in caplog.records if record.name != "django.request"
        )
        assert STRANGER not in logged


class TestAToken:
    def test_is_printed_once_and_kept_as_a_digest(self, house: House) -> None:
        out = io.StringIO()

        call_command("token_make", "compliance", hours=2, stdout=out)

        token = out.getvalue().strip()
        assert token not in everything_stored()
        assert AuthToken.objects.get().user == house.compliance
        assert AuditEntry.objects.filter(object=f"u:{house.compliance.pk}").count() == 2

    def test_expires(self, house: House) -> None:
        token_make(user=house.compliance, hours=2, actor="svc:test", now=NOW)

        stored = AuthToken.objects.get()
        assert stored.expiry - stored.created <= timedelta(hours=2, seconds=1)

    @pytest.mark.parametrize("hours", [0, -1, 24 * 90 + 1])
    def test_does_not_live_for_ever(self, house: House, hours: int) -> None:
        with pytest.raises(TokenRefusedError):
            token_make(user=house.compliance, hours=hours, actor="svc:test", now=NOW)

        assert not AuthToken.objects.exists()

    def test_is_not_made_for_a_closed_account(self, house: House) -> None:
        house.agent.is_active = False
        house.agent.save()

        with pytest.raises(CommandError):
            call_command("token_make", "agent")


class TestPeople:
    def test_stay_out_of_the_records_when_somebody_asks(self, house: House) -> None:
        ask(client_of(house.compliance), number=STRANGER)

        assert not Person.objects.exists()
