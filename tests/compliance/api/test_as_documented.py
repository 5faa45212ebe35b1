"""Schemathesis calls every operation with what the document allows, and with what it does not."""

from collections.abc import Iterator
from copy import deepcopy
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples

from compliance.api.openapi import document
from compliance.models import User
from tests.compliance.api.caller import client_of, forget_throttles
from tests.compliance.api.test_every_operation import ALL
from tests.compliance.imports.house import House

pytestmark = [pytest.mark.apt, pytest.mark.usefixtures("static_folder")]

ADMINISTRATOR, SUPERVISOR, AGENT = User.Role.ADMINISTRATOR, User.Role.SUPERVISOR, User.Role.AGENT
EXAMPLES = 12  # of each operation
NOTHING_TO_DENY = {"audit-checkpoint", "campaign"}  # they take nothing, or any word in an address


def operations(schemathesis: Any, role: str) -> Iterator[tuple[str, Any]]:
    """Yield the operations that are open to the role; a token is shown with every request."""
    open_to_it = {one.name for _, one in ALL if role in one.roles}
    told = deepcopy(document())
    for methods in told["paths"].values():
        for one in methods.values():
            del one["security"]
    schema = schemathesis.openapi.from_dict(told)
    schema.app = get_wsgi_application()
    for found in schema.get_all_operations():
        name = found.ok().definition.raw["operationId"]
        if name in open_to_it:
            yield name, found.ok()


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Keep the test's connection between requests, as Django's own client does."""
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield
    for signal in ends:
        signal.connect(close_old_connections)


class TestTheDocument:
    @pytest.mark.parametrize("mode", ["POSITIVE", "NEGATIVE"])
    @pytest.mark.parametrize("role", [ADMINISTRATOR, SUPERVISOR, AGENT])
    def test_is_what_the_api_does(
        self, house: House, one_connection: None, role: str, mode: str
    ) -> None:
        schemathesis = import_module("schemathesis")
        token = client_of(house.account(role)).defaults["HTTP_AUTHORIZATION"]
        answered: dict[str, set[int]] = {}
        for name, operation in operations(schemathesis, role):
            if mode == "POSITIVE" or name not in NOTHING_TO_DENY:
                answered[name] = self.walk(schemathesis, operation, token, mode)

        assert answered
        assert [name for name, answers in answered.items() if answers <= {401, 403, 405}] == []
        if mode == "NEGATIVE":
            assert [name for name, answers in answered.items() if min(answers) < 400] == []
        assert settings.ROOT_URLCONF == "config.urls"

    def walk(self, schemathesis: Any, operation: Any, token: str, mode: str) -> set[int]:
        """Call one operation; return what it answered."""
        answers: set[int] = set()
        checks = schemathesis.checks
        wanted = [
            checks.not_a_server_error,
            checks.content_type_conformance,
            checks.response_schema_conformance,
            checks.status_code_conformance,
        ]

        @examples(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(schemathesis.GenerationMode[mode]))
        def call(case: Any) -> None:
            forget_throttles(*User.objects.values_list("pk", flat=True))
            response = case.call(headers={"Authorization": token})
            answers.add(response.status_code)
            case.validate_response(response, checks=wanted)

        call()
        return answers
