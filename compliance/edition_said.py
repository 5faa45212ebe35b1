"""An edition of the pack, as data for programs."""

from typing import Any

from compliance.models import PackEdition
from compliance.rulebook.codec import instant_text


def edition_data(edition: PackEdition) -> dict[str, Any]:
    """Return an edition as JSON values."""
    return {
        "edition": edition.pk,
        "pack": edition.pack_id,
        "version": edition.version,
        "sha256": edition.digest,
        "state": _state(edition),
        "base": edition.base_id,
        "effective_from": instant_text(edition.effective_from),
        "reason": edition.reason,
        "proposer": edition.proposer and edition.proposer.username,
        "approver": edition.approver and edition.approver.username,
        "approved_at": edition.approved_at and instant_text(edition.approved_at),
    }


def _state(edition: PackEdition) -> str:
    if edition.proposer_id is None:
        return "shipped"
    return "proposed" if edition.approver_id is None else "approved"
