"""The edge inside a line process: no INVITE leaves without a passport that lets exactly it leave.

The gate has decided and the database has spent the permit before; this looks at the bytes alone,
with the public half of the key that whoever asked the gate has signed with. What is not known to
be right is refused.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from operator import itemgetter

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from compliance.passport_form import Passport, PassportError, read
from dialer.lines.sip.packet import Packet

BACKWARDS = timedelta(seconds=2)  # a clock that goes back further could make a passport young
REMEMBERED = timedelta(minutes=10)  # spent permits; after ten seconds their age speaks alone
MANY = 10_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ONCE = ("from", "to", "call-id", "cseq", "contact", "identity", "p-asserted-identity")
ONE_OF_EACH = [1] * len(ONCE)
NEVER = (
    *("p-preferred-identity", "remote-party-id", "diversion", "history-info", "route"),
    *("refer-to", "referred-by", "replaces", "join", "privacy"),
)
SHOWN = re.compile(r"<sip:\+?([0-9]{3,20})@([^<>@;,\s]+)>(?:;tag=[0-9A-Za-z.-]+)?")
CALLED = re.compile(r"<sip:\+([0-9]{5,15})@([^<>@;,\s]+)>")
URI = re.compile(r"sip:\+([0-9]{5,15})@([^<>@;,\s]+)")


class Why(StrEnum):
    """Why an INVITE was refused; Kamailio's configuration uses the same words."""

    NO_PERMIT = "no_permit"
    FORM = "form"
    SIGNATURE = "signature"
    EXPIRED = "expired"
    FUTURE = "future"
    SPENT = "spent"
    FOREIGN = "foreign"  # another trunk's or another call's
    CALLEE = "callee"
    CALLER = "caller"
    HEADER = "header"  # one too many, or one that no call of ours has
    SOURCE = "source"
    METHOD = "method"
    IN_DIALOG = "in_dialog"
    REDIRECT = "redirect"  # what a carrier asked for, and what nobody did
    TRANSFER = "transfer"
    FORK = "fork"
    CREDENTIALS = "credentials"  # a second INVITE that nothing asked for
    CLOCK = "clock"
    NO_KEY = "no_key"
    UNREADABLE = "unreadable"  # no SIP message: counted, and named by nobody
    STORE = "store"  # what remembers spent permits is away, or has not been up for long enough


class RefusedError(Exception):
    """The INVITE stays; `why` says why."""

    def __init__(self, why: Why) -> None:
        """Keep the reason."""
        self.why = why
        super().__init__(why.value)


@dataclass(kw_only=True)
class Edge:
    """The check of one trunk; everything runs on the reactor's thread."""

    trunk: str  # its code
    authority: str  # what stands behind @ in the trunk's addresses
    key: EllipticCurvePublicKey | None  # None: nothing leaves
    _spent: dict[str, datetime] = field(default_factory=dict)
    _latest: datetime = EPOCH

    def remember(self, spent: Iterable[tuple[str, datetime]]) -> None:
        """Take in the permits whose INVITE left before this process was started."""
        for permit, at in sorted(spent, key=itemgetter(1)):  # the oldest is forgotten first
            self._spent[permit] = at
            self._latest = max(self._latest, at)

    def admit(self, invite: Packet, *, permit_id: str, now: datetime) -> Passport:
        """Return the passport of an INVITE that may leave if nothing else is wrong.

        :param permit_id: of the call that this process opened under that Call-ID; "": of none
        :raises RefusedError: in every other case
        """
        if self.key is None:
            raise RefusedError(Why.NO_KEY)
        if now + BACKWARDS < self._latest:
            raise RefusedError(Why.CLOCK)
        _one_of_each(invite)
        try:
            passport = read(invite.first("identity"), key=self.key, now=now)
        except PassportError as error:
            raise RefusedError(Why(error.why)) from error
        if passport.permit in self._spent:
            raise RefusedError(Why.SPENT)
        if passport.trunk != self.trunk or passport.permit != permit_id:
            raise RefusedError(Why.FOREIGN)
        self._same_numbers(invite, passport)
        return passport

    def spend(self, permit: str, *, now: datetime) -> None:
        """Remember that the permit's INVITE leaves now."""
        self._spent[permit] = now
        self._latest = max(self._latest, now)
        since = self._latest - REMEMBERED
        while len(self._spent) > MANY:
            oldest = next(iter(self._spent))
            if self._spent[oldest] > since:
                break
            del self._spent[oldest]

    def _same_numbers(self, invite: Packet, passport: Passport) -> None:
        called = (passport.dest, self.authority)
        if not (_matches(URI, invite.uri) == called == _matches(CALLED, invite.first("to"))):
            raise RefusedError(Why.CALLEE)
        shown = {_matches(SHOWN, invite.first(name)) for name in ("from", "p-asserted-identity")}
        if shown != {(passport.orig, self.authority)}:
            raise RefusedError(Why.CALLER)


def _one_of_each(invite: Packet) -> None:
    """Refuse what could be read in two ways, or lead elsewhere."""
    if not invite.headers.get("identity"):
        raise RefusedError(Why.NO_PERMIT)
    counts = [len(invite.headers.get(name, ())) for name in ONCE]
    if counts != ONE_OF_EACH or not invite.headers.keys().isdisjoint(NEVER):
        raise RefusedError(Why.HEADER)


def _matches(form: re.Pattern[str], value: str) -> tuple[str, ...] | None:
    found = form.fullmatch(value)
    return found.groups() if found else None
