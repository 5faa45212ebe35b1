"""The database roles of the demo: its processes log in as they would in production."""

import hashlib
import os
from urllib.parse import quote, urlsplit, urlunsplit

from config.commands import ROLE_URLS

ROLES = ("yunhu_app", *ROLE_URLS.values())


def passwords(database_url: str) -> dict[str, str]:
    """Return the password of each role, made from that of the server's superuser."""
    secret = urlsplit(database_url).password or ""
    return {
        role: hashlib.sha256(f"yunhu role {role} {secret}".encode()).hexdigest() for role in ROLES
    }


def url_of(role: str, *, database_url: str) -> str:
    """Return the address of the same database for one role."""
    parts = urlsplit(database_url)
    place = parts.netloc.rpartition("@")[2]
    user = f"{quote(role)}:{passwords(database_url)[role]}"
    return urlunsplit(parts._replace(netloc=f"{user}@{place}"))


def become(role: str) -> dict[str, str]:
    """Let this process's connection, and whatever it starts, be that role's from now on.

    Return where the database is for the others, by the variable that says so.
    """
    from django.db import connection  # noqa: PLC0415 - needs Django set up

    before = os.environ["DATABASE_URL"]
    os.environ["DATABASE_URL"] = url_of(role, database_url=before)
    connection.close()
    parts = urlsplit(os.environ["DATABASE_URL"])
    connection.settings_dict.update(USER=parts.username, PASSWORD=parts.password)
    return {name: url_of(other, database_url=before) for name, other in ROLE_URLS.items()}
