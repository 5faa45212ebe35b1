"""The head of the tree as one reader sees it: and if it continues what they saw."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from audit import heads
from audit.anchors.named import named_kinds
from audit.anchors.overdue import overdue
from audit.anchors.write import OK
from audit.heads import Head, Seen, Since
from audit.models import AuditAnchor
from compliance.models import User
from console.models import SeenHead


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What became of the log since the reader looked last."""

    since: Since
    before: SeenHead | None
    size: int

    @property
    def grown(self) -> int:
        """Return by how many entries."""
        return self.size - self.before.size if self.before else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorStanding:
    """How one kind of anchor stands."""

    zh: str
    en: str
    named: bool
    late: bool
    held: AuditAnchor | None  # the newest that holds
    failed: AuditAnchor | None  # the newest that failed, if nothing held since


def visit(*, user: User, head: Head) -> Visit:
    """Hold the head against what this person saw last; nothing is written."""
    before = SeenHead.objects.filter(user=user).first()
    seen = before and Seen(origin=before.origin, size=before.size, root=bytes(before.root))
    now = head.signed
    return Visit(since=heads.since(seen=seen or None, head=now), before=before, size=now.size)


def remember(*, user: User, head: Head, now: datetime) -> None:
    """Keep the head as what this person saw last."""
    checkpoint = head.signed.checkpoint
    SeenHead.objects.update_or_create(
        user=user,
        defaults={
            "origin": checkpoint.origin,
            "size": checkpoint.size,
            "root": checkpoint.root,
            "seen_at": now,
        },
    )


def anchor_standings() -> Sequence[AnchorStanding]:
    """Return how each kind of anchor stands, those that this deployment has named first."""
    newest = AuditAnchor.objects.order_by("kind", "-pk").distinct("kind").defer("token")
    held = {one.kind: one for one in newest.filter(status=OK)}
    last = {one.kind: one for one in newest}
    named = named_kinds() | ({"witness"} & held.keys())
    late = {one.kind for one in overdue(named_kinds())}
    found = [
        AnchorStanding(
            zh=kind.label.partition(" / ")[0],
            en=kind.label.partition(" / ")[2],
            named=kind.value in named,
            late=kind.value in late,
            held=held.get(kind.value),
            failed=_failed(last.get(kind.value)),
        )
        for kind in AuditAnchor.Kind
    ]
    return sorted(found, key=lambda one: not one.named)


def _failed(last: AuditAnchor | None) -> AuditAnchor | None:
    return last if last is not None and last.status != OK else None
