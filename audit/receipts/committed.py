"""Hand the receipts of a transaction over once it has committed, and not before."""

from collections.abc import Sequence
from functools import partial

from django.conf import settings
from django.db import transaction

from audit.receipts.outbox import Committed, Outbox
from audit.receipts.sinks import NONE, sink

outbox = Outbox(sink).end_with_process()


def send_when_committed(written: Sequence[Committed]) -> None:
    """Send receipts of what this transaction writes, if it commits; call it inside `atomic()`.

    A COMMIT that went along with the last statements counts: Django ends the block behind it.
    """
    if settings.AUDIT_RECEIPTS != NONE:
        transaction.on_commit(partial(outbox.offer, written))
