"""Personal fields at rest: sealed, so that a copy of the database tells nobody's number."""

import os
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from audit import keys

NONCE_BYTES = 12  # NIST SP 800-38D 8.2.2: random, and far fewer than 2**32 under one key


class SealBrokenError(ValueError):
    """The sealed value was altered, moved to another row, or sealed with another key."""


def seal_text(value: str, *, salt: bytes) -> str:
    """Return the value sealed with AES-256-GCM, to be opened with its own salt only."""
    nonce = os.urandom(NONCE_BYTES)
    return b64encode(nonce + _cipher().encrypt(nonce, value.encode(), salt)).decode()


def open_text(sealed: str, *, salt: bytes) -> str:
    """Return what `seal_text` sealed.

    :raises SealBrokenError: if it does not open
    """
    try:
        content = b64decode(sealed, validate=True)
        return _cipher().decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], salt).decode()
    except (InvalidTag, Base64Error, ValueError) as error:
        raise SealBrokenError("A personal field does not open: restore it or the key.") from error


@cache
def _cipher() -> AESGCM:
    return AESGCM(keys.secret("number-seal"))
