"""Calls to rows of the table, hung up when their rows say so."""

import time
from collections.abc import Iterable

from dialer.lines.base import CallHandle
from dialer.lines.sip.pyvoip import SipLine
from tests.sip.peers import Ear, request
from tests.sip.sipp.process import SippProcess
from tests.sip.sipp.scenario import number_of
from tests.sip.sipp.table import Row


class Conversation:
    """One call to one row, hung up when the row says so."""

    def __init__(self, row: Row, line: SipLine, carrier: SippProcess) -> None:
        self.row, self.carrier = row, carrier
        self.ear = Ear()
        self.handle: CallHandle = line.originate(
            request(number_of(row.name), **row.request), self.ear
        )
        self._due = 0.0
        self._hung_up = row.we_hang_up == "never"

    def over(self) -> bool:
        """Hang up if it is time to; return whether the call is over."""
        if not self._hung_up and self._may_hang_up():
            self._due = self._due or time.monotonic() + self.row.talk_seconds
            if time.monotonic() >= self._due:
                self._hung_up = True
                self.handle.hangup()
        return bool(self.ear.results)

    def _may_hang_up(self) -> bool:
        if self.row.we_hang_up == "when sent":
            return self.handle.wait_sent(timeout_seconds=1)
        return self.ear.answered or (self.row.we_hang_up == "when ringing" and 180 in self.codes)

    @property
    def verdict(self) -> str:
        """What SIPp has logged of the call so far."""
        return self.carrier.verdict(self.handle.call_id)

    @property
    def codes(self) -> list[int]:
        return self.ear.codes


def all_over(conversations: Iterable[Conversation]) -> bool:
    return not [one for one in conversations if not one.over()]
