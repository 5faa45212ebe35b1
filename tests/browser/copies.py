"""Load the console once, and let copies of it serve: to load it takes longer than most tests.

`python -m tests.browser.copies` reads a line for each copy, the file that it is to write to, and
answers with its process id. A copy is what `python -m uvicorn` would be: `config.forked`.
"""

import gc
import importlib
import os
import signal
import sys

from config.child import die_with_parent
from config.forked import Forked, load_once

SERVE = (
    *("-m", "uvicorn", "config.asgi:application", "--port", "0"),
    *("--timeout-graceful-shutdown", "1"),
)
LOADED = ("uvicorn.main", "uvicorn.protocols.http.auto", "uvicorn.protocols.websockets.auto")


def load() -> None:
    """Load the console with every page of it; nothing is opened by that."""
    load_once()
    for name in ("config.asgi", *LOADED):
        importlib.import_module(name)
    from django.urls import get_resolver  # noqa: PLC0415 - Django has just been set up

    assert get_resolver().url_patterns
    gc.collect()
    gc.freeze()


def main() -> None:
    """Make a copy for each line."""
    load()
    copies: list[Forked] = []
    for line in sys.stdin:
        copies = [copy for copy in copies if copy.poll() is None]  # takes note of those that ended
        log = os.open(line.strip(), os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        copies.append(
            Forked(
                name="console",
                argv=[sys.executable, *SERVE],
                environ={},
                folder=None,
                log=log,
                tie=die_with_parent(signal.SIGTERM),
            )
        )
        os.close(log)
        sys.stdout.write(f"{copies[-1].pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
