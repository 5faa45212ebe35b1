"""Answer a digest challenge (RFC 3261 22, RFC 7616, RFC 8760)."""

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from dialer.lines.sip.packet import Packet

FIELD = re.compile(r'(?<![\w-])(\w[\w-]*)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s,]+)')
CHALLENGES = {
    401: ("www-authenticate", "Authorization"),
    407: ("proxy-authenticate", "Proxy-Authorization"),
}


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


HASHES: dict[str, Callable[[str], str]] = {"SHA-256": _sha256, "MD5": _md5}  # strongest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A user name and its password at the carrier."""

    username: str
    password: str

    def answer(self, challenge: Packet, *, method: str, uri: str) -> str | None:
        """Write the header line that answers a 401 or 407, or None if there is no way to."""
        asked, answering = CHALLENGES[challenge.code or 0]
        fields = choose(challenge.headers.get(asked, []))
        if fields is None or fields["nonce"] == "":
            return None
        return f"{answering}: Digest {self._answer(fields, method=method, uri=uri)}"

    def _answer(self, fields: dict[str, str], *, method: str, uri: str) -> str:
        algorithm = fields.get("algorithm", "MD5").upper()
        digest = HASHES[algorithm]
        ha1 = digest(f"{self.username}:{fields['realm']}:{self.password}")
        ha2 = digest(f"{method}:{uri}")
        said = {"username": self.username, "realm": fields["realm"], "nonce": fields["nonce"]}
        quoted = [*said.items(), ("uri", uri)]
        plain = [("algorithm", algorithm)]
        if "auth" in map(str.strip, fields.get("qop", "").split(",")):
            cnonce = secrets.token_hex(8)
            response = digest(f"{ha1}:{fields['nonce']}:00000001:{cnonce}:auth:{ha2}")
            quoted.append(("cnonce", cnonce))
            plain += [("qop", "auth"), ("nc", "00000001")]
        else:
            response = digest(f"{ha1}:{fields['nonce']}:{ha2}")
        quoted.append(("response", response))
        quoted += [("opaque", fields["opaque"])] if "opaque" in fields else []
        return ", ".join(
            [f'{key}="{text}"' for key, text in quoted] + [f"{k}={v}" for k, v in plain]
        )


def credentials_of(*, username: str | None, password: str | None) -> Credentials | None:
    """Return the credentials of a trunk that has both."""
    if username is None or password is None:
        return None
    return Credentials(username=username, password=password)


def choose(challenges: list[str]) -> dict[str, str] | None:
    """Take the strongest challenge that can be answered, as its fields."""
    offered: dict[str, dict[str, str]] = {}
    for text in challenges:
        scheme, _, rest = text.strip().partition(" ")
        if scheme.lower() != "digest":
            continue
        fields = {key.lower(): value.strip('"') for key, value in FIELD.findall(rest)}
        if "realm" in fields and "nonce" in fields:
            offered[fields.get("algorithm", "MD5").upper()] = fields
    return next((offered[name] for name in HASHES if name in offered), None)


def is_stale(challenge: Packet) -> bool:
    """Say whether the carrier only wants a fresh nonce."""
    asked, _ = CHALLENGES[challenge.code or 0]
    fields = choose(challenge.headers.get(asked, []))
    return fields is not None and fields.get("stale", "").lower() == "true"
