"""A process that a copy of this one becomes: what is loaded here it need not load again.

It runs what a new interpreter would run for the same words, in a session, with the output and the
environment of its own. Linux only, and only from a process of one thread that has opened nothing
which two must not share: no database, no broker, no keys.
"""

import gc
import importlib
import multiprocessing
import os
import runpy
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

FORK = multiprocessing.get_context("fork")
HEARD = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # by us; a copy of us must hear them anew
OWN_FILES = 3  # standard input, output and error

# What several processes of the demo load, as far as it reads no setting while it is loaded.
MODULES = (
    *("logging.config", "psycopg", "redis", "kombu.transport.redis", "phonenumbers", "pyroaring"),
    *("celery.bin.celery", "celery.apps.worker", "celery.apps.beat", "celery.concurrency.thread"),
    *("cryptography.x509", "cryptography.hazmat.primitives.ciphers.aead", "django_stubs_ext"),
    *("django.db.backends.postgresql.base", "django.core.cache.backends.redis"),
    *("django.contrib.postgres.fields", "django.contrib.auth.hashers", "django.views.debug"),
    *(
        "django.core.management.commands.migrate",
        "django.core.asgi",
        "django.template.defaulttags",
    ),
    *("rest_framework.serializers", "rest_framework.metadata", "rest_framework.mixins"),
    *("compliance.rulebook.engine", "compliance.rulebook.codec", "compliance.rulebook.edition"),
)


def load_once() -> None:
    """Load what is to be shared, and let the garbage collector never touch it again."""
    for name in MODULES:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


class Forked:
    """A running copy; to its supervisor it is what `subprocess.Popen` is."""

    def __init__(
        self,
        *,
        name: str,
        argv: Sequence[str],
        environ: Mapping[str, str],
        folder: Path | None,
        log: int,
        tie: Callable[[], None],
    ) -> None:
        """Start `python -m MODULE …` or `python FILE …`, its output going to the file `log`."""

        def become() -> None:
            os.setsid()
            tie()
            _open_only(log)
            signals_anew()
            with suppress(OSError):
                Path("/proc/self/comm").write_text(name)  # for whoever lists the processes
            os.environ.update(environ)
            os.chdir(folder or Path.cwd())
            _run(list(argv))

        self._process = FORK.Process(target=become, name=name)
        with signals_later():
            self._process.start()
        self.pid: int = self._process.pid or 0

    def poll(self) -> int | None:
        """Return how it ended (negative: the signal); None while it runs."""
        return self._process.exitcode

    def wait(self) -> None:
        """Wait for its end."""
        self._process.join()

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


@contextmanager
def signals_later() -> Iterator[None]:
    """Let no signal arrive in a copy that would still treat it as ours."""
    signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)
    try:
        yield
    finally:  # ours alone: a copy never comes here
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)


def signals_anew() -> None:
    """Let a copy of this process end at the signals that were held back for it, as any does."""
    for number in HEARD:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)


def _open_only(log: int) -> None:
    """Keep nothing open that is ours, such as the lock on a folder."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for output in (1, 2):
        os.dup2(log, output)
    os.closerange(OWN_FILES, os.sysconf("SC_OPEN_MAX"))


def _run(argv: list[str]) -> None:
    """Do what the interpreter does with its words, of which the first is its own name."""
    module = argv[1] == "-m"
    sys.argv = argv[2:] if module else argv[1:]
    sys.path[0] = str(Path.cwd() if module else Path(argv[1]).parent)
    if module:
        runpy.run_module(argv[2], run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(argv[1], run_name="__main__")
