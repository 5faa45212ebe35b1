"""Schemathesis calls every operation with what the document allows, and with what it does not."""

from collections.abc import Iterator
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
from tests.compliance.imports.house import House

pytestmark = [pytest.mark.apt, pytest.mark.usefixtures("static_folder")]

EXAMPLES = 12  # of each operation


def operations(schema: Any) -> Iterator[Any]:
    for found in schema.get_all_operations():
        yield found.ok()


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
    @pytest.mark.parametrize("role", [User.Role.ADMINISTRATOR, User.Role.SUPERVISOR])
    def test_is_what_the_api_does(self, house: House, one_connection: None, role: str) -> None:
        schemathesis = pytest.importorskip("schemathesis")
        token = client_of(house.account(role)).defaults["HTTP_AUTHORIZATION"]
        schema = schemathesis.openapi.from_dict(document())
        schema.app = get_wsgi_application()
        called = 0
        for operation in operations(schema):
            called += self.walk(schemathesis, operation, token)

        assert called > EXAMPLES * 20
        assert settings.ROOT_URLCONF == "config.urls"

    def walk(self, schemathesis: Any, operation: Any, token: str) -> int:
        """Call one operation; return how often."""
        calls = 0
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
        @given(case=operation.as_strategy())
        def call(case: Any) -> None:
            nonlocal calls
            forget_throttles(*User.objects.values_list("pk", flat=True))
            calls += 1
            response = case.call(headers={"Authorization": token})
            case.validate_response(response, checks=wanted)

        call()
        return calls
