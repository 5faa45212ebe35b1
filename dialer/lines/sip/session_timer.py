"""How long one call may go on unrefreshed, and who refreshes it (RFC 4028)."""

import re
from collections.abc import Callable
from typing import Literal

from dialer.lines.sip.packet import Packet
from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.timers import Timer

INTERVAL = re.compile(r"\s*([0-9]{1,9})\s*(?:;|$)")
REFRESHER = re.compile(r";\s*refresher\s*=\s*(uac|uas)", re.IGNORECASE)
MOST_SECONDS = 86_400  # whoever asks for more gets no timer out of us
MOST_RAISES = 2
END_EARLY_SECONDS = 32.0  # RFC 4028 10: before the end, the smaller of this and a third
SUPPORTED = "Supported: timer"

Refreshes = Literal["us", "them"]


class SessionTimer:
    """The interval of one call; runs on the reactor's thread."""

    def __init__(
        self,
        *,
        reactor: Reactor,
        seconds: int,
        least: int,
        refresh: Callable[[], object],
        expire: Callable[[], object],
    ) -> None:
        """Wish for `seconds`; nothing is agreed yet."""
        self.by: Refreshes | None = None  # who refreshes; None: nobody has to
        self._reactor = reactor
        self._seconds = seconds
        self._least = least
        self._raises = 0
        self._refresh = refresh
        self._expire = expire
        self._timers: list[Timer] = []

    @property
    def wishes(self) -> tuple[str, ...]:
        """The header lines of an INVITE, or of a refresh of ours."""
        return wishes(seconds=self._seconds, least=self._least, by_us=self.by == "us")

    def too_brief(self, refusal: Packet) -> bool:
        """Take a 422: wish for as much as it asks. Return False if that is not to be had."""
        found = INTERVAL.match(refusal.first("min-se"))
        least = int(found.group(1)) if found else 0
        self._raises += 1
        if not self._seconds < least <= MOST_SECONDS or self._raises > MOST_RAISES:
            return False
        self._seconds = self._least = least
        return True

    def agreed(self, answer: Packet) -> None:
        """Read the 200 to a request of ours: without an interval the call has none."""
        seconds, role = _read(answer)
        if seconds is None:
            self.stop()
            return
        self._begin(seconds, by="them" if role == "uas" else "us")

    def asked(self, request: Packet) -> tuple[bool, tuple[str, ...]]:
        """Take a re-INVITE or an UPDATE of theirs: whether it is in order, and what to answer."""
        seconds, role = _read(request)
        if seconds is not None and seconds < self._least:
            return False, (f"Min-SE: {self._least}",)
        if seconds is None and self.by is None:
            return True, ()
        supported = [one.strip() for one in request.first("supported").lower().split(",")]
        if seconds is None or not role:
            role = "uac" if seconds is not None and "timer" in supported else "uas"
        self._begin(self._seconds if seconds is None else seconds, by=_refreshes(role))
        required = ("Require: timer",) if role == "uac" else ()
        agreed = f"Session-Expires: {self._seconds};refresher={role}"
        return True, (SUPPORTED, agreed, *required)

    def stop(self) -> None:
        """Forget what was agreed: the call is over, or has no timer any more."""
        self.by = None
        for timer in self._timers:
            timer.cancel()

    def _begin(self, seconds: int, *, by: Refreshes) -> None:
        self.stop()
        self.by = by
        self._seconds = min(max(seconds, self._least), MOST_SECONDS)
        left = self._seconds - min(END_EARLY_SECONDS, self._seconds / 3)
        self._timers = [self._reactor.call_later(left, self._expire)]
        if by == "us":
            self._timers.append(self._reactor.call_later(self._seconds / 2, self._refresh))


def wishes(*, seconds: int, least: int, by_us: bool = False) -> tuple[str, ...]:
    """Write the header lines that ask for an interval."""
    role = ";refresher=uac" if by_us else ""
    return SUPPORTED, f"Session-Expires: {seconds}{role}", f"Min-SE: {least}"


def _refreshes(role: str) -> Refreshes:
    return "them" if role == "uac" else "us"  # of a request of theirs, they are the client


def _read(packet: Packet) -> tuple[int | None, str]:
    value = packet.first("session-expires")
    seconds, role = INTERVAL.match(value), REFRESHER.search(value)
    return (
        int(seconds.group(1)) if seconds else None,
        role.group(1).lower() if role else "",
    )
