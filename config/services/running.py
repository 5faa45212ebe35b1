"""The note that tells a command run by hand where the running demo's servers are."""

import json
from collections.abc import Mapping
from pathlib import Path

import psycopg

from config.services.embedded import Servers


def write_note(*, path: Path, servers: Servers, settings: Mapping[str, str] | None = None) -> None:
    """Leave the URLs, passwords included, and other variables for our own user only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(json.dumps({**(settings or {}), **servers.environ(), **servers.role_urls}))


def running_servers(*, path: Path) -> dict[str, str]:
    """Return the variables that name the demo's servers, or nothing if they do not answer."""
    try:
        note = json.loads(path.read_text())
        with psycopg.connect(note["DATABASE_URL"], connect_timeout=2):
            return {str(name): str(note[name]) for name in {"REDIS_URL", *note}}
    except (OSError, ValueError, KeyError, psycopg.Error):
        return {}
