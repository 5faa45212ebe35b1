"""Propose an edition of the pack, and record the shipped one that every edition rests on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from audit import record as audit
from audit.plain_numbers import without_numbers
from compliance.books import book, book_as_it_was, logic_digest, read_pack
from compliance.editions import book_at, edition_check, edition_in_force, pack_of
from compliance.models import BookUse, PackEdition, User
from compliance.rulebook.bound import PackError
from compliance.rulebook.edition import amended, content_digest, kept_on, pack_bytes

PROPOSERS = frozenset({User.Role.COMPLIANCE, User.Role.ADMINISTRATOR})


class CannotProposeError(Exception):
    """Proposing needs a compliance officer or administrator, a reason, and an instant to come."""


@transaction.atomic
def book_record(*, actor: str, now: datetime) -> BookUse:
    """Put the book in force on the record, once for each edition and release of the rules.

    :raises PackError: if the edition in force cannot be used
    """
    used = book_at(now)
    found = BookUse.objects.filter(book_digest=used.digest).first()
    if found is not None:
        return found
    edition = edition_in_force(at=now) or _shipped(now)
    use = BookUse.objects.create(
        book_digest=used.digest, edition=edition, logic_digest=logic_digest(), first_used_at=now
    )
    audit.record(
        "rulebook.loaded",
        obj=f"edition:{edition.pk}",
        actor=actor,
        now=now,
        data={
            "pack": edition.pack_id,
            "version": edition.version,
            "pack_sha256": edition.digest,
            "logic_sha256": use.logic_digest,
            "book_sha256": use.book_digest,
        },
    )
    return use


def _shipped(now: datetime) -> PackEdition:
    pack = read_pack(book().id)
    content = pack_bytes(pack)
    edition, _ = PackEdition.objects.get_or_create(
        digest=content_digest(content),
        proposer=None,
        defaults={
            "pack_id": pack["id"],
            "version": pack["version"],
            "content": content,
            "proposed_at": now,
            "effective_from": now,
        },
    )
    return edition


@transaction.atomic(durable=True)
def pack_propose(
    *,
    change: Mapping[str, Any],
    effective_from: datetime,
    reason: str,
    proposer: User,
    now: datetime,
) -> PackEdition:
    """Propose a change: an amendment (`amends = "cn13"`) of the edition in force, or a whole pack.

    :raises CannotProposeError: if the person may not, the reason is empty, or the day has begun
    :raises LooserError: if it loosens a floor, drops a rule, or rewrites the past
    :raises PackError: if it is no usable pack
    """
    if proposer.role not in PROPOSERS or not proposer.is_active or not reason.strip():
        raise CannotProposeError(f"{proposer} cannot propose this.")
    if effective_from < now:
        raise CannotProposeError(f"{effective_from:%Y-%m-%d %H:%M} UTC has passed.")
    base = edition_in_force(at=effective_from) or _shipped(now)
    pack = whole_pack(change, base=base)
    content = pack_bytes(pack)
    edition = PackEdition(
        pack_id=pack["id"],
        version=pack["version"],
        content=content,
        digest=content_digest(content),
        base=base,
        proposer=proposer,
        proposed_at=now,
        reason=reason,
        effective_from=effective_from,
    )
    edition_check(edition)
    edition.save(force_insert=True)
    audit.record(
        "pack.proposed",
        obj=f"edition:{edition.pk}",
        actor=f"u:{proposer.pk}",
        now=now,
        data={
            "pack": edition.pack_id,
            "version": edition.version,
            "pack_sha256": edition.digest,
            "base_sha256": base.digest,
            "effective_from": effective_from.isoformat(),
            "reason": without_numbers(reason),
        },
    )
    return edition


def whole_pack(change: Mapping[str, Any], *, base: PackEdition | None) -> dict[str, Any]:
    """Return the pack that a change makes of its base; a whole pack is one already.

    :raises PackError: if it is neither
    """
    try:
        pack = dict(change)
        if "amends" in change:
            shipped = read_pack(book().id)
            pack = amended(shipped if base is None else kept_on(pack_of(base), shipped), change)
        if pack["id"] != book().id:
            raise PackError(f"This is the pack {pack['id']!r}, not {book().id!r}: they never mix.")
        book_as_it_was(pack)
    except (AttributeError, KeyError, TypeError) as error:
        raise PackError(f"This is neither a pack nor an amendment: {error!r}") from error
    return pack
