"""A database with the roles of a deployment, and real connections as each of them."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from audit.record import record
from audit.roles import APP, LOGINS
from compliance.grants import grants_make, logins_set
from tests.audit.entries import NOW, NUMBER
from tests.template import _connected_to, _server, template_name

PEOPLE = """
INSERT INTO compliance_user (password, is_superuser, username, first_name, last_name, email,
    is_staff, is_active, date_joined, role, real_name)
VALUES ('', false, 'agent', '', '', '', false, true, now(), 'agent', '张三')
"""
Connect = Callable[[str], psycopg.Connection[Any]]


def password(role: str) -> str:
    return hashlib.sha256(role.encode()).hexdigest()


@pytest.fixture(scope="package")
def deployment(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, keys_of_the_test_run: object
) -> Iterator[str]:
    """Make the database, migrated and granted, with one entry in it; return its name."""
    with django_db_blocker.unblock():
        name = f"{connection.settings_dict['NAME']}_roles"
        # Roles belong to the whole server: the lock keeps processes from making them at once.
        with _server() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template_name()}"')
            with _connected_to(name):
                grants_make()
                logins_set({role: password(role) for role in LOGINS})
        with _connected_to(name), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(PEOPLE)
            record(
                "refusal.recorded",
                obj="refusal:7",
                actor="u:17",
                now=NOW,
                pii={"number": NUMBER},
                subject="person:1",
            )
    yield name
    with django_db_blocker.unblock(), _server() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def connect(deployment: str, sockets: None) -> Iterator[Connect]:
    """Connect as a role, or as the server's superuser with ""; what is done is undone."""
    open_now = []

    def connected(role: str) -> psycopg.Connection[Any]:
        settings = connection.settings_dict
        one = psycopg.connect(
            host=settings["HOST"],
            port=settings["PORT"],
            dbname=deployment,
            user=role or settings["USER"],
            password=password(role) if role else settings["PASSWORD"],
        )
        open_now.append(one)
        return one

    yield connected
    for one in open_now:
        one.rollback()
        one.close()


@pytest.fixture
def as_app(deployment: str, django_db_blocker: DjangoDbBlocker, sockets: None) -> Iterator[None]:
    """Let Django itself be the application's role in the deployment's database."""
    with django_db_blocker.unblock(), _django_as(APP, name=deployment):
        yield


@contextmanager
def _django_as(role: str, *, name: str) -> Iterator[None]:
    settings = connection.settings_dict
    before = {key: settings[key] for key in ("USER", "PASSWORD")}
    with _connected_to(name):
        settings.update(USER=role, PASSWORD=password(role))
        try:
            yield
        finally:
            connection.close()
            settings.update(before)
