"""The loopback carrier's session timer (RFC 4028): to the letter, and apart from the driver's."""

import re
from collections.abc import Callable

from dialer.lines.carrier.script import Behaviour
from dialer.lines.carrier.text import Message

SECONDS = re.compile(r"([0-9]+)")
OK, TOO_BRIEF, NOT_ALLOWED = 200, 422, 405


class CarrierSession:
    """The interval of one call, as its callee insists on it."""

    def __init__(
        self,
        *,
        behaviour: Behaviour,
        note: Callable[[str, str], None],
        later: Callable[[float, Callable[[], None]], None],
        refresh: Callable[[tuple[str, ...]], None],
        hang_up: Callable[[], None],
    ) -> None:
        """Insist on nothing before the answer."""
        self._behaviour = behaviour
        self._note = note
        self._later = later
        self._refresh = refresh
        self._hang_up = hang_up
        self._turn = 0
        self._refreshes = behaviour.refreshes
        self._offers: set[int] = set()

    def too_brief(self, invite: Message) -> tuple[str, ...]:
        """Return the headers of a 422, or nothing if the caller's wish is long enough."""
        least = self._behaviour.min_se
        wished = _seconds(invite.first("session-expires"))
        if not least or wished == 0 or (wished >= least and self._says_least(invite)):
            return ()
        return (f"Min-SE: {least}",)

    def agreed(self, invite: Message) -> tuple[str, ...]:
        """Return the headers of the 200, and begin to insist."""
        update = ", UPDATE" if self._behaviour.takes_update else ""
        allow = f"Allow: INVITE, ACK, BYE, CANCEL{update}"
        if not self._behaviour.session_seconds:
            return (allow,)
        if "timer" not in invite.first("supported"):
            self._note("session_wrong", "no Supported: timer")
        self._begin()
        if self._behaviour.refresher == "uas":
            self._later(self._behaviour.session_seconds / 2, self._refresh_now)
        return (allow, *self._interval(self._behaviour.refresher))

    def refreshed(self, message: Message) -> tuple[int, tuple[str, ...]]:
        """Take an UPDATE or a re-INVITE of the caller: the code and the headers of the answer."""
        if message.method == "UPDATE" and self._behaviour.update_code != OK:
            code = self._behaviour.update_code
        elif "timer" not in message.first("supported") or not message.first("session-expires"):
            code = 400
        else:
            code = OK
        if message.method == "INVITE":
            self._offers.add(message.cseq)
        self._note("refreshed", f"{message.method} {code}")
        if code != OK:
            return code, ()
        self._begin()
        return OK, self._interval("uac")

    def acknowledged(self, ack: Message) -> bool:
        """Return whether an ACK is of a re-INVITE."""
        if ack.cseq not in self._offers:
            return False
        self._offers.discard(ack.cseq)
        self._note("offer_acknowledged", "")
        return True

    def answered(self, answer: Message) -> None:
        """Check the answer to a refresh of ours."""
        if answer.method != "UPDATE" or not self._behaviour.session_seconds:
            return
        agreed = answer.first("session-expires")
        wanted = f"{self._behaviour.session_seconds};refresher=uac"
        if answer.code == OK and (agreed, answer.first("require")) != (wanted, "timer"):
            self._note("session_wrong", agreed)

    def _refresh_now(self) -> None:
        if self._refreshes:
            self._refreshes -= 1
            self._refresh(("Supported: timer", *self._interval("uac")))
            self._begin()
            self._later(self._behaviour.session_seconds / 2, self._refresh_now)

    def _begin(self) -> None:
        self._turn += 1
        turn = self._turn

        def expired() -> None:
            if turn == self._turn:
                self._note("session_expired", "")
                self._hang_up()

        self._later(self._behaviour.session_seconds, expired)

    def _interval(self, refresher: str) -> tuple[str, ...]:
        lines = (f"Session-Expires: {self._behaviour.session_seconds};refresher={refresher}",)
        return (*lines, "Require: timer") if refresher == "uac" else lines

    def _says_least(self, invite: Message) -> bool:
        """Return whether a repeated INVITE says Min-SE, as it must (RFC 4028 7.4)."""
        return _seconds(invite.first("min-se")) >= self._behaviour.min_se or invite.cseq == 1


def _seconds(value: str) -> int:
    found = SECONDS.match(value)
    return int(found.group(1)) if found else 0
