"""Hears of refusals and withdrawals as they commit, and ends the calls that they forbid."""

import logging
import threading
from multiprocessing.connection import Pipe, wait

import psycopg
from django.db import Error as DatabaseError
from django.db import close_old_connections
from django.db.models import Exists, OuterRef, Q

from compliance.models import Permit, Refusal, RefusalLift
from compliance.models.refusal import BEYOND_EVERYWHERE
from compliance.services import consent_withdraw, refusal_record
from dialer.line_process.calls import Calls
from dialer.line_process.ownership import session_parameters
from dialer.models import Attempt

log = logging.getLogger(__name__)


class RefusalListener(threading.Thread):
    """LISTENs in PostgreSQL; after a lost connection every live call is looked at again."""

    def __init__(self, *, calls: Calls) -> None:
        """Listen on behalf of `calls`."""
        super().__init__(name="refusals", daemon=True)
        self._calls = calls
        self._stopping = threading.Event()
        self._until_stopped, self._stop_end = Pipe(duplex=False)

    def stop(self) -> None:
        """Stop listening, at once."""
        self._stopping.set()
        self._stop_end.send_bytes(b"")

    def run(self) -> None:
        """Listen until stopped, connecting again for as long as it takes."""
        while not self._stopping.is_set():
            try:
                self._listen()
            except (psycopg.Error, DatabaseError) as error:
                log.warning("refusals: the database is away: %s", type(error).__name__)
                close_old_connections()
                self._stopping.wait(0.5)

    def _listen(self) -> None:
        with psycopg.connect(session_parameters(), autocommit=True) as session:
            session.execute(f"LISTEN {refusal_record.CHANNEL}")
            session.execute(f"LISTEN {consent_withdraw.CHANNEL}")
            self._end_forbidden()
            while not self._stopping.is_set():
                if session.fileno() in wait([session.fileno(), self._until_stopped]):
                    heard = list(session.notifies(timeout=0))
                    if heard:
                        self._end_forbidden()
                    elif session.closed:
                        return

    def _end_forbidden(self) -> None:
        """End the live calls that a refusal or a withdrawal since their permit forbids.

        The call in which the refusal was said is ended by whoever heard it.
        """
        up = self._calls.attempts_up()
        if not up:
            return
        attempts = Attempt.objects.filter(pk__in=up).select_related("permit")
        forbidden = frozenset(a.pk for a in attempts if _is_forbidden(a.permit))
        self._calls.hang_up(forbidden)


def _is_forbidden(permit: Permit) -> bool:
    filing = permit.filing
    # Whatever stands unlifted, of whatever instant: rows of one import bear the instant at which
    # it began to write, and calls are redeemed until it commits.
    lifts = RefusalLift.objects.filter(
        Q(consent__expires_at=None) | Q(consent__expires_at__gt=permit.redeemed_at),
        refusal=OuterRef("pk"),
        consent__withdrawn_at=None,
        consent__whitelist__principal_id=filing.principal_id,
        consent__whitelist__purpose=filing.purpose,
    )
    said_no = Refusal.objects.filter(~Exists(lifts), person_id=permit.person_id)
    reach = Q(principal_id=filing.principal_id) | Q(industry=filing.industry)
    if filing.purpose != BEYOND_EVERYWHERE:
        reach |= Q(everywhere=True)
    covering = said_no.filter(reach, purpose__in=["", filing.purpose])
    return permit.consent.withdrawn_at is not None or covering.exists()
