"""A permit on the wire: a PASSporT (RFC 8225) as the value of an Identity header (RFC 8224).

Values in, values out: no database, no file, no clock. Both edges check what this writes; the one
in the line process with `read`. There is exactly one way to write each passport, and whatever is
written otherwise is none.
"""

import base64
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256

LIFE_SECONDS = 10  # a permit's; RULEBOOK 4.0
LIFE = timedelta(seconds=LIFE_SECONDS)
SKEW = timedelta(seconds=1)  # how far the signer's clock may be ahead
# Nobody fetches the key from there: each edge has it. Checkers ask that x5u and info agree.
INFO = "https://passport.yunhu.invalid/passport.pub"
# shaken is the one extension that secsipid, the production edge's library, takes.
HEADER = {"alg": "ES256", "ppt": "shaken", "typ": "passport", "x5u": INFO}
PARAMETERS = f";info=<{INFO}>;alg=ES256;ppt=shaken"
HALF = 32  # bytes of each half of the signature
ES256 = ECDSA(SHA256())

_FORMS = {
    "dest": re.compile(r"[0-9]{5,15}"),
    "orig": re.compile(r"[0-9]{3,20}"),
    "permit": re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "rulebook": re.compile(r"[0-9a-f]{64}"),
    "trunk": re.compile(r"[A-Za-z0-9_.-]{1,64}"),
}
# The one way to write the claims: keys in order, no white space, nothing else (RFC 8225 9).
_CLAIMS = re.compile(
    rb'\{"attest":"A","dest":\{"tn":\["(?P<dest>[0-9]{5,15})"\]\},'
    rb'"exp":(?P<exp>[1-9][0-9]{0,11}),"iat":(?P<iat>[1-9][0-9]{0,11}),'
    rb'"orig":\{"tn":"(?P<orig>[0-9]{3,20})"\},'
    rb'"origid":"(?P<origid>[0-9a-f-]{36})","permit":"(?P<permit>[0-9a-f-]{36})",'
    rb'"rulebook":"(?P<rulebook>[0-9a-f]{64})","trunk":"(?P<trunk>[A-Za-z0-9_.-]{1,64})"\}'
)


class PassportError(Exception):
    """The value is no passport, or not one that may be used now; `why` is one word for it."""

    def __init__(self, why: str) -> None:
        """Keep the word: no_permit, form, signature, expired or future."""
        self.why = why
        super().__init__(why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passport:
    """What one permit lets leave, and until when."""

    permit: str  # its id
    rulebook: str  # SHA-256 of the book that allowed it
    trunk: str  # its code
    orig: str  # the caller number's digits
    dest: str  # the callee's digits, country code first
    issued_at: datetime  # whole seconds of the host's clock, whatever is stated

    def __post_init__(self) -> None:
        for name, form in _FORMS.items():
            if form.fullmatch(getattr(self, name)) is None:
                raise PassportError("form")

    @property
    def expires_at(self) -> datetime:
        """Return the first instant at which it is no longer good."""
        return self.issued_at + LIFE


def write(passport: Passport, *, key: EllipticCurvePrivateKey) -> str:
    """Return the value of the Identity header."""
    signed = f"{HEAD}.{_text(_claims(passport))}"
    r, s = decode_dss_signature(key.sign(signed.encode(), ES256))
    signature = r.to_bytes(HALF, "big") + s.to_bytes(HALF, "big")
    return f"{signed}.{_base64(signature)}{PARAMETERS}"


def read(identity: str, *, key: EllipticCurvePublicKey, now: datetime) -> Passport:
    """Return what the value of an Identity header lets leave at `now`, by the host's clock.

    :raises PassportError: unless it is genuine and at most ten seconds old
    """
    if not identity:
        raise PassportError("no_permit")
    token = identity.removesuffix(PARAMETERS)
    head, _, rest = token.partition(".")
    payload, _, signature = rest.partition(".")
    if token == identity or head != HEAD:
        raise PassportError("form")
    if not _is_genuine(f"{head}.{payload}", signature, key):
        raise PassportError("signature")
    passport = _passport(payload)
    if passport.issued_at > now + SKEW:
        raise PassportError("future")
    if passport.expires_at <= now:
        raise PassportError("expired")
    return passport


def claimed_expiry(identity: str) -> datetime | None:
    """Return when it says that it expires, believed by nobody who lets anything leave."""
    try:
        return _passport(identity.partition(".")[2].partition(".")[0]).expires_at
    except PassportError:
        return None


def _claims(passport: Passport) -> dict[str, object]:
    issued = int(passport.issued_at.timestamp())
    return {
        "attest": "A",
        "dest": {"tn": [passport.dest]},
        "exp": issued + LIFE_SECONDS,
        "iat": issued,
        "orig": {"tn": passport.orig},
        "origid": passport.permit,
        "permit": passport.permit,
        "rulebook": passport.rulebook,
        "trunk": passport.trunk,
    }


def _passport(payload: str) -> Passport:
    try:
        claims = _bytes(payload)
        found = _CLAIMS.fullmatch(claims)
        if found is None or _base64(claims) != payload:
            raise PassportError("form")
        dest, exp, iat, orig, origid, permit, rulebook, trunk = found.groups()
        issued = int(iat)
        if int(exp) - issued != LIFE_SECONDS or origid != permit:
            raise PassportError("form")
        return Passport(
            permit=permit.decode(),
            rulebook=rulebook.decode(),
            trunk=trunk.decode(),
            orig=orig.decode(),
            dest=dest.decode(),
            issued_at=datetime.fromtimestamp(issued, UTC),
        )
    except (ValueError, OverflowError, OSError) as error:
        raise PassportError("form") from error


def _is_genuine(signed: str, signature: str, key: EllipticCurvePublicKey) -> bool:
    try:
        halves = _bytes(signature)
        der = encode_dss_signature(
            int.from_bytes(halves[:HALF], "big"), int.from_bytes(halves[HALF:], "big")
        )
        key.verify(der, signed.encode(), ES256)
    except (ValueError, InvalidSignature):
        return False
    return len(halves) == 2 * HALF and _base64(halves) == signature


def _text(claims: dict[str, object]) -> str:
    """Write a JSON object as RFC 8225 section 9 says: keys in order, no white space."""
    return _base64(json.dumps(claims, sort_keys=True, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


HEAD = _text(dict(HEADER))
