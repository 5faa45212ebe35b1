"""A recording's own key, wrapped for the player: whoever writes cannot read it back.

X25519 with a key pair of one use (as RFC 9180 does), HKDF-SHA-256, AES-256-GCM. The line process
has the public half only.
"""

import hashlib
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
PUBLIC_BYTES = 32
TAG_BYTES = 16
WRAPPED_BYTES = PUBLIC_BYTES + KEY_BYTES + TAG_BYTES
ONCE = bytes(12)  # the nonce: each wrapping has a key of its own
INFO = b"yunhu recording 1"


def key_id(public: X25519PublicKey) -> str:
    """Return the short name of a key pair."""
    return hashlib.sha256(public.public_bytes_raw()).hexdigest()[:16]


def wrap(data_key: bytes, *, public: X25519PublicKey, recording: UUID) -> bytes:
    """Return the key so that only the owner of the private half gets it back."""
    once = X25519PrivateKey.generate()
    sender = once.public_key().public_bytes_raw()
    wrapping = wrapping_key(
        once.exchange(public), sender=sender, receiver=public.public_bytes_raw()
    )
    return sender + AESGCM(wrapping).encrypt(ONCE, data_key, recording.bytes)


def wrapping_key(shared: bytes, *, sender: bytes, receiver: bytes) -> bytes:
    """Return the key that wraps, from what both sides know."""
    derived = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=INFO + sender + receiver)
    return derived.derive(shared)
