"""The keys of this deployment: files that only their owner can read, made once, never replaced."""

import secrets
from contextlib import suppress
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.conf import settings

from audit.box_keys import OPENERS, make_box
from audit.curve_keys import CURVE_PAIRS, make_curve_pair
from audit.key_files import KeyFileError, place, read_file, sync_folder

__all__ = [
    "PAIRS",
    "SECRETS",
    "SECRET_BYTES",
    "KeyFileError",
    "make_missing",
    "make_pair",
    "place",
    "private_key",
    "public_key",
    "public_pem",
    "read_private",
    "read_public",
    "read_secret",
    "secret",
    "sync_folder",
]

SECRETS = ("audit-mac", "number-index", "number-seal")
PAIRS = ("permit", "deployment", "audit-log")
ELSEWHERE = frozenset({"audit-log"})  # whose private half may be on another machine, or retired
SECRET_BYTES = 32


def secret(name: str) -> bytes:
    """Return the 32 random bytes of the secret `name`.

    :raises KeyFileError: if the file is missing, open to others or of the wrong length
    """
    return _secret(settings.KEYS_DIR, name)


def private_key(name: str) -> Ed25519PrivateKey:
    """Return the signing key `name`.

    :raises KeyFileError: if the file is missing, open to others or holds another kind of key
    """
    return _private(settings.KEYS_DIR, name)


def public_key(name: str) -> Ed25519PublicKey:
    """Return the key that checks what `private_key(name)` signed; needs only the `.pub` file.

    :raises KeyFileError: if the file is missing or holds another kind of key
    """
    return _public(settings.KEYS_DIR, name)


def public_pem(name: str) -> bytes:
    """Return the file of `public_key(name)`, to be handed on with what it checks.

    :raises KeyFileError: if the file is missing
    """
    return read_file(Path(settings.KEYS_DIR, f"{name}.pub"))


def make_missing() -> list[str]:
    """Make every key of the tables above that has no file yet; return the names of those made.

    Two processes may do this at once: the first file stays, and both end with the same keys.

    :raises KeyFileError: if a file that exists is not what it should be
    """
    directory = Path(settings.KEYS_DIR)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = [
        name
        for name in SECRETS
        if place(directory / f"{name}.key", secrets.token_bytes(SECRET_BYTES), mode=0o600)
    ]
    made += [name for name in PAIRS if make_pair(directory, name)]
    made += [name for name in OPENERS if make_box(directory, name)]
    made += [name for name in CURVE_PAIRS if make_curve_pair(directory, name)]
    for name in SECRETS:
        read_secret(directory, name)
    return made


def make_pair(directory: Path, name: str) -> bool:
    """Make one pair unless it is there. Return True if it was made."""
    if name in ELSEWHERE and (directory / f"{name}.pub").exists():
        return False
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    made = place(directory / f"{name}.key", pem, mode=0o600)
    # Whoever placed the private key, the public one is derived from the file that stayed.
    public = read_private(directory, name).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    place(directory / f"{name}.pub", pem, mode=0o644)
    if read_public(directory, name) != public:
        raise KeyFileError(
            f"{name}.key, {name}.pub: 不配对 / do not belong together: restore both."
        )
    return made


def read_secret(directory: Path | str, name: str) -> bytes:
    """Read a secret's file now, as `secret` does once."""
    path = Path(directory, f"{name}.key")
    content = read_file(path)
    if len(content) != SECRET_BYTES:
        raise KeyFileError(f"{path}: 应为 {SECRET_BYTES} 字节 / must hold {SECRET_BYTES} bytes.")
    return content


def read_private(directory: Path | str, name: str) -> Ed25519PrivateKey:
    """Read a signing key's file now, as `private_key` does once."""
    path = Path(directory, f"{name}.key")
    with suppress(ValueError):
        key = load_pem_private_key(read_file(path), password=None)
        if isinstance(key, Ed25519PrivateKey):
            return key
    raise KeyFileError(f"{path}: 不是 Ed25519 私钥 / is not an Ed25519 private key in PEM.")


def read_public(directory: Path | str, name: str) -> Ed25519PublicKey:
    """Read a public key's file now, as `public_key` does once."""
    path = Path(directory, f"{name}.pub")
    with suppress(ValueError):
        key = load_pem_public_key(read_file(path))
        if isinstance(key, Ed25519PublicKey):
            return key
    raise KeyFileError(f"{path}: 不是 Ed25519 公钥 / is not an Ed25519 public key in PEM.")


# Each process reads a key once.
_secret = cache(read_secret)
_private = cache(read_private)
_public = cache(read_public)
