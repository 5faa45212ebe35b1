"""Writes the INVITE to a seat's phone, which names a seat and a registrar and no number."""

from functools import partial
from typing import cast

from dialer.lines.base import CallRequest
from dialer.lines.seat.base import SeatRequest
from dialer.lines.sip.dialog import edit
from dialer.lines.sip.pyvoip import LinePhone
from dialer.lines.sip.text import finished_invite
from dialer.lines.sip.wire import Place

CALLER = "yunhu"


class SeatPhoneWriter(LinePhone):
    """What writes a registrar's messages and carries the audio of its phones."""

    def place(self, request: CallRequest) -> Place:
        """Set an RTP port aside for an INVITE to a seat, which is all that comes here.

        :raises TypeError: if somebody asks for a call to a telephone number
        """
        seat = cast("object", request)
        if not isinstance(seat, SeatRequest):
            raise TypeError("The registrar of the seats places no call to a number.")
        return self.place_by(partial(self._invite, seat.address), recorder=None, rests=True)

    def _invite(self, address: str, *, port: int, branch: str, call_id: str) -> str:
        raw = self.line_client.write_raw(address, port=port, call_id=call_id)
        shown = f"<sip:{CALLER}@{self.trunk.config.authority}>"
        text = finished_invite(raw, outside=self.trunk.outside, shown=shown, branch=branch)
        return edit(r"P-Asserted-Identity: [^\r]*\r\n", "", text)
