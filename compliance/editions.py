"""Which book is in force: the newest approved edition of the pack, or the shipped one."""

from datetime import datetime
from functools import lru_cache

from compliance.books import book, book_as_it_was, book_of, read_pack
from compliance.models import BookUse, Epoch, PackEdition
from compliance.rulebook.book import Book
from compliance.rulebook.bound import PackError
from compliance.rulebook.edition import (
    LooserError,
    check_edition,
    check_floors,
    content_digest,
    pack_from_bytes,
)


def book_in_force(*, at: datetime, epoch: int) -> Book:
    """Return the book that decides at `at`, as things stand in `epoch`.

    An edition that became looser than this release's floors is no book; then there is no call.

    :raises PackError: if the edition in force cannot be used
    """
    begun = [(key, digest) for since, key, digest in _schedule(epoch) if since <= at]
    return _book_of_edition(*begun[-1]) if begun else book()


def book_at(at: datetime) -> Book:
    """Return the book in force at `at`, for those who do not know the epoch.

    :raises PackError: if the edition in force cannot be used
    """
    return book_in_force(at=at, epoch=Epoch.objects.values_list("value", flat=True).get())


def book_to_show(at: datetime) -> Book:
    """Return the book in force, or the shipped one if that cannot be used: to name rules by.

    It decides nothing.
    """
    try:
        return book_at(at)
    except PackError:
        return book()


def edition_in_force(*, at: datetime) -> PackEdition | None:
    """Return the approved edition in force; None while the shipped pack is."""
    editions = PackEdition.objects.filter(approved_at__isnull=False, effective_from__lte=at)
    return editions.order_by("-effective_from", "-pk").first()


def book_by_digest(digest: str) -> Book | None:
    """Return the book that a stored decision names, to explain it by.

    If the rules' source has changed since, it is the book of the same edition under this
    release; its own digest then differs. None: no such book was ever put to use here.
    """
    if digest == book().digest:
        return book()
    use = BookUse.objects.filter(book_digest=digest).values_list("edition_id", "edition__digest")
    found = use.first()
    return None if found is None else _book_as_it_was(*found)


def edition_of_book(digest: str) -> PackEdition | None:
    """Return the edition that a stored decision's book was of; None: none is on record."""
    rows = PackEdition.objects.filter(uses__book_digest=digest)
    return rows.defer("content").first()


def book_of_decision(digest: str) -> Book:
    """Return the book to explain a decision with: its own, or failing that the shipped one."""
    return book_by_digest(digest) or book()


def pack_of(edition: PackEdition) -> dict[str, object]:
    """Return an edition's pack.

    :raises LooserError: if the bytes are not those that were approved
    """
    content = bytes(edition.content)
    if content_digest(content) != edition.digest:
        raise LooserError(f"Edition {edition.pk} is not what was approved.")
    return pack_from_bytes(content)


@lru_cache(maxsize=8)
def _schedule(epoch: int) -> tuple[tuple[datetime, int, str], ...]:  # noqa: ARG001 - cache key
    """Return when each approved edition begins; approving one moves the epoch."""
    approved = PackEdition.objects.filter(approved_at__isnull=False)
    rows = approved.order_by("effective_from", "pk")
    return tuple(rows.values_list("effective_from", "pk", "digest"))


@lru_cache(maxsize=16)
def _book_of_edition(edition_id: int, digest: str) -> Book:  # noqa: ARG001 - cache key
    edition = PackEdition.objects.select_related("base").get(pk=edition_id)
    return edition_check(edition)


@lru_cache(maxsize=16)
def _book_as_it_was(edition_id: int, digest: str) -> Book:  # noqa: ARG001 - cache key
    """Return a book to explain with, which decides nothing: so it needs no check."""
    return book_as_it_was(pack_of(PackEdition.objects.get(pk=edition_id)))


def edition_check(edition: PackEdition) -> Book:
    """Return an edition's book, if this release's floors and its base's past allow it.

    :raises LooserError: with every objection
    :raises PackError: if it is no usable pack
    """
    pack, shipped = pack_of(edition), read_pack(book().id)
    if edition.base is None:
        check_floors(proposed=pack, shipped=shipped)
    else:
        from_day = book().clock.date_text(edition.effective_from)
        check_edition(
            proposed=pack,
            shipped=shipped,
            base=pack_of(edition.base),
            from_day=datetime.fromisoformat(from_day).date(),
        )
    return book_of(pack)
