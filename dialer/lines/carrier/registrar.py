"""The loopback carrier's registrar: one account, challenged once."""

import re
import secrets

from dialer.lines.carrier.script import Account
from dialer.lines.carrier.text import PHRASES, Message, digest_is_right

GRANTED_SECONDS = 120
USERNAME = re.compile(r'username="([^"]*)"')


class Registrar:
    """Says yes to the account's password and to nothing else."""

    def __init__(self, *, account: Account) -> None:
        self._account = account
        self._nonce = secrets.token_hex(8)
        self._binding: tuple[str, ...] = ()

    def answer(self, message: Message) -> tuple[str, ...]:
        """Return the status line and the headers of the answer to a REGISTER."""
        if code := self._account.register_code:
            return (f"SIP/2.0 {code} {PHRASES.get(code, 'Refused')}",)
        given = message.first("authorization")
        right = digest_is_right(
            given,
            method="REGISTER",
            username=self._account.username,
            password=self._account.password,
            nonce=self._nonce,
        )
        name = USERNAME.search(given)
        unknown = name is not None and name.group(1) != self._account.username
        if unknown and self._account.unknown_code:
            code = self._account.unknown_code
            return (f"SIP/2.0 {code} {PHRASES.get(code, 'Refused')}",)
        if not right:
            challenge = f'Digest realm="loopback", nonce="{self._nonce}", qop="auth"'
            return ("SIP/2.0 401 Unauthorized", f"WWW-Authenticate: {challenge}")
        if message.first("expires") == "0":
            self._binding = ()
        elif message.first("contact"):  # RFC 3261 10.2.3: without it, asks what is registered
            self._binding = (f"Contact: {message.first('contact')};expires={GRANTED_SECONDS}",)
        return ("SIP/2.0 200 OK", *self._binding)
