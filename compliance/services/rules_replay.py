"""What would have been: every stored decision, decided again under another pack."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from audit import record as audit
from compliance.books import book, book_as_it_was, read_pack
from compliance.editions import edition_in_force, pack_of
from compliance.models import Decision
from compliance.rulebook.codec import instant_text
from compliance.rulebook.edition import LooserError, check_edition, content_digest, pack_bytes
from compliance.rulebook.replay import Stored, Tally, undated
from compliance.services.pack_propose import whole_pack

CHUNK = 1000  # rows in memory at a time
Told = Callable[[int], None]  # how many decisions are done


def unheard(_count: int) -> None:
    """Tell nobody."""


def rules_replay(
    *,
    change: Mapping[str, Any],
    since: datetime,
    until: datetime,
    dated: bool,
    actor: str,
    now: datetime,
    told: Told = unheard,
) -> dict[str, Any]:
    """Decide every decision of [since, until) again under the pack that `change` makes.

    Unless `dated`, the pack's newest numbers count for every day, as if they had always held.
    Nothing is reserved or altered; the replay and its report's digest go on the record. The
    same decisions and pack give the same report, byte for byte.

    :raises PackError: if it is no usable pack
    """
    pack = whole_pack(change, base=edition_in_force(at=now))
    judging = book_as_it_was(pack if dated else undated(pack))
    tally = Tally()
    for stored in _stored(since, until):
        tally.add(stored, judging)
        told(tally.decisions)
    report = {
        "pack": {
            "id": pack["id"],
            "version": pack["version"],
            "sha256": content_digest(pack_bytes(pack)),
            "book_sha256": judging.digest,
            "dated": dated,
            "would_be_refused": _objections(pack, now),
        },
        "since": instant_text(since),
        **tally.report(),
    }
    _record(report, actor=actor, now=now)
    return report


def span_of_last(count: int, *, now: datetime) -> tuple[datetime, datetime, int]:
    """Return the span [since, until) of the newest `count` decisions, and how many are in it."""
    until = now + timedelta(microseconds=1)
    stored = Decision.objects.filter(at__lt=until)
    newest = stored.order_by("-at", "-pk").values_list("at", flat=True)
    since = newest[count - 1 : count].first() or newest.last() or now
    return since, until, stored.filter(at__gte=since).count()


def report_bytes(report: Mapping[str, Any]) -> bytes:
    """Return the report's one form as bytes."""
    return json.dumps(report, ensure_ascii=False, separators=(",", ":")).encode()


def _stored(since: datetime, until: datetime) -> Iterator[Stored]:
    rows = Decision.objects.filter(at__gte=since, at__lt=until).order_by("pk")
    values = rows.values_list("pk", "verdict", "objecting_rules", "facts")
    for key, verdict, objecting, facts in values.iterator(chunk_size=CHUNK):
        yield Stored(id=str(key), verdict=verdict, objecting=tuple(objecting), facts=bytes(facts))


def _objections(pack: Mapping[str, Any], now: datetime) -> str:
    """Return why the pack could not become an edition tomorrow; empty if it could."""
    edition = edition_in_force(at=now)
    shipped = read_pack(book().id)
    tomorrow = datetime.fromisoformat(book().clock.date_text(now + timedelta(days=1))).date()
    base = shipped if edition is None else pack_of(edition)
    try:
        check_edition(proposed=pack, shipped=shipped, base=base, from_day=tomorrow)
    except LooserError as error:
        return str(error)
    return ""


@transaction.atomic
def _record(report: Mapping[str, Any], *, actor: str, now: datetime) -> None:
    pack = report["pack"]
    audit.record(
        "rules.replayed",
        obj=f"pack:{pack['id']}",
        actor=actor,
        now=now,
        data={
            "pack_sha256": pack["sha256"],
            "since": report["since"],
            "decisions": report["decisions"],
            "report_sha256": hashlib.sha256(report_bytes(report)).hexdigest(),
        },
    )
