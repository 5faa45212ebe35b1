"""Start processes that are ready at once: Django is set up here, and they are forked.

`python -m tests.audit.crash.nursery`: each line `writer|sealer LOG WORD …` starts one process,
whose id is the answer.
"""

import logging
import os
import signal
import sys

import django

from config.child import die_with_parent


def main() -> None:
    """Start what is asked for until nobody asks any more."""
    django.setup()
    from tests.audit.crash import sealer, writer

    logging.disable(logging.INFO)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead need no burial
    mains = {"writer": writer.main, "sealer": sealer.main}
    die_with_us = die_with_parent(signal.SIGKILL)
    for line in sys.stdin:
        kind, log, *words = line.split()
        pid = os.fork()
        if pid == 0:
            die_with_us()
            os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 2)
            try:
                mains[kind](*words)
            finally:
                os._exit(1)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
