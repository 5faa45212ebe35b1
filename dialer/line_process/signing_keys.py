"""The keys that sign: a line process that can read one would not need the gate."""

import os
from collections.abc import Sequence
from pathlib import Path

SIGNING = ("permit.key", "passport.key", "deployment.key", "audit-log.key")
HELD = (
    "线路进程未启动：它能读到签名私钥。请给它单独的 KEYS_DIR，其中没有私钥，见 docs/edge.md。 / "
    "The line process does not start: it can read keys that sign ({keys}). Give it a KEYS_DIR of "
    "its own without them: docs/edge.md."
)


class SigningKeysError(Exception):
    """The line process could sign what only the gate may; it says so in both languages."""


def signing_keys(folder: Path) -> Sequence[str]:
    """Return the paths of keys in the folder that sign and that this account can read."""
    return [str(folder / name) for name in SIGNING if os.access(folder / name, os.R_OK)]


def refuse_signing_keys(folder: Path) -> None:
    """Accept a folder of keys from which nothing can be signed.

    :raises SigningKeysError: if one of them can be read
    """
    if held := signing_keys(folder):
        raise SigningKeysError(HELD.format(keys=", ".join(held)))
