"""Seal what waits, sign what is sealed, publish what is signed; each step may run again.

The order is what makes it safe: leaves are committed before they are signed, signed before they
are stored, stored before they are published, published before they are marked so.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection

from audit.checkpoint import Checkpoint
from audit.merkle import consistency_path
from audit.models import AuditState
from audit.sealing import state
from audit.sealing.batch import BATCH, BrokenTreeError, seal_batch
from audit.sealing.publish import PublishedOtherwiseError, publish
from audit.sealing.reached import Reached, pass_by
from audit.sealing.signer import RefusedError, Signed, Signer
from audit.sealing.state import Standing, standing
from audit.sealing.tiles import Tiles
from audit.sealing_keys import log_keys

log = logging.getLogger(__name__)

LOCK = 12 << 56  # beside those of compliance.locks: one sequencer at a time
POLL_SECONDS = 0.2
HEARTBEAT_SECONDS = 2.0  # between notes that all is sealed, when nothing happens
RETRY_SECONDS = 1.0

_STORE = """
INSERT INTO audit_checkpoint (epoch, size, note, signed_at)
VALUES (%s, %s, %s, clock_timestamp()) ON CONFLICT (epoch, size) DO NOTHING
"""


class Sequencer:
    """The one that gives entries their places.

    What must not be forgotten is in the database and with the signer; what it keeps itself only
    says when to sign next.
    """

    def __init__(
        self,
        *,
        signer: Signer,
        publish_to: Path,
        sign_seconds: float,
        batch: int = BATCH,
        reached: Reached = pass_by,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._signer = signer
        self._publish_to = publish_to
        self._sign_seconds = sign_seconds
        self._batch = batch
        self._reached = reached
        self._monotonic = monotonic
        self._sign_at = 0.0  # monotonic seconds from which the next signature is due
        self._beat_at = 0.0
        self._urgent = False
        self._drained: tuple[datetime, int] | None = None  # all committed by then is in that size

    def step(self) -> bool:
        """Do what is due. Return True if more entries wait already.

        :raises OSError: if a checkpoint cannot be signed or published; try again
        """
        now = standing()
        if now.stopped == AuditState.Stop.REFUSED:
            return False
        try:
            more = self._seal(now)
            self._settle()
        except (BrokenTreeError, RefusedError, PublishedOtherwiseError) as error:
            self._stop(standing(), str(error))
            return False
        return more

    def drain(self) -> None:
        """Seal all that waits, and sign it."""
        while self.step():
            continue
        self.finish()

    def finish(self) -> None:
        """Sign what is sealed, now."""
        self._urgent = True
        self.step()

    def _seal(self, before: Standing) -> bool:
        """Seal a batch, if there is anything to seal. Return True if it was a full one."""
        if not state.anything_waits():
            # What waited until a moment ago is in the tree as it is now.
            self._drained = (before.read_at, standing().size)
            return False
        sealed = seal_batch(limit=self._batch, reached=self._reached)
        self._urgent = self._urgent or sealed.urgent
        if sealed.quarantined:
            log.error("%d entries were put in quarantine", sealed.quarantined)
        if sealed.taken < self._batch:
            self._drained = (before.read_at, sealed.size)
        return sealed.taken == self._batch

    def _settle(self) -> None:
        """Sign if it is due, publish, and note how far that reaches."""
        now = standing()
        dirty = now.size > now.signed
        if dirty and (self._urgent or self._monotonic() >= self._sign_at):
            self._sign(now)
            publish(folder=self._publish_to, reached=self._reached)
            self._urgent = False
            self._sign_at = self._monotonic() + self._sign_seconds
            self._note(signed=now.size)
        elif not dirty and self._monotonic() >= self._beat_at:
            publish(folder=self._publish_to, reached=self._reached)
            self._note(signed=now.size)

    def _note(self, *, signed: int) -> None:
        if self._drained is not None and self._drained[1] <= signed:
            state.sealed_until(self._drained[0])
            self._beat_at = self._monotonic() + HEARTBEAT_SECONDS

    def _sign(self, now: Standing) -> Signed:
        wanted = Checkpoint(origin=now.origin, size=now.size, root=now.root)
        signed = self._signer.sign(wanted, prove=_prove, first=not now.ever_signed)
        with connection.cursor() as cursor:
            cursor.execute(_STORE, [now.epoch, signed.checkpoint.size, signed.note])
        self._reached("checkpoint stored")
        return signed

    def _stop(self, now: Standing, reason: str) -> None:
        log.error("sealing stops: %s", reason)
        wanted = Checkpoint(origin=now.origin, size=now.size, root=now.root)
        self._signer.refused(wanted, reason)
        state.stop(AuditState.Stop.REFUSED)


def _prove(old: int, new: int) -> list[bytes]:
    return consistency_path(old, new, Tiles.at(new).node)


def sequencer(*, reached: Reached = pass_by, batch: int = BATCH) -> Sequencer:
    """Return the sequencer of this deployment."""
    return Sequencer(
        signer=Signer(folder=settings.AUDIT_SIGNER_DIR, keys=log_keys, reached=reached),
        publish_to=Path(settings.AUDIT_PUBLISH_DIR),
        sign_seconds=settings.AUDIT_SIGN_SECONDS,
        batch=batch,
        reached=reached,
    )


def run(
    *, stopping: threading.Event, reached: Reached = pass_by, poll: float = POLL_SECONDS
) -> None:
    """Seal until told to stop. A second sequencer waits until the first one's session has ended.

    The lock is of the session that does the work: whoever loses the one has lost the other.
    """
    while not stopping.is_set():
        try:
            connection.close()
            if _owns_the_log(stopping):
                state.begin_log()
                _work(sequencer(reached=reached), stopping, poll)
        except (DatabaseError, OSError) as problem:
            log.error("sealing is held up: %s", problem)  # noqa: TRY400 - the line says it all
            stopping.wait(RETRY_SECONDS)
    connection.close()


def _owns_the_log(stopping: threading.Event) -> bool:
    said = False
    while not stopping.is_set():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            if cursor.fetchone() == (True,):
                log.info("this sequencer seals the log")
                return True
        if not said:
            log.info("another sequencer seals the log: waiting")
            said = True
        stopping.wait(POLL_SECONDS)
    return False


def _work(one: Sequencer, stopping: threading.Event, poll: float) -> None:
    while not stopping.is_set():
        if not one.step():
            stopping.wait(poll)
    one.finish()
