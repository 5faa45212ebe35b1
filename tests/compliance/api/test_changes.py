"""Recording what people said by the API; a request that is sent again is not done again."""

from typing import Any

import pytest
from django.test import Client

from audit.models import AuditEntry
from compliance.models import ApiRequest, CampaignFiling, Complaint, Consent, Refusal
from tests.compliance.api.asking import KNOWN
from tests.compliance.api.caller import ask, client_of
from tests.compliance.imports.house import House, consent, everything_stored

pytestmark = [
    pytest.mark.urls("tests.compliance.api.urls"),
    pytest.mark.usefixtures("static_folder"),
]
REFUSAL = {"number": KNOWN, "source": "sms", "evidence": "sms 7"}


def post(client: Client, path: str, body: dict[str, Any], key: str = "") -> Any:
    headers = {"idempotency-key": key} if key else {}
    return client.post(f"/api/{path}", body, content_type="application/json", headers=headers)


class TestARefusal:
    def test_is_enforced_from_the_answer_on(self, house: House) -> None:
        consent(house, KNOWN)
        client = client_of(house.supervisor)
        assert ask(client, number=KNOWN).json()["verdict"] == "allow"

        answered = post(client, "refusals/record", REFUSAL)

        assert answered.status_code == 201
        assert answered.json()["everywhere"] is True
        assert ask(client, number=KNOWN).json()["verdict"] == "refuse"

    def test_may_be_towards_one_principal(self, house: House) -> None:
        body = REFUSAL | {"principal": house.principal.name}

        answered = post(client_of(house.supervisor), "refusals/record", body)

        assert answered.json()["principal"] == house.principal.name

    @pytest.mark.parametrize("source", ["key_9", "speech", "complaint", "import", "nothing"])
    def test_is_not_said_to_come_from_where_only_we_can_hear(
        self, house: House, source: str
    ) -> None:
        answered = post(
            client_of(house.supervisor), "refusals/record", REFUSAL | {"source": source}
        )

        assert answered.status_code == 400
        assert not Refusal.objects.exists()


class TestAComplaint:
    def test_stops_every_call_and_opens_a_case(self, house: House) -> None:
        consent(house, KNOWN)
        client = client_of(house.supervisor)

        answered = post(client, "complaints/open", {"number": KNOWN, "channel": "12321"})

        assert answered.status_code == 201
        assert answered.json()["id"] == Complaint.objects.get().pk
        assert ask(client, number=KNOWN).json()["verdict"] == "refuse"


class TestAConsent:
    def test_is_taken_back_once(self, house: House) -> None:
        consent(house, KNOWN)
        row = Consent.objects.get()
        client = client_of(house.compliance)

        first = post(client, f"consents/{row.pk}/withdraw", {})
        second = post(client, f"consents/{row.pk}/withdraw", {})

        assert [one.json()["withdrawn_now"] for one in (first, second)] == [True, False]
        assert ask(client, number=KNOWN).json()["verdict"] == "refuse"


class TestACampaign:
    def test_is_paused_and_never_resumed(self, house: House) -> None:
        client = client_of(house.supervisor)

        first = post(client, "campaigns/spring-course/pause", {"reason": "too many complaints"})
        second = post(client, "campaigns/spring-course/pause", {"reason": "again"})

        assert first.json()["state"] == "paused"
        assert second.status_code == 409
        assert CampaignFiling.objects.get(code="spring-course").state == "paused"
        for path in ("resume", "activate"):
            assert post(client, f"campaigns/spring-course/{path}", {}).status_code == 404


class TestAnIdempotencyKey:
    def test_answers_again_and_does_nothing_again(self, house: House) -> None:
        client = client_of(house.supervisor)

        first = post(client, "refusals/record", REFUSAL, key="7f")
        second = post(client, "refusals/record", dict(reversed(REFUSAL.items())), key="7f")

        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json() == second.json()
        assert second["Idempotency-Replayed"] == "true"
        assert Refusal.objects.count() == 1
        assert AuditEntry.objects.of("refusal.recorded").count() == 1

    def test_is_not_good_for_another_request(self, house: House) -> None:
        client = client_of(house.supervisor)
        post(client, "refusals/record", REFUSAL, key="7f")

        other = post(client, "refusals/record", REFUSAL | {"evidence": "sms 8"}, key="7f")

        assert (other.status_code, other.json()["type"]) == (
            422,
            "urn:yunhu:problem:key_of_another",
        )
        assert Refusal.objects.count() == 1

    def test_is_an_accounts_own(self, house: House) -> None:
        post(client_of(house.supervisor), "refusals/record", REFUSAL, key="7f")
        post(client_of(house.compliance), "refusals/record", REFUSAL, key="7f")

        assert Refusal.objects.count() == 2

    def test_answers_a_refused_request_again_too(self, house: House) -> None:
        client = client_of(house.supervisor)
        body = REFUSAL | {"principal": "nobody"}

        first = post(client, "refusals/record", body, key="7f")
        second = post(client, "refusals/record", body, key="7f")

        assert (first.status_code, second.status_code) == (404, 404)
        assert first.json() == second.json()

    def test_whose_requests_end_nobody_saw_is_not_done_again(self, house: House) -> None:
        client = client_of(house.supervisor)
        post(client, "refusals/record", REFUSAL, key="7f")
        ApiRequest.objects.update(status=None, body=None)  # killed in between

        again = post(client, "refusals/record", REFUSAL, key="7f")

        assert (again.status_code, again.json()["type"]) == (
            409,
            "urn:yunhu:problem:request_under_way",
        )
        assert Refusal.objects.count() == 1

    @pytest.mark.parametrize("key", ["k" * 129, "\x7f", "ÿ"])
    def test_has_few_signs_that_can_be_seen(self, house: House, key: str) -> None:
        assert (
            post(client_of(house.supervisor), "refusals/record", REFUSAL, key=key).status_code
            == 400
        )

    def test_keeps_no_number(self, house: House) -> None:
        post(client_of(house.supervisor), "refusals/record", REFUSAL, key="7f")

        assert KNOWN not in everything_stored()
