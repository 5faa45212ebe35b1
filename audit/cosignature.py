"""Cosignatures as C2SP defines them: a witness says when it saw a checkpoint that extends others.

https://c2sp.org/tlog-cosignature, version 1: the time is part of what is signed.
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from audit.note import NoteError, Signature, parsed

COSIGNATURE = b"\x04"  # the type of a signature, https://c2sp.org/signed-note
LATEST = 253_402_300_799  # the last second of the year 9999, which is the last that Python knows
_TIME_BYTES, _KEY_BYTES, _SIGNATURE_BYTES = 8, 32, 64


@dataclass(frozen=True, slots=True)
class Witness:
    """The name and the public key of somebody who cosigns checkpoints."""

    name: str
    public: bytes  # 32 bytes, RFC 8032

    @property
    def key_hash(self) -> bytes:
        """The four bytes by which a cosignature says whose it is."""
        return sha256(self.name.encode() + b"\n" + COSIGNATURE + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        """The text from which `witness` makes this again."""
        return f"{self.name}+{self.key_hash.hex()}+{b64encode(COSIGNATURE + self.public).decode()}"


def witness(vkey: str) -> Witness:
    """Return what a witness's verifier key `name+hash+base64` holds.

    :raises NoteError: if it is none, or of another kind
    """
    name, hashed, key = [*vkey.strip().split("+", 2), "", ""][:3]
    try:
        content = b64decode(key, validate=True)
    except (Base64Error, ValueError):
        content = b""
    if content[:1] != COSIGNATURE or len(content) != 1 + _KEY_BYTES:
        raise NoteError("The verifier key is not one of a witness.")
    found = Witness(name=name, public=content[1:])
    if found.key_hash.hex() != hashed or name.split() != [name]:
        raise NoteError("The witness's key does not match its own short hash.")
    return found


def cosigned_text(text: str, *, seconds: int) -> bytes:
    """Return what a witness signs: the time, in seconds since 1970, and the checkpoint."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def cosign(text: str, *, name: str, key: Ed25519PrivateKey, at: datetime) -> Signature:
    """Cosign the text of a checkpoint."""
    seconds = int(at.timestamp())
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    made = key.sign(cosigned_text(text, seconds=seconds))
    return Signature(name, Witness(name, public).key_hash, seconds.to_bytes(_TIME_BYTES) + made)


def cosigned_at(content: bytes, whom: Witness) -> datetime:
    """Return when the witness saw the note, by the witness's clock.

    :raises NoteError: if the note does not carry its cosignature, or it is wrong
    """
    text, signatures = parsed(content)
    for line in signatures:
        if (line.name, line.key_hash) == (whom.name, whom.key_hash):
            return _time_of(text, line, whom)
    raise NoteError(f"{whom.name} has not cosigned the note.")


def _time_of(text: str, line: Signature, whom: Witness) -> datetime:
    seconds = int.from_bytes(line.signature[:_TIME_BYTES])
    rest = line.signature[_TIME_BYTES:]
    if len(rest) != _SIGNATURE_BYTES or not 0 < seconds <= LATEST:
        raise NoteError(f"The cosignature of {whom.name} is malformed.")
    try:
        key = Ed25519PublicKey.from_public_bytes(whom.public)
        key.verify(rest, cosigned_text(text, seconds=seconds))
    except InvalidSignature as error:
        raise NoteError(f"The cosignature of {whom.name} is wrong.") from error
    return datetime.fromtimestamp(seconds, UTC)
