"""A PostgreSQL server to measure on, and a database of our own in it."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from config.env import NO_REDIS
from config.services import embedded_servers
from config.supervisor import Supervisor

ROOT = Path(__file__).resolve().parent.parent


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Use the server of DATABASE_URL, or run the embedded one for the block; yield its URL."""
    named = {"DATABASE_URL": os.environ.get("DATABASE_URL", ""), "REDIS_URL": NO_REDIS}
    var = ROOT / "var"
    with (
        embedded_servers(var=var, instance="benchmark", environ=named) as servers,
        Supervisor(processes=servers.processes, say=print, log_dir=var / "log") as supervisor,
    ):
        if not supervisor.start():
            raise KeyboardInterrupt
        yield servers.database_url


@contextlib.contextmanager
def broker(server_url: str) -> Iterator[str]:
    """Run an embedded broker of our own for the block; yield its URL."""
    named = {"DATABASE_URL": server_url, "REDIS_URL": ""}
    var = ROOT / "var"
    with (
        embedded_servers(var=var, instance="benchmark-broker", environ=named) as servers,
        Supervisor(processes=servers.processes, say=print, log_dir=var / "log") as supervisor,
    ):
        if not supervisor.start():
            raise KeyboardInterrupt
        yield servers.redis_url


@contextlib.contextmanager
def fresh_database(server_url: str) -> Iterator[str]:
    """Make an empty database of our tables for the block, set Django on it, drop it after.

    Yield its URL, for other processes.
    """
    name = f"yunhu_benchmark_{secrets.token_hex(4)}"
    url = urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
    with (
        psycopg.connect(server_url, dbname="postgres", autocommit=True) as admin,
        TemporaryDirectory() as keys,
    ):
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            point_django_at(url=url, keys=keys)
            _make_tables()
            yield url
        finally:
            _let_go()
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            admin.execute(drop.format(sql.Identifier(name)))


def point_django_at(*, url: str, keys: str) -> None:
    """Set Django up in this process, or move its connection to another database."""
    os.environ.update(
        DATABASE_URL=url, KEYS_DIR=keys, DJANGO_SETTINGS_MODULE="config.settings", REDIS_URL=""
    )
    import django  # noqa: PLC0415 - the settings read the variables above
    from django.conf import settings  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    if settings.configured:
        settings.KEYS_DIR = keys
        connection.close()
        connection.settings_dict["NAME"] = urlsplit(url).path.lstrip("/")
    else:
        django.setup()


def _make_tables() -> None:
    from django.core.management import call_command  # noqa: PLC0415

    from audit.keys import make_missing  # noqa: PLC0415

    make_missing()
    call_command("migrate", verbosity=0, interactive=False)


def _let_go() -> None:
    from django.db import connection  # noqa: PLC0415

    connection.close()


def server_version(server_url: str) -> str:
    """Return the version of the server, such as "18.6"."""
    with psycopg.connect(server_url, dbname="postgres") as connection:
        return str(connection.info.parameter_status("server_version")).split()[0]
