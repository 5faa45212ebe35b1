"""The newest decisions that fit, out of millions, in a time that does not grow with them."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from compliance.models import Decision
from console.selectors.decisions_narrowed import objected, times
from console.selectors.decisions_wanted import Wanted

NEAR = 10_000  # decisions of a person, a seat, a campaign or all that are looked through by time
FAR = 20_000  # and at most, before the reader is asked whether to go on
UNPACKED = 3_000  # where what a rule answered is asked for, which each decision has packed away
INSTANT = timedelta(microseconds=1)
FEW = 30_000  # decisions that the index of objections gives quickly


def newest(
    rows: QuerySet[Decision], wanted: Wanted, *, last: datetime | None, most: int, now: datetime
) -> tuple[Sequence[Decision], datetime | None]:
    """Return the newest `most` rows, and how far back was looked if they are not all there are.

    What is often met is found at once by time, among the latest of whoever is asked for. A rule
    that seldom objects has its decisions taken by an index of their own and put in order: an index
    of a quarter of all decisions would be slow to read. What is neither, such as two things that
    each are frequent and never come together, is looked for a stretch at a time.
    """
    whole = rows.select_related("filing", "person", "seat", "permit__attempt")
    whole = whole.defer("facts", "findings", "answers").order_by("-at", "-pk")
    if rows.query.is_empty():
        return [], None
    if wanted == Wanted():
        return list(whole[:most]), None
    earliest, latest = times(wanted)
    bounds = [one for one in (last, latest) if one is not None]
    theirs = _theirs(wanted, before=min(bounds, default=None))
    found: Sequence[Decision] = []
    edge = None
    stretches = (UNPACKED,) if wanted.answer else (NEAR, FAR)
    for stretch in stretches:
        edge = _edge(theirs, stretch)
        is_all = edge is None or (earliest is not None and edge < earliest)
        since = earliest if edge is None or is_all else edge + INSTANT
        found = list(_since(whole, theirs, wanted, since)[:most])
        if is_all or len(found) == most:
            return found, None
        if stretch == stretches[0] and _is_rare(wanted, now):
            ids = _by_index(rows, most)
            return (list(whole.filter(pk__in=ids)) if ids else []), None
    return found, edge


def _theirs(wanted: Wanted, *, before: datetime | None) -> QuerySet[Decision]:
    """Return all decisions of whoever is asked for, by the narrowest index by time."""
    owners = {
        "person_id": wanted.person,
        "seat__code": wanted.seat,
        "filing__code": wanted.campaign,
    }
    owner = next(({name: value} for name, value in owners.items() if value), {})
    rows = Decision.objects.filter(**owner)
    return rows if before is None else rows.filter(at__lte=before)


def _edge(theirs: QuerySet[Decision], stretch: int) -> datetime | None:
    """Return when the decision was made that has `stretch` of theirs after it."""
    ordered = theirs.order_by("-at").values_list("at", flat=True)
    at = next(iter(ordered[stretch : stretch + 1]), None)
    # A whole millisecond, which an address can hold: to go on from there leaves nothing out.
    return at and at + timedelta(microseconds=-at.microsecond % 1000)


def _since(
    whole: QuerySet[Decision],
    theirs: QuerySet[Decision],
    wanted: Wanted,
    since: datetime | None,
) -> QuerySet[Decision]:
    """Narrow to a stretch of their decisions.

    Where permits are asked about, the decisions that may have one are named: the planner would
    begin with the permits, of all time.
    """
    if since is not None:
        whole, theirs = whole.filter(at__gte=since), theirs.filter(at__gte=since)
    if not (wanted.permit or wanted.caller or wanted.trunk):
        return whole
    allowed = theirs.filter(verdict=Decision.Verdict.ALLOW).values_list("pk", flat=True)
    return whole.filter(pk__in=list(allowed))


def _is_rare(wanted: Wanted, now: datetime) -> bool:
    """Return whether the planner takes the rule for one that objected to few decisions."""
    if not wanted.rule or wanted.answer == Decision.Verdict.ALLOW:
        return False
    (planned,) = json.loads(objected(wanted.rule, now).values("pk").explain(format="json"))
    return bool(planned["Plan"]["Plan Rows"] <= FEW)


def _by_index(rows: QuerySet[Decision], most: int) -> Sequence[UUID]:
    """Return the newest of all rows that match, gathered before they are put in order."""
    sql, params = rows.order_by().values("id", "at").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH matching AS MATERIALIZED ({sql})"  # noqa: S608 - Django's own  # nosec B608
            f" SELECT id FROM matching ORDER BY at DESC, id DESC LIMIT {most:d}",
            params,
        )
        return [one for (one,) in cursor.fetchall()]
