"""Calls the API as a program does, with a token."""

from typing import Any

from django.core.cache import cache
from django.test import Client

from compliance.api.scopes import SCOPES
from compliance.models import User
from compliance.services.token_make import token_make
from tests.compliance.imports.house import NOW

THROTTLES = ("can-i-call", "dial-requests", "dispositions", "api-reads", "api-writes")


def forget_throttles(*whom: object) -> None:
    """Count nothing against them; other test processes share the cache, and keep their counts."""
    cache.delete_many([f"throttle_{name}_{one}" for name in THROTTLES for one in whom])


def client_of(user: User, *scopes: str) -> Client:
    """Return a client that shows a fresh token, with nothing counted against its throttles yet.

    The token is for everything, unless scopes are named.
    """
    forget_throttles(user.pk)
    token = token_make(user=user, hours=1, scopes=scopes or SCOPES, actor="svc:test", now=NOW)
    return Client(headers={"authorization": f"Token {token}"})


def ask(client: Client, **query: Any) -> Any:
    """Ask whether a number may be called."""
    return client.get("/api/can-i-call", {"campaign": "spring-course", **query})
