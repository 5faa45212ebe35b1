"""Keys on P-256: telephony's PASSporTs (RFC 8225) are signed with ES256, not with Ed25519."""

from contextlib import suppress
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
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

from audit.key_files import KeyFileError, place, read_file

CURVE_PAIRS = ("passport",)


def curve_private_key(name: str) -> EllipticCurvePrivateKey:
    """Return the signing key `name`.

    :raises KeyFileError: if the file is missing, open to others or holds another kind of key
    """
    return _private(settings.KEYS_DIR, name)


def curve_public_key(name: str) -> EllipticCurvePublicKey:
    """Return the key that checks what `curve_private_key(name)` signed; needs only its file.

    :raises KeyFileError: if the file is missing or holds another kind of key
    """
    return _public(settings.KEYS_DIR, name)


def make_curve_pair(directory: Path, name: str) -> bool:
    """Make one pair unless it is there. Return True if it was made."""
    pem = generate_private_key(SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    made = place(directory / f"{name}.key", pem, mode=0o600)
    # Whoever placed the private key, the public one is derived from the file that stayed.
    public = read_curve_private(directory, name).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    place(directory / f"{name}.pub", pem, mode=0o644)
    if read_curve_public(directory, name) != public:
        raise KeyFileError(
            f"{name}.key, {name}.pub: 不配对 / do not belong together: restore both."
        )
    return made


def read_curve_private(directory: Path | str, name: str) -> EllipticCurvePrivateKey:
    """Read a signing key's file now, as `curve_private_key` does once."""
    path = Path(directory, f"{name}.key")
    with suppress(ValueError):
        key = load_pem_private_key(read_file(path), password=None)
        if isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1):
            return key
    raise KeyFileError(f"{path}: 不是 P-256 私钥 / is not a P-256 private key in PEM.")


def read_curve_public(directory: Path | str, name: str) -> EllipticCurvePublicKey:
    """Read a public key's file now, as `curve_public_key` does once."""
    path = Path(directory, f"{name}.pub")
    with suppress(ValueError):
        key = load_pem_public_key(read_file(path))
        if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
            return key
    raise KeyFileError(f"{path}: 不是 P-256 公钥 / is not a P-256 public key in PEM.")


_private = cache(read_curve_private)
_public = cache(read_curve_public)
