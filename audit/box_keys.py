"""Key pairs of which everybody may seal and one process opens: X25519, the halves kept apart.

The public half is in the folder of keys, the private one in a folder of its own inside it, which
belongs to the process that opens. Nothing else reads it.
"""

from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.conf import settings

from audit.key_files import KeyFileError, place, read_file

OPENERS = {"recording": "player"}  # the pair, and whose folder its private half is in


def box_public(name: str) -> X25519PublicKey:
    """Return the half that seals.

    :raises KeyFileError: if the file is missing or holds another kind of key
    """
    path = Path(settings.KEYS_DIR, f"{name}.pub")
    with suppress(ValueError):
        key = load_pem_public_key(read_file(path))
        if isinstance(key, X25519PublicKey):
            return key
    raise KeyFileError(f"{path}: 不是 X25519 公钥 / is not an X25519 public key in PEM.")


def read_box_private(path: Path) -> X25519PrivateKey:
    """Read the half that opens.

    :raises KeyFileError: if the file is missing, open to others or holds another kind of key
    """
    with suppress(ValueError):
        key = load_pem_private_key(read_file(path), password=None)
        if isinstance(key, X25519PrivateKey):
            return key
    raise KeyFileError(f"{path}: 不是 X25519 私钥 / is not an X25519 private key in PEM.")


def make_box(directory: Path, name: str) -> bool:
    """Make one pair unless its public half is there. Return True if it was made.

    The private half may be out of our reach by then, or on another machine.

    :raises KeyFileError: if there is a private half that is not what it should be
    """
    if (directory / f"{name}.pub").exists():
        return False
    folder = directory / OPENERS[name]
    folder.mkdir(mode=0o700, exist_ok=True)
    pem = X25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    made = place(folder / f"{name}.key", pem, mode=0o600)
    public = read_box_private(folder / f"{name}.key").public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    place(directory / f"{name}.pub", pem, mode=0o644)
    return made
