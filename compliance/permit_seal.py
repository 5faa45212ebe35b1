"""The signature that makes a permit: only the gate makes it, every line process checks it."""

from dataclasses import dataclass, fields
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature

from audit.canonical import canon
from audit.keys import private_key, public_key


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitClaims:
    """Everything that a permit allows, and nothing besides."""

    permit: str
    decision: str
    filing: int
    callee: str  # blind index, hex
    caller_number: str
    trunk: str
    seat: int
    consent: int
    epoch: int
    issued_at: datetime
    expires_at: datetime
    facts_digest: str
    book_digest: str


def sealed_bytes(claims: PermitClaims) -> bytes:
    """Return the canonical bytes that the signature covers."""
    plain = {field.name: getattr(claims, field.name) for field in fields(claims)}
    for name in ("issued_at", "expires_at"):
        plain[name] = plain[name].astimezone(UTC).isoformat(timespec="microseconds")
    return canon(plain)


def sign(claims: PermitClaims) -> bytes:
    """Sign with the gate's own key (Ed25519)."""
    return private_key("permit").sign(sealed_bytes(claims))


def is_genuine(claims: PermitClaims, signature: bytes) -> bool:
    """Return whether the gate signed exactly these claims."""
    try:
        public_key("permit").verify(signature, sealed_bytes(claims))
    except InvalidSignature:
        return False
    return True
