"""The same INVITE once more, where its answer asks for that: credentials, a longer session."""

from dialer.lines.sip.dialog import Dialog, reissue
from dialer.lines.sip.digest import CHALLENGES
from dialer.lines.sip.packet import Packet
from dialer.lines.sip.session_timer import SessionTimer
from dialer.lines.sip.wire import Wire

ANSWERS_TO_CHALLENGES = 2  # one, and one more for a nonce that went stale
TOO_BRIEF = 422


class Reissue:
    """Knows how often one call has asked again. One permit covers all of it (`invites`)."""

    def __init__(self, *, wire: Wire, dialog: Dialog, timer: SessionTimer) -> None:
        """Ask for one call."""
        self._wire = wire
        self._dialog = dialog
        self._timer = timer
        self._challenged = 0

    def after(self, refusal: Packet, *, invite: bytes) -> bytes | None:
        """Return the INVITE to send now, or None if the refusal is the end."""
        if refusal.code in CHALLENGES:
            line = self._credentials(refusal)
            if line is not None:
                return reissue(invite, dialog=self._dialog, authorization=line)
        if refusal.code == TOO_BRIEF and self._timer.too_brief(refusal):
            return reissue(invite, dialog=self._dialog, session=self._timer.wishes)
        return None

    def _credentials(self, challenge: Packet) -> str | None:
        self._challenged += 1
        line = self._wire.authorization(challenge, method="INVITE", uri=self._dialog.request_uri)
        rejected = self._challenged > 1 and not self._wire.is_stale(challenge)
        return None if rejected or self._challenged > ANSWERS_TO_CHALLENGES else line
