"""Which calls are up, in a file that outlives the process: who comes next says goodbye for us.

It lies beside the journal of INVITEs and is sealed as that one is.
"""

import base64
import json
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

from compliance import clock
from compliance.vault import SealBrokenError, seal, unseal
from dialer.line_process.kept_lines import KeptLines
from dialer.lines.open_dialog import OpenDialog

SUFFIX = ".dialogs"
LONGEST = timedelta(hours=24)  # no carrier knows a call for longer


class DialogBook:
    """The file of one trunk."""

    def __init__(self, *, folder: Path, trunk_code: str) -> None:
        """Read what a former process left; write nothing before `start`."""
        self._lines = KeptLines(folder / f"{trunk_code}{SUFFIX}")

    def left_open(self) -> list[OpenDialog]:
        """Return the calls that a former process had up, in the order in which they began."""
        found = map(_read, self._lines.left(_call_id).values())
        return [dialog for dialog in found if dialog is not None]

    def start(self) -> None:
        """Begin to write, with what was left open and no more."""
        self._lines.start()

    def opened(self, dialog: OpenDialog) -> None:
        """Keep a call that is about to leave, or one that has changed."""
        self._lines.keep(dialog.call_id, lambda: _line(dialog))

    def closed(self, call_id: str) -> None:
        """Forget a call that is over."""
        self._lines.forget(call_id)

    def close(self) -> None:
        """Write what waits and close the file."""
        self._lines.close()


def _line(dialog: OpenDialog) -> bytes:
    """Write one call; who is called stands in its headers, so all of it is sealed."""
    sealed = seal(json.dumps(asdict(dialog)), bound_to=dialog.call_id.encode())
    row = {
        "call": dialog.call_id,
        "at": clock.host_now().isoformat(),
        "sealed": base64.b64encode(sealed).decode(),
    }
    return json.dumps(row).encode() + b"\n"


def _call_id(line: bytes) -> str:
    dialog = _read(line)
    return "" if dialog is None else dialog.call_id


def _read(line: bytes) -> OpenDialog | None:
    """Read one line; half a line, an old one and one that somebody altered name no open call."""
    try:
        row = json.loads(line)
        call_id = str(row["call"])
        if clock.host_now() - datetime.fromisoformat(row["at"]) > LONGEST:
            return None
        text = unseal(base64.b64decode(row["sealed"]), bound_to=call_id.encode())
        kept = json.loads(text)
        peer = tuple(kept["peer"]) if kept["peer"] else None
        return OpenDialog(**{**kept, "routes": tuple(kept["routes"]), "peer": peer})
    except (ValueError, KeyError, TypeError, SealBrokenError):
        return None
