"""Since when each part is as it is: a mark moves when somebody sees that it is otherwise."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from console.health.part import Part
from console.models import HealthMark


def remember(parts: Iterable[Part], *, at: datetime) -> Mapping[str, datetime]:
    """Keep what was seen; return for each part since when it is so.

    The schedule looks every half minute, and so does whoever opens the page: that is how exact it
    is. What a reader knows better stands in its part.
    """
    seen = {part.code: part for part in parts}
    kept = {mark.code: mark for mark in HealthMark.objects.filter(code__in=seen)}
    moved = [
        HealthMark(code=code, state=part.state.value, since=at)
        for code, part in seen.items()
        if code not in kept or kept[code].state != part.state.value
    ]
    if moved:
        HealthMark.objects.bulk_create(
            moved, update_conflicts=True, unique_fields=["code"], update_fields=["state", "since"]
        )
    kept.update({mark.code: mark for mark in moved})
    return {code: part.since or kept[code].since for code, part in seen.items()}
