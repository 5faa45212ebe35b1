import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from audit.models import AuditEntry
from compliance.models import Decision, Permit, User
from compliance.numbers import normalise
from compliance.services.list_declare import list_declare
from compliance.services.person_for_number import person_for_number
from dialer import streams
from dialer.models import Lead, SeatSession
from dialer.services.seat_phone_state import phones_up
from dialer.services.seat_press import seat_ready
from dialer.streams import Heartbeat, beat
from tests.compliance.api.caller import client_of
from tests.compliance.imports.house import NOW, House, consent, row_counts
from tests.console.factor import shown_before

pytestmark = [
    pytest.mark.urls("tests.compliance.api.urls"),
    pytest.mark.usefixtures("static_folder"),
]

CONSENTING, STRANGER = "13800138000", "13911112223"
TRUNK = "loopback"


@pytest.fixture(autouse=True)
def floor(house: House) -> Iterator[None]:
    """One ready seat and one trunk with free lines."""
    seat_ready(seat=house.seat, campaign=house.campaign, actor="svc:test", now=NOW)
    phones_up(seat_ids=[house.seat.pk], now=NOW)
    beat(trunk_code=TRUNK, heartbeat=Heartbeat(live=0, max_calls=5, up=True, invites_sent=0))
    yield
    streams.client().delete(f"yunhu:heartbeat:{TRUNK}", streams.stream_of(TRUNK))


def lead_of(house: House, number: str) -> Lead:
    declared = list_declare(
        name="名单",
        principal=house.principal,
        source="own_form",
        collected_by=house.principal.name,
        notice_text="告知",
        declared_by=house.supervisor,
        now=NOW,
    )
    return Lead.objects.create(
        campaign=house.campaign,
        person=person_for_number(number=normalise(number), now=NOW),
        contact_list=declared,
        name_sealed=b"",
        due_at=NOW,
    )


def request(client: Client, **body: Any) -> Any:
    return client.post("/api/dial-requests", json.dumps(body), content_type="application/json")


class TestADialRequest:
    def test_gets_a_permit_from_the_gate(self, house: House) -> None:
        consent(house, CONSENTING)
        lead = lead_of(house, CONSENTING)

        response = request(client_of(house.supervisor), campaign="spring-course", lead=lead.pk)

        permit = Permit.objects.get()
        assert response.status_code == 201
        assert response.json() == {
            "result": "permitted",
            "permit": str(permit.pk),
            "state": "issued",
            "expires_at": response.json()["expires_at"],
            "decision": str(permit.decision_id),
            "seat": house.seat.code,
        }
        assert permit.decision.origin == "api"
        assert permit.caller_number.number == "9512301"

    def test_hands_the_permit_to_its_trunk_and_nothing_else(self, house: House) -> None:
        consent(house, CONSENTING)
        lead = lead_of(house, CONSENTING)

        request(client_of(house.supervisor), campaign="spring-course", lead=lead.pk)

        waiting: Any = streams.client().xrange(streams.stream_of(TRUNK))
        assert [fields["permit"] for _, fields in waiting] == [str(Permit.objects.get().pk)]
        assert {name for _, fields in waiting for name in fields} == {"permit", "identity"}

    def test_is_refused_with_every_reason_like_any_other_call(self, house: House) -> None:
        lead = lead_of(house, STRANGER)

        response = request(client_of(house.supervisor), campaign="spring-course", lead=lead.pk)

        body = response.json()
        assert response.status_code == 409
        assert response["Content-Type"] == "application/problem+json"
        assert (body["result"], body["verdict"], body["permit"]) == (
            "lead_blocked",
            "refuse",
            None,
        )
        assert "CN13-CON-01" in [one["rule"] for one in body["findings"]]
        assert body["decision"] == str(Decision.objects.get().pk)
        assert not Permit.objects.exists()

    @pytest.mark.parametrize(
        "extra",
        [
            {"number": CONSENTING},
            {"callee": CONSENTING},
            {"caller_number": "9512302"},
            {"seat": 1},
            {"force": True},
            {"origin": "callback"},
        ],
    )
    def test_has_no_field_for_a_number_or_a_way_round(
        self, house: House, extra: dict[str, Any]
    ) -> None:
        consent(house, CONSENTING)
        lead = lead_of(house, CONSENTING)
        client = client_of(house.supervisor)
        before = row_counts()

        response = request(client, campaign="spring-course", lead=lead.pk, **extra)

        assert response.status_code == 400
        assert list(response.json()["fields"]) == list(extra)
        assert row_counts() == before

    def test_takes_a_number_for_a_leads_id_to_be_nobody(self, house: House) -> None:
        lead_of(house, CONSENTING)
        client = client_of(house.supervisor)

        for number in (CONSENTING, f"+86{CONSENTING}"):
            response = request(client, campaign="spring-course", lead=number)
            assert response.status_code in (400, 404)
            assert CONSENTING not in response.content.decode()
        assert not Decision.objects.exists()

    @pytest.mark.parametrize("role", User.Role.values)
    def test_is_for_supervisors_and_administrators(self, house: House, role: str) -> None:
        consent(house, CONSENTING)
        lead = lead_of(house, CONSENTING)
        allowed = role in ("administrator", "supervisor")

        response = request(client_of(house.account(role)), campaign="spring-course", lead=lead.pk)

        assert response.status_code == (201 if allowed else 403)
        assert Permit.objects.count() == (1 if allowed else 0)
        assert AuditEntry.objects.filter(action="access.denied").count() == (0 if allowed else 1)

    def test_needs_a_csrf_token_in_a_browser_session(self, house: House) -> None:
        consent(house, CONSENTING)
        lead = lead_of(house, CONSENTING)
        client = Client(enforce_csrf_checks=True)
        client.force_login(house.supervisor)
        shown_before(client, house.supervisor)

        response = request(client, campaign="spring-course", lead=lead.pk)

        assert response.status_code == 403
        assert not Decision.objects.exists()

    def test_rings_nobody_twice(self, house: House) -> None:
        consent(house, CONSENTING)
        lead = lead_of(house, CONSENTING)
        client = client_of(house.supervisor)
        body = {"campaign": "spring-course", "lead": lead.pk}

        first, second = request(client, **body), request(client, **body)

        assert (first.status_code, second.status_code) == (201, 409)
        assert Permit.objects.count() == 1

    def test_needs_a_ready_seat(self, house: House) -> None:
        consent(house, CONSENTING)
        lead = lead_of(house, CONSENTING)
        SeatSession.objects.update(state=SeatSession.State.BREAK)

        response = request(client_of(house.supervisor), campaign="spring-course", lead=lead.pk)

        assert (response.status_code, Decision.objects.count()) == (409, 0)

    def test_passes_over_a_seat_that_has_used_up_its_caps(self, house: House) -> None:
        consent(house, CONSENTING)
        lead = lead_of(house, CONSENTING)
        SeatSession.objects.update(capped_until=NOW + timedelta(minutes=5))

        response = request(client_of(house.supervisor), campaign="spring-course", lead=lead.pk)

        assert (response.status_code, Decision.objects.count()) == (409, 0)

    @pytest.mark.parametrize(
        "heartbeat",
        [
            None,
            Heartbeat(live=0, max_calls=5, up=False, invites_sent=0),
            Heartbeat(live=5, max_calls=5, up=True, invites_sent=5),
        ],
    )
    def test_spends_no_permit_where_no_line_is_free(
        self, house: House, heartbeat: Heartbeat | None
    ) -> None:
        consent(house, CONSENTING)
        lead = lead_of(house, CONSENTING)
        streams.client().delete(f"yunhu:heartbeat:{TRUNK}")
        if heartbeat:
            beat(trunk_code=TRUNK, heartbeat=heartbeat)

        response = request(client_of(house.supervisor), campaign="spring-course", lead=lead.pk)

        assert (response.status_code, Decision.objects.count()) == (409, 0)

    def test_knows_no_lead_of_another_campaign(self, house: House) -> None:
        lead = lead_of(house, CONSENTING)

        response = request(client_of(house.supervisor), campaign="nowhere", lead=lead.pk)

        assert response.status_code == 404
