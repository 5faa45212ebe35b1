"""Calls the API as a program does, with a token."""

from typing import Any

from django.core.cache import cache
from django.test import Client

from compliance.models import User
from compliance.services.token_make import token_make
from tests.compliance.imports.house import NOW

SCOPES = ("can-i-call", "dial-requests", "dispositions")


def client_of(user: User) -> Client:
    """Return a client that shows a fresh token, with nothing counted against its throttles yet."""
    for scope in SCOPES:
        cache.delete(f"throttle_{scope}_{user.pk}")
    token = token_make(user=user, hours=1, actor="svc:test", now=NOW)
    return Client(headers={"authorization": f"Token {token}"})


def ask(client: Client, **query: Any) -> Any:
    """Ask whether a number may be called."""
    return client.get("/api/can-i-call", {"campaign": "spring-course", **query})
