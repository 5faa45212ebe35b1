"""The log of one run of the demo: its name, its places, and the wait until all is sealed."""

import time
from datetime import datetime
from pathlib import Path

LONGEST_WAIT_SECONDS = 30.0  # for the sequencer, at the end; what is not sealed then is told


def log_of_this_run(folder: Path) -> dict[str, str]:
    """Return the settings of a log that begins with this run, as its database does."""
    return {
        "AUDIT_ORIGIN": f"demo.yunhu.localhost/{time.time_ns():x}",
        "AUDIT_SIGNER_DIR": str(folder / "signer"),
        "AUDIT_PUBLISH_DIR": str(folder / "published"),
        "AUDIT_SIGN_SECONDS": "2",
    }


class Sealed:
    """Tells when what there was at the first question is sealed, signed and published."""

    def __init__(self) -> None:
        self._asked_at: datetime | None = None  # by the database's clock
        self._give_up_at = 0.0

    def by_now(self) -> bool:
        """Return True once it is, or once it has been waited for long enough."""
        from audit.sealing.state import standing  # noqa: PLC0415 - needs Django set up
        from config.demo.progress import unless_away  # noqa: PLC0415 - needs Django set up

        found = unless_away(standing)
        if found is None:
            return False
        if self._asked_at is None:
            self._asked_at = found.read_at
            self._give_up_at = time.monotonic() + LONGEST_WAIT_SECONDS
        return found.sealed_until >= self._asked_at or time.monotonic() > self._give_up_at
