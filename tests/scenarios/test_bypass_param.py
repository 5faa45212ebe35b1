"""BYPASS-PARAM: an API parameter skips the guardrails.

Here the API reads two fields, refuses all others, and asks the gate like everybody else.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from compliance.models import Permit
from tests.scenarios.floor import Floor
from tests.world import World, callees, refuse

PARAMETERS: list[dict[str, Any]] = [
    {"bypass_call_guardrails": True},
    {"force": True},
    {"skip_dnc": "1"},
    {"ignore_hours": True},
    {"override": "supervisor"},
    {"test": True},
    {"origin": "manual"},
    {"purpose": "P7"},
    {"consent": 1},
    {"at": "2026-03-11T02:00:00Z"},
    {"seat": 1},
]


@pytest.fixture
def client(world: World, broker: str) -> APIClient:
    client = APIClient()
    client.force_authenticate(world.people.author)
    return client


class TestParameter:
    def test_gets_nobody_rung_who_refused(
        self, world: World, open_floor: Callable[..., Floor], client: APIClient
    ) -> None:
        floor = open_floor()
        floor.start_line()
        (person,) = callees(world, 1)
        (lead,) = floor.leads(person)
        floor.ready(world.seat)
        refuse(person, world.principal)

        for parameter in PARAMETERS:
            cache.clear()  # of what the throttle has counted
            answers = wishes(client, parameter, lead=lead.pk)
            assert answers[0] == 400, parameter
            assert set(answers) <= {400, 409}, parameter
        floor.settle()

        assert not Permit.objects.exists()
        assert sum(floor.invites().values()) == 0


def wishes(client: APIClient, parameter: dict[str, Any], *, lead: int) -> list[int]:
    """Wish for a call with the parameter in the body, in the address and in the headers."""
    wish = {"campaign": "spring-course", "lead": lead}
    headers = {f"X-{name.replace('_', '-')}": str(value) for name, value in parameter.items()}
    query = "&".join(f"{name}={value}" for name, value in parameter.items())
    place = "/api/dial-requests"
    return [
        client.post(place, wish | parameter, format="json").status_code,
        client.post(f"{place}?{query}", wish, format="json").status_code,
        client.post(place, wish, format="json", headers=headers).status_code,
    ]
