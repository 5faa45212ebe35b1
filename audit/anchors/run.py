"""Take the newest published checkpoint to the places that this deployment has named."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from audit import checkpoint, note
from audit.anchors.anchored import Anchored, AnchorError, Published
from audit.anchors.file import anchor_file
from audit.anchors.mail import anchor_mail
from audit.anchors.named import named_kinds
from audit.anchors.overdue import due
from audit.anchors.write import anchor_failure_write, anchor_write
from audit.anchors.write_once import anchor_write_once
from audit.models import AuditAnchor, AuditCheckpoint

Kind = AuditAnchor.Kind
ACTOR = "svc:anchors"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one anchor."""

    kind: str
    epoch: int
    size: int
    failure: str  # "" if it holds

    def as_json(self) -> dict[str, object]:
        """Return it for a report."""
        return {
            "kind": self.kind,
            "checkpoint": f"{self.epoch}-{self.size}",
            "ok": not self.failure,
            "failure": self.failure,
        }


def newest_published() -> Published | None:
    """Return the newest checkpoint that was published, if there is one."""
    found = AuditCheckpoint.objects.filter(published_at__isnull=False)
    newest = found.order_by("-epoch", "-size").first()
    if newest is None:
        return None
    content = bytes(newest.note)
    text, _ = note.parsed(content)
    origin = checkpoint.parsed(text).origin
    return Published(origin=origin, epoch=newest.epoch, size=newest.size, note=content)


def _take(kind: str, published: Published) -> Anchored:
    """Take the checkpoint where the settings say.

    :raises AnchorError: if it does not get there
    """
    if kind == Kind.MAIL:
        to, sender = settings.AUDIT_MAIL_TO, settings.DEFAULT_FROM_EMAIL
        return anchor_mail(published, to=to, sender=sender)
    if kind == Kind.TSA:
        from audit.anchors.tsa import anchor_tsa  # noqa: PLC0415 - eight megabytes, for this alone

        url, roots = settings.AUDIT_TSA_URL, Path(settings.AUDIT_TSA_ROOTS)
        return anchor_tsa(published, url=url, roots=roots)
    if kind == Kind.OBJECT_LOCK:
        return anchor_write_once(published, folder=Path(settings.AUDIT_WRITE_ONCE_DIR))
    return anchor_file(published, folder=Path(settings.AUDIT_PUBLISH_DIR))


def anchors_run(
    *, kinds: set[str] | None = None, only_due: bool = False, actor: str = ACTOR, now: datetime
) -> list[Outcome]:
    """Anchor the newest checkpoint, by every kind that is named or by those asked for.

    Nothing of it happens inside a transaction but the writing down of what came of it.
    """
    published = newest_published()
    if published is None:
        return []
    wanted = named_kinds() & kinds if kinds else named_kinds()
    if only_due:
        wanted = due(wanted)
    return [_anchor(kind, published, actor, now) for kind in sorted(wanted)]


def _anchor(kind: str, published: Published, actor: str, now: datetime) -> Outcome:
    failure = ""
    try:
        anchored = _take(kind, published)
    except AnchorError as error:
        failure = str(error)
        anchor_failure_write(kind, published, failure, actor=actor, now=now)
    else:
        anchor_write(kind, published, anchored, actor=actor, now=now)
    return Outcome(kind=kind, epoch=published.epoch, size=published.size, failure=failure)
