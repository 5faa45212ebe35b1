"""The servers of a demo that has ended, for as long as one command run by hand needs them."""

import contextlib
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from config.commands import ROLE_URLS
from config.demo.roles import url_of
from config.services import embedded_servers
from config.services.home import HomeTakenError
from config.supervisor import Supervisor


@contextlib.contextmanager
def servers_of_the_ended_demo(*, note: Path) -> Iterator[dict[str, str]]:
    """Start the demo's own servers again, and yield the variables that name them and its log.

    Yield nothing if no demo with servers of its own has been run here, or if it is just starting.
    :raises SentenceError: if they do not start
    """
    var = note.parent.parent
    with contextlib.ExitStack() as stack:
        try:
            left = json.loads(note.read_text())
            if not left.get("EMBEDDED_SERVERS") or not (var / "data" / "demo").exists():
                raise FileNotFoundError(note)
            servers = stack.enter_context(
                embedded_servers(var=var, instance="demo", environ=os.environ)
            )
        except (OSError, ValueError, HomeTakenError):
            yield {}
            return
        supervisor = stack.enter_context(
            Supervisor(processes=servers.processes, say=_say, log_dir=var / "log" / "by-hand")
        )
        if not supervisor.start():
            raise KeyboardInterrupt
        for each in (signal.SIGINT, signal.SIGTERM):  # it is the command that is interrupted now
            signal.signal(each, signal.default_int_handler)
        url = servers.database_url
        roles = {name: url_of(role, database_url=url) for name, role in ROLE_URLS.items()}
        own = {"DATABASE_URL": url_of("yunhu_app", database_url=url), **roles}
        yield {**left, **servers.environ(), **own}


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
