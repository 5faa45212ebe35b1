"""The keys that sign the log, and every key that ever wrote entries, each read when it is needed.

A process that runs for months sees a rotation at once: nothing here is remembered for good.
"""

import re
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from audit.commitment import key_id
from audit.keys import read_private, read_public, read_secret

LOG = "audit-log"  # and audit-log-2, audit-log-3 …, each from a rotation
MAC = "audit-mac"  # the one that writes; audit-mac-<kid> are those that wrote before
_LOG_FILE = re.compile(rf"{LOG}(?:-([1-9][0-9]*))?")


def log_key_names(*, suffix: str) -> list[str]:
    """Return the names of the log keys with a `.key` or `.pub` file, the oldest first."""
    found = {
        int(match[1] or 1): path.stem
        for path in Path(settings.KEYS_DIR).glob(f"{LOG}*{suffix}")
        if (match := _LOG_FILE.fullmatch(path.stem))
    }
    return [found[number] for number in sorted(found)]


def log_keys() -> list[Ed25519PrivateKey]:
    """Return every key that signs the log now: two while one takes over from the other.

    :raises KeyFileError: if there is none, or a file is not what it should be
    """
    names = log_key_names(suffix=".key") or [LOG]
    return [read_private(settings.KEYS_DIR, name) for name in names]


def log_public_keys() -> list[Ed25519PublicKey]:
    """Return the public halves of every log key there ever was, the oldest first."""
    return [read_public(settings.KEYS_DIR, name) for name in log_key_names(suffix=".pub")]


def mac_key(kid: str) -> bytes | None:
    """Return the key that entries name as `kid`, or None if it is none of ours.

    :raises KeyFileError: if a file is not what it should be
    """
    folder = str(settings.KEYS_DIR)
    key = _mac_keys(folder).get(kid)
    if key is None:  # it may be newer than what was read
        _mac_keys.cache_clear()
        key = _mac_keys(folder).get(kid)
    return key


@lru_cache(maxsize=4)
def _mac_keys(folder: str) -> dict[str, bytes]:
    names = [MAC, *(path.stem for path in Path(folder).glob(f"{MAC}-*.key"))]
    return {key_id(key): key for key in (read_secret(folder, name) for name in names)}
