"""The proof that one entry of the audit trail is sealed, to read and to take away."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from audit.actions import BY_NAME
from audit.merkle import inclusion_root, leaf_hash
from audit.models import AuditEntry
from audit.proofs import (
    Inclusion,
    NotSealedError,
    Signed,
    inclusion,
    newest_checkpoint,
    tlog_proof,
)
from audit.stored_tiles import TileMissingError


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A proof, and whether it leads from the stored entry to the signed root."""

    proof: Inclusion
    signed: Signed
    same_leaf: bool
    same_root: bool

    @property
    def holds(self) -> bool:
        """Whether both ends fit."""
        return self.same_leaf and self.same_root


@require_GET
def proof(request: HttpRequest, entry: UUID) -> HttpResponse:
    """Show an entry with its way to the root, computed anew from what is stored."""
    row = get_object_or_404(AuditEntry, eid=entry)
    told = BY_NAME.get(row.action)
    return render(
        request,
        "console/officer/proof.html",
        {
            "entry": row,
            "action": told,
            "body": bytes(row.body).decode(),
            "shown": _shown(row),
        },
    )


@require_GET
def proof_file(request: HttpRequest, entry: UUID) -> HttpResponse:  # noqa: ARG001 - a view
    """Give the proof as the text file that other people's programs read (C2SP tlog-proof)."""
    shown = _shown(get_object_or_404(AuditEntry, eid=entry))
    if shown is None:
        raise Http404
    return HttpResponse(
        tlog_proof(shown.proof, shown.signed),
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{entry}.tlog-proof"'},
    )


def _shown(row: AuditEntry) -> Shown | None:
    try:
        signed = newest_checkpoint()
        found = inclusion(entry_id=row.pk, size=signed.size)
    except (NotSealedError, TileMissingError):
        return None
    leaf = leaf_hash(bytes(row.body))
    root = inclusion_root(found.index, found.size, leaf, found.path)
    return Shown(
        proof=found,
        signed=signed,
        same_leaf=leaf == found.leaf,
        same_root=root == signed.checkpoint.root,
    )
