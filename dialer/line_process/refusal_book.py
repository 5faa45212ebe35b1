"""Who pressed 9 in a call, in a file that outlives the process: no kill makes us forget a refusal.

A worker records it in the database. While that is away, or while events of other calls wait before
it, the process may be killed; who comes next records what stands here before it dials anybody. The
file holds no number, only the id of the attempt.
"""

import json
import logging
from pathlib import Path

from compliance import clock
from dialer.line_process.kept_lines import KeptLines
from dialer.models import Attempt
from dialer.services.refusal_during_call import refusal_during_call

log = logging.getLogger(__name__)
SUFFIX = ".refusals"


class RefusalBook:
    """The file of one trunk."""

    def __init__(self, *, folder: Path, trunk_code: str) -> None:
        """Write nothing before `start`."""
        self._lines = KeptLines(folder / f"{trunk_code}{SUFFIX}")
        self._left: list[int] = []

    def start(self) -> None:
        """Read what a former process left, and begin to write."""
        self._left = [int(key) for key in self._lines.left(_attempt_id)]
        self._lines.start()

    def heard(self, attempt_id: int) -> None:
        """Keep a refusal; told on the line's own thread, this neither waits nor raises."""
        self._lines.keep(str(attempt_id), lambda: _line(attempt_id))

    def recorded(self, attempt_id: int) -> None:
        """Forget a refusal that the database has."""
        self._lines.forget(str(attempt_id))

    def record_left(self, *, actor: str) -> None:
        """Record what a former process heard and could not record.

        :raises django.db.Error: if the database is away; then nothing may be dialled
        """
        for attempt_id in self._left:
            try:
                refusal_during_call(attempt_id=attempt_id, actor=actor, now=clock.read())
            except Attempt.DoesNotExist:  # of a database from before that call: it stays here
                log.exception("A refusal was heard in attempt %s, which is unknown.", attempt_id)
            else:
                self.recorded(attempt_id)
        self._left = []

    def close(self) -> None:
        """Write what waits and close the file."""
        self._lines.close()


def _line(attempt_id: int) -> bytes:
    row = {"attempt": attempt_id, "at": clock.host_now().isoformat()}
    return json.dumps(row).encode() + b"\n"


def _attempt_id(line: bytes) -> str:
    """Read one line; half a line is of no attempt."""
    try:
        return str(int(json.loads(line)["attempt"]))
    except (ValueError, KeyError, TypeError):
        return ""
