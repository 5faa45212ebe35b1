"""What is different between two editions of a pack, number by number and day by day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from compliance.rulebook.dated import is_tighter
from compliance.rulebook.leaves import leaves

Pack = Mapping[str, Any]
_NUMBERS = "params"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that the newer edition says otherwise."""

    rule: str  # id; "" of the pack as a whole
    path: str  # of the number, or which part of the row; "" of the whole rule
    since: date | None  # the day from which on, of a number
    before: Any  # None: it was not there
    after: Any  # None: it is not there any more
    direction: str = ""  # "tighter" or "looser" where a floor tells which way that is


def differences(old: Pack, new: Pack) -> list[Difference]:
    """Return every difference, in the order of the newer edition's rules."""
    found = [*_rows("", _top(old), _top(new))]
    for rule_id in dict.fromkeys([*new["rules"], *old["rules"]]):
        found += _of_rule(rule_id, old["rules"].get(rule_id), new["rules"].get(rule_id))
    return found


def _top(pack: Pack) -> dict[str, Any]:
    return {key: value for key, value in pack.items() if key != "rules"}


def _of_rule(rule_id: str, old: Pack | None, new: Pack | None) -> Iterator[Difference]:
    if old is None or new is None:
        titles = [row and (row.get("title_zh"), row.get("title_en")) for row in (old, new)]
        yield Difference(rule=rule_id, path="", since=None, before=titles[0], after=titles[1])
        return
    yield from _rows(rule_id, _but_numbers(old), _but_numbers(new))
    yield from _numbers(rule_id, old, new)


def _but_numbers(row: Pack) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != _NUMBERS}


def _rows(rule_id: str, old: Pack, new: Pack) -> Iterator[Difference]:
    for key in dict.fromkeys([*new, *old]):
        before, after = old.get(key), new.get(key)
        if before != after:
            yield Difference(rule=rule_id, path=key, since=None, before=before, after=after)


def _numbers(rule_id: str, old: Pack, new: Pack) -> Iterator[Difference]:
    """Compare what holds on each day on which either edition begins to say something else."""
    floor = new.get("floor", {})
    days = sorted({table["since"] for row in (old, new) for table in row[_NUMBERS]})
    last: dict[str, tuple[Any, Any]] = {}
    for day in days:
        then, now = _holding(old, day), _holding(new, day)
        for path in dict.fromkeys([*now, *then]):
            pair = (then.get(path), now.get(path))
            if pair[0] != pair[1] and last.get(path) != pair:
                yield Difference(
                    rule=rule_id,
                    path=path,
                    since=day,
                    before=pair[0],
                    after=pair[1],
                    direction=_direction(floor.get(path), *pair),
                )
            last[path] = pair


def _holding(row: Pack, day: date) -> dict[str, Any]:
    begun = [table for table in row[_NUMBERS] if table["since"] <= day]
    return leaves(begun[-1]) if begun else {}


def _direction(bound: Pack | None, before: Any, after: Any) -> str:
    if not bound or before is None or after is None:
        return ""
    ((kind, _),) = bound.items()
    if kind == "equals":
        return ""
    tighter, looser = is_tighter(kind, after, before), is_tighter(kind, before, after)
    return "" if tighter == looser else ("tighter" if tighter else "looser")
