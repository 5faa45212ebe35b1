"""End the calls of a process that was killed: BYE to who is talking, CANCEL to who still rings.

The other side knows these calls by Call-ID and tags, not by our port, so a new process can speak
for the old one. A CANCEL is the old INVITE's twin, so its Via says the old address (RFC 3261 9.1);
`rport` brings the answer back to the new one.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from dialer.lines.base import CallRequest, Ended, LineEvent
from dialer.lines.open_dialog import (
    DialogKeeper,
    How,
    KeepsNothing,
    OpenDialog,
    OrphanEnded,
    OrphanHeard,
)
from dialer.lines.sip.dialog import Dialog
from dialer.lines.sip.hangup import acknowledge, send_bye, send_cancel
from dialer.lines.sip.packet import Packet
from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.transaction import LINGER_SECONDS
from dialer.lines.sip.wire import Wire

logger = logging.getLogger(__name__)

# RFC 3261 12.2.1.1: higher than any that the old process may have used since it wrote this down.
CSEQ_AHEAD = 10_000
HIGHEST_CSEQ = 2**31 - 1
# RFC 3326; Q.850 41, temporary failure.
REASON = 'Reason: Q.850;cause=41;text="The process that held this call is gone"'
AGAIN_SECONDS = 15.0
TRIES = 20  # five minutes; then the carrier has given the call up by itself, or never will
WAIT_SECONDS = 3.0  # for a registration, without which some carriers hear nothing
LOOK_SECONDS = 0.05
REFUSED = 300


class DialogWatch:
    """Tells a keeper of every call of a trunk, as its dialog begins, changes and ends."""

    def __init__(self) -> None:
        self.keeper: DialogKeeper = KeepsNothing()

    def follow(
        self, dialog: Dialog, request: CallRequest, on_event: Callable[[LineEvent], None]
    ) -> Callable[[LineEvent], None]:
        """Keep one call once it begins; return who is to hear its events, and passes them on."""

        def changed(newest: Dialog) -> None:
            self.keeper.opened(open_dialog(newest, permit_id=request.permit_id))

        def heard(event: LineEvent) -> None:
            if isinstance(event, Ended):
                dialog.on_change = None
                self.keeper.closed(dialog.call_id)
            on_event(event)

        dialog.on_change = changed
        return heard

    def leave(self) -> None:
        """Keep what is up as it is: whoever comes next says goodbye to it once more."""
        self.keeper = KeepsNothing()


def open_dialog(dialog: Dialog, *, permit_id: str) -> OpenDialog:
    """Return what has to be kept of a dialog."""
    return OpenDialog(
        call_id=dialog.call_id,
        permit_id=permit_id,
        local=dialog.local,
        from_header=dialog.from_header,
        to_header=dialog.to_header,
        request_uri=dialog.request_uri,
        cseq=dialog.cseq,
        branch=dialog.branch,
        remote_tag=dialog.remote_tag,
        target=dialog.target,
        routes=tuple(dialog.routes),
        peer=dialog.peer,
    )


class Orphans:
    """The calls that a former process of one trunk left behind; on the reactor's thread."""

    def __init__(self, *, wire: Wire, reactor: Reactor) -> None:
        self._wire = wire
        self._reactor = reactor
        self._left: Sequence[OpenDialog] = ()
        self._on_end: OrphanHeard = lambda _ended: None
        self._local = self._contact = ""
        self._ringing: dict[str, Dialog] = {}

    def take(self, orphans: Sequence[OpenDialog], on_end: OrphanHeard) -> None:
        """Note, before the trunk is opened, what has to be ended; `on_end` is told of each."""
        self._left, self._on_end = orphans, on_end

    @property
    def former_port(self) -> int:
        """The port that the former process had, where late answers still go; 0 = unknown."""
        return former_port(self._left)

    def went_to(self, host: str) -> bool:
        """Say whether one of them went to the host."""
        return any(orphan.peer is not None and orphan.peer[0] == host for orphan in self._left)

    def begin(self, *, local: str, contact: str, ready: Callable[[], bool]) -> None:
        """End them from `local`, our host:port, as soon as `ready` says so, or soon after."""
        self._local, self._contact = local, contact
        self._when_ready(ready, waited=0.0)

    def receive(self, packet: Packet) -> None:
        """Take a late answer to the INVITE of one that rang; its old port may be ours now."""
        dialog = self._ringing.get(packet.call_id)
        if dialog is None or packet.method != "INVITE" or packet.branch != dialog.branch:
            return
        code = packet.code or 0
        if code >= REFUSED:
            self._wire.send(dialog.ack_refusal(packet), peer=dialog.peer)
        elif code >= 200:  # noqa: PLR2004 - picked up before our CANCEL came
            answered = dialog.fork(packet)
            acknowledge(packet, wire=self._wire, dialog=answered)
            if dialog.remote_tag == "":  # a repeated 200 gets its ACK, and no second BYE
                dialog.remote_tag = packet.to_tag
                self._bye(answered, then=lambda _code: None)

    def _when_ready(self, ready: Callable[[], bool], *, waited: float) -> None:
        if self._left and not ready() and waited < WAIT_SECONDS:
            self._reactor.call_later(
                LOOK_SECONDS, lambda: self._when_ready(ready, waited=waited + LOOK_SECONDS)
            )
            return
        for orphan in self._left:
            self._end(orphan, tries=1)

    def _end(self, orphan: OpenDialog, *, tries: int) -> None:
        dialog = _dialog(orphan, local=self._local, contact=self._contact, tries=tries)
        if orphan.answered:
            self._bye(dialog, then=lambda code: self._done(orphan, "BYE", code, tries))
        else:
            self._cancel(dialog, then=lambda code: self._done(orphan, "CANCEL", code, tries))

    def _done(self, orphan: OpenDialog, how: How, code: int | None, tries: int) -> None:
        if code is None and tries < TRIES:
            self._reactor.call_later(AGAIN_SECONDS, lambda: self._end(orphan, tries=tries + 1))
            return
        try:
            self._on_end(OrphanEnded(dialog=orphan, how=how, code=code))
        except Exception:  # the listener's fault is not the line's
            logger.exception("An ended orphan could not be told.")

    def _bye(self, dialog: Dialog, *, then: Callable[[int | None], None]) -> None:
        send_bye(wire=self._wire, reactor=self._reactor, dialog=dialog, then=then, extra=(REASON,))

    def _cancel(self, dialog: Dialog, *, then: Callable[[int | None], None]) -> None:
        self._ringing[dialog.call_id] = dialog
        self._reactor.call_later(LINGER_SECONDS, lambda: self._forget(dialog))
        send_cancel(
            wire=self._wire, reactor=self._reactor, dialog=dialog, then=then, extra=(REASON,)
        )

    def _forget(self, dialog: Dialog) -> None:
        if self._ringing.get(dialog.call_id) is dialog:
            del self._ringing[dialog.call_id]


def former_port(orphans: Sequence[OpenDialog]) -> int:
    """Return the port that the former process had, where late answers still go; 0 = unknown."""
    port = orphans[-1].local.rpartition(":")[2] if orphans else ""
    return int(port) if port.isascii() and port.isdecimal() and int(port) < 1 << 16 else 0


def _dialog(orphan: OpenDialog, *, local: str, contact: str, tries: int) -> Dialog:
    """Take the dialog up where the former process may have left it."""
    dialog = Dialog(
        call_id=orphan.call_id,
        local=orphan.local,
        contact=f"sip:{contact}",
        from_header=orphan.from_header,
        to_header=orphan.to_header,
        request_uri=orphan.request_uri,
        from_tag="",
        cseq=orphan.cseq,
        branch=orphan.branch,
        remote_tag=orphan.remote_tag,
        target=orphan.target,
        routes=list(orphan.routes),
        peer=orphan.peer,
    )
    if not orphan.answered:
        return dialog
    ahead = min(orphan.cseq + tries * CSEQ_AHEAD, HIGHEST_CSEQ - 2)
    return replace(dialog, local=local, cseq=ahead)
