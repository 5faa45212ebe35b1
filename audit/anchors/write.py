"""Write down where a checkpoint is kept outside, or that it could not be taken there."""

from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.db.models.functions import Now

from audit import record as audit
from audit.anchors.anchored import Anchored, Published
from audit.models import AuditAnchor

OK, FAILED = "ok", "failed"
LONGEST = 400  # signs of a reference


@transaction.atomic(durable=True)
def anchor_write(
    kind: str, published: Published, anchored: Anchored, *, actor: str, now: datetime
) -> None:
    """Record that the checkpoint is held elsewhere, with what proves it."""
    _row(kind, published, status=OK, reference=anchored.reference, token=anchored.token)
    proof = {"token_sha256": sha256(anchored.token).hexdigest()} if anchored.token else {}
    audit.record(
        "audit.anchored",
        obj=_named(published),
        actor=actor,
        now=now,
        data={"kind": kind, "size": published.size, **proof},
    )


@transaction.atomic(durable=True)
def anchor_failure_write(
    kind: str, published: Published, why: str, *, actor: str, now: datetime
) -> None:
    """Record that the checkpoint could not be taken where it should be."""
    _row(kind, published, status=FAILED, reference=why, token=None)
    audit.record(
        "audit.anchor_failed",
        obj=_named(published),
        actor=actor,
        now=now,
        outcome="error",
        data={"kind": kind, "size": published.size},
    )


def _row(
    kind: str, published: Published, *, status: str, reference: str, token: bytes | None
) -> None:
    AuditAnchor.objects.create(
        epoch=published.epoch,
        size=published.size,
        kind=kind,
        at=Now(),  # the database's clock, as everything that sealing compares
        status=status,
        reference=reference[:LONGEST],
        token=token,
    )


def _named(published: Published) -> str:
    return f"checkpoint:{published.epoch}-{published.size}"
