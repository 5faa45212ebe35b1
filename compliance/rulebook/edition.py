"""What a later edition of a pack may change: numbers from a day on, never a floor or the past."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date
from math import inf
from typing import Any

from compliance.rulebook.bound import PackError
from compliance.rulebook.dated import FloorError, check_floor, is_tighter

Pack = Mapping[str, Any]
_DAY = "$date"
_SAME = ("check", "uses", "when", "holds", "basis")  # what a rule is; an edition cannot alter it
_AMENDED = frozenset({"params", "sources"})
_AMENDMENT = frozenset({"amends", "version", "rules", "citations"})


class LooserError(PackError):
    """An edition would loosen a floor, drop a rule, or rewrite the past; it says all that."""


def pack_bytes(pack: Pack) -> bytes:
    """Write a pack as bytes that keep the order of its rules and the kind of its dates."""
    text = json.dumps(_plain(pack), ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def pack_from_bytes(data: bytes) -> dict[str, Any]:
    """Read those bytes back."""
    pack: dict[str, Any] = json.loads(data, object_hook=_dated)
    return pack


def content_digest(data: bytes) -> str:
    """Return the sha256 of a pack's bytes."""
    return hashlib.sha256(data).hexdigest()


def amended(base: Pack, amendment: Pack) -> dict[str, Any]:
    """Return `base` with an amendment's new dated tables, sources, rules, words and citations.

    :raises PackError: if the amendment is for another pack, or states something a second time
    """
    if amendment.get("amends") != base["id"]:
        raise PackError(f"This amends {amendment.get('amends')!r}, not {base['id']!r}.")
    if strange := amendment.keys() - _AMENDMENT:
        raise PackError(f"An amendment cannot state {sorted(strange)}.")
    pack: dict[str, Any] = deepcopy(dict(base)) | {"version": amendment["version"]}
    for rule_id, row in amendment.get("rules", {}).items():
        pack["rules"][rule_id] = _amended_rule(rule_id, pack["rules"].get(rule_id), row)
    for key, citation in amendment.get("citations", {}).items():
        if pack["citations"].setdefault(key, citation) != citation:
            raise PackError(f"The citation {key} stands already, with another text.")
    return pack


def kept_on(base: Pack, shipped: Pack) -> dict[str, Any]:
    """Return `base` with the retention classes that this release has and its own had not.

    An amendment cannot state them, and without them nothing could rest on an older edition.
    """
    own = base.get("retention", {})
    newer = {name: row for name, row in shipped.get("retention", {}).items() if name not in own}
    cited = {cite: shipped["citations"][cite] for row in newer.values() for cite in row["cites"]}
    return dict(base) | {"retention": {**own, **newer}, "citations": cited | base["citations"]}


def _amended_rule(rule_id: str, row: Pack | None, change: Pack) -> dict[str, Any]:
    if row is None:
        return dict(change)
    if strange := change.keys() - _AMENDED:
        raise PackError(f"{rule_id}: an amendment cannot state {sorted(strange)}.")
    tables = {table["since"]: table for table in row["params"]}
    tables |= {table["since"]: table for table in change.get("params", ())}
    return dict(row) | {
        "params": [tables[since] for since in sorted(tables)],
        "sources": dict(row.get("sources", {})) | change.get("sources", {}),
    }


def check_edition(*, proposed: Pack, shipped: Pack, base: Pack, from_day: date) -> None:
    """Hold an edition against the shipped pack's floors and rules, and its base's past.

    `from_day` is the first local day on which the edition judges.

    :raises LooserError: with every objection
    """
    objections = [*_against_shipped(proposed, shipped), *_against_past(proposed, base, from_day)]
    if objections:
        raise LooserError(" ".join(objections))


def check_floors(*, proposed: Pack, shipped: Pack) -> None:
    """Hold an edition against the shipped pack alone, as at every loading.

    :raises LooserError: with every objection
    """
    if objections := [*_against_shipped(proposed, shipped)]:
        raise LooserError(" ".join(objections))


def _against_shipped(proposed: Pack, shipped: Pack) -> Iterator[str]:
    yield from _against_what_is_fixed(proposed, shipped)
    yield from _against_retention(proposed.get("retention", {}), shipped.get("retention", {}))
    for rule_id, row in shipped["rules"].items():
        own = proposed["rules"].get(rule_id)
        if own is None:
            yield f"{rule_id} is dropped."
        else:
            yield from _against_row(rule_id, own, row)


def _against_what_is_fixed(proposed: Pack, shipped: Pack) -> Iterator[str]:
    for key in ("id", "utc_offset_hours"):
        if proposed.get(key) != shipped[key]:
            yield f"{key} = {proposed.get(key)!r}: packs never mix."
    for part in ("imports", "desks"):
        if proposed.get(part) != shipped.get(part):
            yield f"{part}: these numbers are read from the shipped pack; an edition has no say."


def _against_retention(own: Pack, shipped: Pack) -> Iterator[str]:
    """Object to records kept for less than the shipped floor, or past the shipped ceiling."""
    for name, row in shipped.items():
        kept = own.get(name)
        if kept is None:
            yield f"retention: {name} is dropped."
            continue
        if kept["floor_days"] < row["floor_days"]:
            yield f"retention: the floor of {name} is loosened."
        if "ceiling_days" in row and kept.get("ceiling_days", inf) > row["ceiling_days"]:
            yield f"retention: the ceiling of {name} is loosened."


def _against_row(rule_id: str, own: Pack, row: Pack) -> Iterator[str]:
    for key in _SAME:
        if own.get(key) != row.get(key):
            yield f"{rule_id}: {key} is altered."
    if not set(own["stages"]) >= set(row["stages"]):
        yield f"{rule_id} is asked at fewer stages."
    starts = [table["since"] for table in own["params"]]
    if not starts or min(starts) > row["params"][0]["since"]:
        yield f"{rule_id} begins later."
    yield from _against_floor(rule_id, own, row.get("floor", {}))


def _against_floor(rule_id: str, own: Pack, floor: Pack) -> Iterator[str]:
    stated = own.get("floor", {})
    for path, bound in floor.items():
        ((kind, limit),) = bound.items()
        if not is_tighter(kind, stated.get(path, {}).get(kind), limit):
            yield f"{rule_id}: the floor of {path} is loosened."
    for table in own["params"]:
        try:
            check_floor(rule_id, table, floor)
        except FloorError as error:
            yield str(error)


def _against_past(proposed: Pack, base: Pack, from_day: date) -> Iterator[str]:
    if proposed.get("id") != base["id"]:
        yield f"It rests on {base['id']!r}: packs never mix."
    for rule_id, row in base["rules"].items():
        if rule_id not in proposed["rules"] and _past(row, from_day):
            yield f"{rule_id}, which held before {from_day}, is dropped."
    for rule_id, row in proposed["rules"].items():
        before = base["rules"].get(rule_id, {"params": []})
        if _past(row, from_day) != _past(before, from_day):
            yield f"{rule_id}: what held before {from_day} is altered."


def _past(row: Pack, from_day: date) -> list[Any]:
    return [table for table in row["params"] if table["since"] < from_day]


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return {_DAY: value.isoformat()} if isinstance(value, date) else value


def _dated(value: dict[str, Any]) -> Any:
    return date.fromisoformat(value[_DAY]) if value.keys() == {_DAY} else value
