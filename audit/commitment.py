"""Commitments to personal data, and the code that says that this deployment wrote an entry."""

import hashlib
import hmac
import os
from functools import lru_cache

from audit.canonical import canon

SALT_BYTES = 32


def new_salt() -> bytes:
    """Return fresh random bytes; every field of every entry has its own."""
    return os.urandom(SALT_BYTES)


def commitment(*, field: str, value: str, salt: bytes) -> str:
    """Return what an entry keeps of a personal field: proves the value, and does not tell it.

    Without the salt the value cannot be found by trying: all mobile numbers of China fall in
    minutes to a plain hash. Erasing value and salt therefore erases the value for good.

    :raises ValueError: if the salt is not 32 bytes
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"A salt has {SALT_BYTES} bytes.")
    return "hs256:" + hmac.digest(salt, canon([field, value]), hashlib.sha256).hex()


def blind_index(*, value: str, key: bytes) -> bytes:
    """Return the keyed digest by which stored personal data is found without being read.

    It does not depend on the field, so that one search finds a number under every name.
    """
    return hmac.digest(key, b"audit-pii:" + value.encode(), hashlib.sha256)


def mac(*, body: bytes, key: bytes) -> bytes:
    """Return the code over an entry's exact bytes; the database does not have the key."""
    return hmac.digest(key, body, hashlib.sha256)


@lru_cache(maxsize=16)
def key_id(key: bytes) -> str:
    """Return the short name under which entries say which key made their code."""
    return hmac.digest(key, b"kid", hashlib.sha256).hex()[:16]
