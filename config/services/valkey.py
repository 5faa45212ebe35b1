"""The embedded Valkey: its configuration, its process, and when it is ready."""

from pathlib import Path

import redis

from config.child import Process
from config.services.binaries import valkey_program
from config.services.home import Home
from config.services.ports import LOOPBACK, free_port

CONFIGURATION = """\
bind {host}
port {port}
requirepass {password}
dir {folder}
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
"""


def valkey_process(home: Home) -> tuple[str, Process]:
    """Write the configuration. Return the broker's URL and the process that serves it.

    :raises SentenceError: if this machine cannot run it
    """
    program = valkey_program(account=home.account, beside=home.path.parent)
    folder = home.path / "valkey"
    folder.mkdir(mode=0o700, exist_ok=True)
    home.give(folder)
    port = free_port()
    url = f"redis://:{home.password}@{LOOPBACK}:{port}/0"
    process = Process(
        name="broker",
        zh="消息代理",
        en="The broker",
        argv=[str(program), str(_configure(folder=folder, port=port, home=home))],
        env={"HOME": str(home.path), "LC_ALL": "C", "TZ": "UTC"},
        folder=home.path,
        user=home.account,
        ready=lambda: _ready(url),
    )
    return url, process


def _configure(*, folder: Path, port: int, home: Home) -> Path:
    """Write the file that only the server may read: a password on a command line is public."""
    file = folder / "valkey.conf"
    file.touch(mode=0o600)
    home.give(file)
    text = CONFIGURATION.format(
        host=LOOPBACK, port=port, password=home.password, folder=f'"{folder}"'
    )
    file.write_text(text)
    return file


def _ready(url: str) -> bool:
    """Tell whether our own server answers and has read its data back."""
    try:
        with redis.Redis.from_url(url, socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:  # not listening yet, still loading, or somebody else's
        return False
