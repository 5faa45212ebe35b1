"""Telling other programs what happened."""

import hmac
import json
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from audit.models import AuditEntry, AuditLeaf
from compliance import clock
from compliance.models import Webhook, WebhookDelivery
from compliance.webhooks.collect import collect
from compliance.webhooks.deliver import MOST_TRIES, WAITS, deliver
from tests.audit.sealing import Log
from tests.compliance.api.asking import KNOWN
from tests.compliance.api.caller import client_of
from tests.compliance.imports.house import House, everything_stored
from tests.compliance.webhooks.conftest import Receiver

pytestmark = [
    pytest.mark.urls("tests.compliance.api.urls"),
    pytest.mark.usefixtures("static_folder"),
]
NOW = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)


def make(house: House, url: str, *kinds: str) -> dict[str, Any]:
    response = client_of(house.administrator).post(
        "/api/webhooks/make",
        {"url": url, "kinds": kinds or ["refusal"]},
        content_type="application/json",
    )
    assert response.status_code == 201, response.content
    return dict(response.json())


def refuse(house: House) -> None:
    body = {"number": KNOWN, "source": "sms", "evidence": "sms 7"}
    client_of(house.supervisor).post("/api/refusals/record", body, content_type="application/json")


class TestAMessage:
    def test_tells_what_happened_once_it_is_sealed(
        self, house: House, log: Log, receiver: Receiver
    ) -> None:
        log.seal()
        make(house, receiver.url)
        refuse(house)
        assert collect(now=NOW) == 0  # not sealed yet

        log.seal()

        assert (collect(now=NOW), collect(now=NOW)) == (1, 0)
        assert (deliver(now=NOW), deliver(now=NOW)) == (1, 0)
        said = json.loads(receiver.heard[0][1])
        entry = AuditEntry.objects.of("refusal.recorded").get()
        leaf = AuditLeaf.objects.get(entry_id=entry.pk).leaf_index
        assert said["type"] == "refusal.recorded"
        assert (said["data"]["entry"], said["data"]["leaf"]) == (entry.pk, leaf)
        assert len(receiver.heard) == 1

    def test_is_signed_as_the_standard_says(
        self, house: House, log: Log, receiver: Receiver
    ) -> None:
        log.seal()
        secret = make(house, receiver.url)["secret"]
        refuse(house)
        log.seal()
        collect(now=NOW)

        deliver(now=NOW)

        headers, body = receiver.heard[0]
        key = b64decode(secret.removeprefix("whsec_"))
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        code = b64encode(hmac.digest(key, signed, "sha256")).decode()
        assert headers["webhook-signature"] == f"v1,{code}"
        assert int(headers["webhook-timestamp"]) == int(NOW.timestamp())
        assert headers["webhook-id"] == str(WebhookDelivery.objects.get().pk)

    def test_holds_nobodys_number(self, house: House, log: Log, receiver: Receiver) -> None:
        log.seal()
        make(house, receiver.url)
        refuse(house)
        log.seal()
        collect(now=NOW)

        deliver(now=NOW)

        assert KNOWN not in receiver.heard[0][1].decode()

    def test_is_only_of_the_kinds_that_were_asked_for_and_of_what_came_later(
        self, house: House, log: Log, receiver: Receiver
    ) -> None:
        refuse(house)
        log.seal()
        make(house, receiver.url, "complaint", "campaign")
        refuse(house)
        client_of(house.supervisor).post(
            "/api/campaigns/spring-course/pause",
            {"reason": "test"},
            content_type="application/json",
        )
        log.seal()

        collect(now=NOW)

        kinds = WebhookDelivery.objects.values_list("kind", flat=True)
        assert list(kinds) == ["campaign"]


class TestAMessageThatIsNotTaken:
    def test_is_tried_again_later_under_the_same_id(
        self, house: House, log: Log, receiver: Receiver
    ) -> None:
        log.seal()
        make(house, receiver.url)
        refuse(house)
        log.seal()
        collect(now=NOW)
        receiver.answers = [500, 302]

        assert deliver(now=NOW) == 0
        assert deliver(now=NOW + timedelta(seconds=WAITS[0] - 1)) == 0
        assert len(receiver.heard) == 1
        second = NOW + timedelta(seconds=WAITS[0])
        assert deliver(now=second) == 0  # led elsewhere: nobody follows
        assert deliver(now=second + timedelta(seconds=WAITS[1])) == 1
        assert len({headers["webhook-id"] for headers, _ in receiver.heard}) == 1
        assert len({headers["webhook-signature"] for headers, _ in receiver.heard}) == 3
        row = WebhookDelivery.objects.get()
        assert (row.state, row.tries, row.answered) == ("delivered", 3, 204)

    def test_is_given_up_in_the_end_and_may_be_sent_again(
        self, house: House, log: Log, receiver: Receiver
    ) -> None:
        log.seal()
        hook = make(house, receiver.url)["id"]
        refuse(house)
        log.seal()
        collect(now=NOW)
        receiver.answers = [503] * MOST_TRIES
        at = NOW

        for wait in (0, *WAITS):
            at += timedelta(seconds=wait)
            deliver(now=at)

        row = WebhookDelivery.objects.get()
        assert (row.state, row.tries) == ("given_up", MOST_TRIES)
        client = client_of(house.administrator)
        again = client.post(
            f"/api/webhooks/deliveries/{row.pk}/again", {}, content_type="application/json"
        )
        assert again.json()["state"] == "waiting"
        assert deliver(now=clock.host_now()) == 1
        listed = client.get(f"/api/webhooks/{hook}/deliveries").json()["items"]
        assert [(one["id"], one["state"]) for one in listed] == [(str(row.pk), "delivered")]

    def test_waits_where_nobody_listens(self, house: House, log: Log) -> None:
        log.seal()
        make(house, "http://127.0.0.1:9/hook")
        refuse(house)
        log.seal()
        collect(now=NOW)

        assert deliver(now=NOW) == 0
        assert WebhookDelivery.objects.get().answered is None


class TestAWebhook:
    def test_hears_nothing_more_once_it_has_ended(
        self, house: House, log: Log, receiver: Receiver
    ) -> None:
        log.seal()
        hook = make(house, receiver.url)["id"]
        refuse(house)
        log.seal()
        collect(now=NOW)

        client_of(house.administrator).post(
            f"/api/webhooks/{hook}/end", {}, content_type="application/json"
        )

        assert (deliver(now=NOW), receiver.heard) == (0, [])
        assert collect(now=NOW) == 0

    def test_keeps_its_secret_nowhere_and_shows_it_once(
        self, house: House, log: Log, receiver: Receiver
    ) -> None:
        secret = make(house, receiver.url)["secret"]
        client = client_of(house.administrator)

        assert secret not in client.get("/api/webhooks").content.decode()
        assert secret.removeprefix("whsec_") not in everything_stored()

    @pytest.mark.parametrize(
        "url",
        [
            "http://example.com/hook",
            "https://user:pass@example.com/",
            "ftp://example.com/",
            "https:///hook",
            "https://example.com:99999/",
            "https://example.com/\r\nx: y",
            "https://example.com/#part",
            "javascript:alert(1)",
        ],
    )
    def test_is_told_at_good_addresses_only(self, house: House, url: str) -> None:
        response = client_of(house.administrator).post(
            "/api/webhooks/make",
            {"url": url, "kinds": ["refusal"]},
            content_type="application/json",
        )

        assert response.status_code == 400
        assert not Webhook.objects.exists()

    def test_that_was_led_elsewhere_in_the_database_sends_nothing_in_the_clear(
        self, house: House, log: Log, receiver: Receiver
    ) -> None:
        log.seal()
        make(house, receiver.url)
        refuse(house)
        log.seal()
        collect(now=NOW)
        Webhook.objects.update(url="http://example.com/hook")

        assert deliver(now=NOW) == 0
