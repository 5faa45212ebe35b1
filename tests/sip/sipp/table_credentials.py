"""Digest challenges as carriers write them; SIPp checks what comes back."""

from typing import Any

from dialer.lines.base import Outcome
from tests.sip.sipp import steps as s

WWW = {401: "WWW-Authenticate", 407: "Proxy-Authenticate"}
PHRASE = {401: "Unauthorized", 407: "Proxy Authentication Required"}
ANSWER = {401: "Authorization", 407: "Proxy-Authorization"}
MD5 = 'realm="sipp", nonce="first", algorithm=MD5'
MD5_QOP = 'realm="sipp", nonce="first", opaque="o", qop="auth,auth-int", algorithm=MD5'
SHA_QOP = 'realm="sipp", nonce="first", qop="auth", algorithm=SHA-256'
SHA_512 = 'realm="sipp", nonce="first", qop="auth", algorithm=SHA-512-256'


def challenge(code: int, *fields: str) -> str:
    headers = (f"{WWW[code]}: Digest {one}" for one in fields)
    return s.refuse(code, PHRASE[code], *headers)


def accepted(name: str, code: int, fields: str, *, before: str = "") -> dict[str, Any]:
    """Challenge once, and let SIPp work out what the answer has to be."""
    steps = before + challenge(code, fields) + s.invite_again(s.verify())
    return {
        "name": name,
        "steps": steps + s.must_be_right(name) + s.answered() + s.bye_comes(),
    }


def written(name: str, code: int, *fields: str, pattern: str, before: str = "") -> dict[str, Any]:
    """Challenge in a way that SIPp cannot check itself (407, SHA-256); see what is written.

    Kamailio checks these in `test_kamailio.py`.
    """
    steps = before + challenge(code, *fields)
    steps += s.invite_again(s.ereg(pattern, "checked", header=ANSWER[code]))
    return {"name": name, "steps": steps + s.answered() + s.bye_comes()}


def rejected(name: str, code: int, *rounds: str) -> dict[str, Any]:
    """Challenge again and again."""
    first, *others = rounds
    steps = challenge(code, first)
    for one in others:
        steps += s.invite_again() + challenge(code, one)
    return {
        "name": name,
        "steps": steps,
        "outcome": Outcome.AUTH_FAILED,
        "code": code,
        "by": "carrier",
        "we_hang_up": "never",
    }


MD5_ANSWER = "username=.line.*response=.[0-9a-f]{32}."
HEX_64 = "response=.[0-9a-f]{64}."
NAMED = "algorithm=.?SHA-256"
SHA_256_ANSWER = f"{NAMED}.*{HEX_64}|{HEX_64}.*{NAMED}"
CREDENTIALS: tuple[dict[str, Any], ...] = (
    accepted("auth_401_qop", 401, MD5_QOP),
    accepted("auth_401", 401, MD5),
    written("auth_407_qop", 407, MD5_QOP, pattern=f"{MD5_ANSWER}.*qop=auth"),
    written("auth_407", 407, MD5, pattern=MD5_ANSWER),
    accepted("auth_401_after_100", 401, MD5_QOP, before=s.trying()),
    written("auth_407_after_100", 407, MD5_QOP, pattern=MD5_ANSWER, before=s.trying()),
    written("auth_sha256", 401, SHA_QOP, pattern=SHA_256_ANSWER),
    written("auth_strongest_of_two", 407, MD5_QOP, SHA_QOP, pattern=SHA_256_ANSWER),
    {
        "name": "auth_stale",
        "steps": challenge(401, MD5_QOP)
        + s.invite_again()
        + challenge(401, MD5_QOP.replace("first", "second") + ", stale=true")
        + s.invite_again(s.ereg("nonce=.second.", "checked", header="Authorization"), s.verify())
        + s.must_be_right("auth_stale")
        + s.answered()
        + s.bye_comes(),
    },
    rejected("auth_wrong", 401, MD5_QOP, MD5_QOP),
    rejected("auth_unknown_algorithm", 407, SHA_512),
    rejected(
        "auth_stale_for_ever", 401, MD5_QOP, f"{MD5_QOP}, stale=true", f"{MD5_QOP}, stale=true"
    ),
)
