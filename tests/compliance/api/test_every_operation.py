"""What holds for every operation of the API, whichever comes next."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from compliance.api.openapi import document
from compliance.api.operation import Operation
from compliance.api.scopes import SCOPES
from compliance.models import User
from tests.compliance.api.caller import client_of, forget_throttles
from tests.compliance.imports.house import House

pytestmark = [
    pytest.mark.urls("tests.compliance.api.urls"),
    pytest.mark.usefixtures("static_folder"),
]
VALUES = {"uuid": "0198b1a0-0000-7000-8000-000000000000", "whole": "1", "slug": "nothing"}


def operations(
    found: list[URLPattern | URLResolver] | None = None, before: str = "/"
) -> Iterator[tuple[str, type[Operation]]]:
    """Return every operation with an address of it."""
    for one in get_resolver("tests.compliance.api.urls").url_patterns if found is None else found:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from operations(one.url_patterns, route)
        else:
            for kind, value in VALUES.items():
                while f"<{kind}:" in route:
                    start = route.index(f"<{kind}:")
                    route = route[:start] + value + route[route.index(">", start) + 1 :]
            yield route, one.callback.view_class  # type: ignore[attr-defined]


ALL = list(operations())


def answered(client: Client, url: str, operation: type[Operation]) -> int:
    forget_throttles("127.0.0.1", *User.objects.values_list("pk", flat=True))
    if hasattr(operation, "get"):
        return client.get(url).status_code
    return client.post(url, {}, content_type="application/json").status_code


class TestEveryOperation:
    def test_is_one_of_ours(self) -> None:
        assert len(ALL) > 25
        assert all(issubclass(operation, Operation) for _, operation in ALL)

    def test_is_open_to_its_roles_and_to_no_other(self, house: House) -> None:
        for role in User.Role.values:
            client = client_of(house.account(role))
            for url, operation in ALL:
                status = answered(client, url, operation)

                assert (status == 403) == (role not in operation.roles), (url, role, status)
                assert status < 500, (url, role)

    def test_needs_its_scope(self, house: House) -> None:
        for url, operation in ALL:
            role = min(operation.roles)
            others = set(SCOPES) - {operation.scope}

            assert answered(client_of(house.account(role), *others), url, operation) == 403, url
            assert answered(client_of(house.account(role), operation.scope), url, operation) != 403

    def test_is_for_nobody_without_a_token(self, house: House) -> None:
        for url, operation in ALL:
            assert answered(Client(), url, operation) == 401, url

    def test_counts_how_often_it_is_asked(self) -> None:
        assert all(operation.throttle_classes for _, operation in ALL)

    def test_stands_in_the_document_in_both_languages(self) -> None:
        told = {
            one["operationId"]: one
            for path in document()["paths"].values()
            for one in path.values()
        }

        assert told.keys() == {operation.name for _, operation in ALL} - {"openapi"}
        for name, one in told.items():
            assert any("\u4e00" <= sign <= "\u9fff" for sign in one["description"]), name
            assert one["summary"].endswith(".") or one["summary"].endswith("。"), name
            assert {"401", "403", "429"} <= one["responses"].keys(), name
