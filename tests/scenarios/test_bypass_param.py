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
    cache.clear()
    client = APIClient()
    client.force_authenticate(world.people.author)
    return client


class TestParameter:
    @pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda p: next(iter(p)))
    def test_gets_nobody_rung_who_refused(
        self,
        world: World,
        open_floor: Callable[..., Floor],
        client: APIClient,
        parameter: dict[str, Any],
    ) -> None:
        floor = open_floor()
        floor.start_line()
        (person,) = callees(world, 1)
        (lead,) = floor.leads(person)
        floor.ready(world.seat)
        refuse(person, world.principal)
        wish = {"campaign": "spring-course", "lead": lead.pk}
        headers = {f"X-{name.replace('_', '-')}": str(value) for name, value in parameter.items()}
        query = "&".join(f"{name}={value}" for name, value in parameter.items())

        answers = [
            client.post("/api/dial-requests", wish | parameter, format="json").status_code,
            client.post(f"/api/dial-requests?{query}", wish, format="json").status_code,
            client.post(
                "/api/dial-requests",
                wish,
                format="json",
                headers=headers,
            ).status_code,
        ]
        floor.settle()

        assert set(answers) <= {400, 409}
        assert answers[0] == 400
        assert not Permit.objects.exists()
        assert sum(floor.invites().values()) == 0
