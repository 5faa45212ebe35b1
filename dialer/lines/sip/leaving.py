"""Where packets leave: an INVITE only if the edge admits it and it has been written down."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from dialer.lines.base import InviteSent, NoteInvite
from dialer.lines.sip.config import TrunkConfig
from dialer.lines.sip.dialogs import Dialogs
from dialer.lines.sip.digest import CHALLENGES
from dialer.lines.sip.edge import Edge, RefusedError, Why
from dialer.lines.sip.invites import InviteCount, invite_sent
from dialer.lines.sip.packet import BadPacketError, Packet, read_packet

logger = logging.getLogger(__name__)

# What can ring no phone; every other method is an INVITE, or is refused.
HARMLESS = tuple(
    f"{word} ".encode()
    for word in (
        *("SIP/2.0", "ACK", "BYE", "CANCEL", "INFO", "NOTIFY", "OPTIONS", "PRACK"),
        *("REGISTER", "UPDATE"),
    )
)
IDENTITY = b"\r\nIdentity:"
ACCEPTED = 2  # class of answers
ASKS_AGAIN = frozenset({*CHALLENGES, 422})  # for credentials, or for a longer session (RFC 4028)
HOST_CLOCK = partial(datetime.now, UTC)
NOBODYS = InviteSent(permit_id="", call_id="", callee="", caller="", disguised=True)


class Leaving:
    """The last step before the wire: an INVITE leaves if the edge admits it and it is on record.

    Whatever is kept back is told, too: as a refusal, which somebody has to look at.
    """

    def __init__(
        self,
        config: TrunkConfig,
        *,
        permit_of: Callable[[str], str],
        on_kept_back: Callable[[str, Why], object] = lambda _call_id, _why: None,
        on_not_written: Callable[[str], object] = lambda _call_id: None,
        is_over: Callable[[str], bool] = lambda _call_id: False,
        clock: Callable[[], datetime] = HOST_CLOCK,
    ) -> None:
        """Guard one trunk; `permit_of` names the permit of a Call-ID, or nothing.

        `is_over` says whether the call of a Call-ID has ended: it may be forgotten early.
        `clock` is the host's, as that of whoever made the passport.
        """
        self.edge = Edge(trunk=config.code, authority=config.authority, key=config.edge_key)
        self.note: NoteInvite = lambda _sent: None
        self._permit_of = permit_of
        self._on_kept_back = on_kept_back
        self._on_not_written = on_not_written
        # An edge behind us checks the passport again and takes it off; no carrier sees it.
        self._behind_edge = bool(config.edge_host)
        self._clock = clock
        self._count = InviteCount()
        self._dialogs = Dialogs(is_over=is_over)

    def let(self, data: bytes) -> bytes | None:
        """Return what may go on the wire of a packet, or None: it stays."""
        start = data.lstrip(b"\r\n")
        if start.startswith(HARMLESS) or not start:
            return data
        try:
            packet = read_packet(start)
        except BadPacketError:
            logger.error("A packet stays: it cannot be read.")  # noqa: TRY400
            self._tell(replace(NOBODYS, refused=Why.UNREADABLE))
            return None
        try:
            self._admit(packet)
        except RefusedError as error:
            self._keep_back(packet, error.why)
            return None
        except OSError as error:
            logger.error("An INVITE stays: it cannot be written down (%s).", error)  # noqa: TRY400
            self._on_not_written(packet.call_id)
            return None
        return start if self._behind_edge else _without_identity(start)

    def heard(self, packet: Packet) -> None:
        """Take from the carrier's answers who may be invited again."""
        if packet.code is None:
            return
        if packet.method in {"INVITE", "UPDATE"} and packet.code // 100 == ACCEPTED:
            self._dialogs.answered(packet)
        elif packet.method == "INVITE" and packet.code in ASKS_AGAIN:
            self._dialogs.challenged(packet)

    def accepted(self, request: Packet) -> None:
        """Take from a re-INVITE or an UPDATE that we accept where the callee is now."""
        self._dialogs.moved(request)

    def forget(self, call_id: str) -> None:
        """Let no further INVITE of a call pass."""
        self._dialogs.forget(call_id)

    def _admit(self, packet: Packet) -> None:
        if packet.method != "INVITE":
            raise RefusedError(Why.METHOD)
        if packet.to_tag:
            self._dialogs.check(packet)
            return
        if not self._count.is_new(packet):
            self._dialogs.check_repeat(packet)
            return
        now = self._clock()
        permit_id = self._permit_of(packet.call_id)
        passport = self.edge.admit(packet, permit_id=permit_id, now=now)
        self.note(invite_sent(packet, permit_id=passport.permit))
        self.edge.spend(passport.permit, now=now)
        self._count.keep(packet)
        self._dialogs.begin(packet)

    def _keep_back(self, packet: Packet, why: Why) -> None:
        logger.error("Call %s: an INVITE stays (%s).", packet.call_id, why)
        permit_id = self._permit_of(packet.call_id)
        self._tell(replace(invite_sent(packet, permit_id=permit_id), refused=why))
        self._on_kept_back(packet.call_id, why)

    def _tell(self, sent: InviteSent) -> None:
        try:
            self.note(sent)
        except OSError as error:  # it stays all the same
            logger.error("A refusal cannot be written down (%s).", error)  # noqa: TRY400


def _without_identity(invite: bytes) -> bytes:
    while (start := invite.find(IDENTITY, 0, invite.find(b"\r\n\r\n"))) >= 0:
        invite = invite[:start] + invite[invite.find(b"\r\n", start + len(IDENTITY)) :]
    return invite
