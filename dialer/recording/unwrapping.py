"""The other half of `wrapping`: with the private key, which the player alone has."""

from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dialer.recording.wrapping import ONCE, PUBLIC_BYTES, wrapping_key


class WrongKeyError(Exception):
    """The recording was sealed for another key, or its head was altered."""


def unwrap(wrapped: bytes, *, private: X25519PrivateKey, recording: UUID) -> bytes:
    """Return the key that was wrapped for this recording.

    :raises WrongKeyError: if this is not the key, or the bytes or the recording are others
    """
    sender, sealed = wrapped[:PUBLIC_BYTES], wrapped[PUBLIC_BYTES:]
    receiver = private.public_key().public_bytes_raw()
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(sender))
        wrapping = wrapping_key(shared, sender=sender, receiver=receiver)
        return AESGCM(wrapping).decrypt(ONCE, sealed, recording.bytes)
    except (InvalidTag, ValueError) as error:
        raise WrongKeyError("The recording does not open with this key.") from error
