"""An agent's word for a call, by the API: its own calls only, and never against a refusal."""

import json
from typing import Any
from uuid import uuid4

import pytest

from compliance.models import Overruling, Permit, Refusal, Seat, User
from dialer.models import Attempt, SeatSession, WrapUp
from dialer.services.call_end import LINE_REFUSED, call_end
from dialer.services.call_open import call_open
from dialer.services.refusal_during_call import refusal_during_call
from tests.compliance.api.caller import client_of
from tests.compliance.imports.house import NOW, House
from tests.phones import connected
from tests.recordings import opened_recording
from tests.stages import staged
from tests.world import ACTOR, add_lead, callee, log_on, permitted

pytestmark = [
    pytest.mark.urls("tests.compliance.api.urls"),
    pytest.mark.usefixtures("static_folder"),
]


@staged
def attempt(house: House) -> Attempt:
    """A call of the first seat that is up."""
    person = callee(house.world)
    log_on(house.world, house.seat)
    add_lead(house.world, person)
    permit = permitted(house.world, person)
    held = SeatSession.objects.filter(seat=house.seat)
    held.update(state=SeatSession.State.RESERVED, permit=permit)
    opened = call_open(
        permit_id=permit.pk,
        trunk_id=permit.trunk_id,
        line_process="p",
        recording=opened_recording(),
        phone_is_up=connected,
        now=NOW,
    )
    return Attempt.objects.get(pk=opened.attempt_id)


def over(attempt: Attempt) -> None:
    call_end(attempt_id=attempt.pk, end=LINE_REFUSED, actor=ACTOR, now=NOW)


def say(user: User, permit: object, said: str, **more: Any) -> Any:
    body = {"permit": str(permit), "said": said} | more
    return client_of(user).post(
        "/api/dispositions", json.dumps(body), content_type="application/json"
    )


class TestWord:
    def test_is_taken_from_the_agent_of_the_call(self, house: House, attempt: Attempt) -> None:
        over(attempt)

        answer = say(house.seat.agent, attempt.permit_id, "call_again")

        assert answer.status_code == 201
        assert answer.json() == {
            "said": "call_again",
            "disposition": "talked",
            "overruled": False,
        }

    def test_does_not_make_anything_else_of_a_refusal(
        self, house: House, attempt: Attempt
    ) -> None:
        refusal_during_call(attempt_id=attempt.pk, actor=ACTOR, now=NOW)
        over(attempt)

        answer = say(house.seat.agent, attempt.permit_id, "talked")

        assert answer.json() == {"said": "talked", "disposition": "refused", "overruled": True}
        assert (Overruling.objects.count(), Refusal.objects.count()) == (1, 1)

    def test_is_one_of_the_list_and_nothing_besides(self, house: House, attempt: Attempt) -> None:
        over(attempt)

        for said, more in (("signed", {}), ("", {}), ("talked", {"force": True})):
            answer = say(house.seat.agent, attempt.permit_id, said, **more)
            assert answer.status_code == 400
        assert not WrapUp.objects.exists()

    def test_waits_for_the_end_of_the_call_unless_it_is_a_no(
        self, house: House, attempt: Attempt
    ) -> None:
        early = say(house.seat.agent, attempt.permit_id, "talked")
        refused = say(house.seat.agent, attempt.permit_id, "refused_all")

        assert (early.status_code, early.json()["type"]) == (409, "urn:yunhu:problem:call_is_up")
        assert refused.status_code == 201
        assert Refusal.objects.get().everywhere

    def test_tells_nothing_about_the_calls_of_others(self, house: House, attempt: Attempt) -> None:
        over(attempt)
        Seat.objects.create(code="S9999", outlet=house.seat.outlet, agent=house.agent)

        others = say(house.agent, attempt.permit_id, "talked")
        nobodys = say(house.agent, uuid4(), "talked")

        assert others.status_code == nobodys.status_code == 404
        assert others.json() == nobodys.json()
        assert Permit.objects.get().state == "closed"

    @pytest.mark.parametrize("role", ["supervisor", "administrator", "compliance", "regulator"])
    def test_is_an_agents_alone(self, house: House, attempt: Attempt, role: str) -> None:
        over(attempt)

        assert say(house.account(role), attempt.permit_id, "talked").status_code == 403
