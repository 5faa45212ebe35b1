"""Facts and findings as canonical bytes, and back, so that a decision can be replayed."""

import json
import types
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from audit.canonical import canon
from compliance.rulebook.decision import Answer, Finding, Verdict
from compliance.rulebook.facts import CallFacts


class FactsError(ValueError):
    """Stored facts do not fit the shape that the rules need."""


def facts_bytes(facts: CallFacts) -> bytes:
    """Encode facts; equal facts give equal bytes."""
    return canon(_plain(facts))


def facts_from_bytes(data: bytes) -> CallFacts:
    """Decode stored facts.

    :raises FactsError: if a field is missing, unknown or of another type
    """
    facts = _typed(CallFacts, json.loads(data))
    assert isinstance(facts, CallFacts)  # noqa: S101 - narrows the type only
    return facts


def finding_row(finding: Finding) -> dict[str, Any]:
    """Return one finding as plain JSON values: what was found, never a sentence."""
    answer = finding.answer
    row: dict[str, Any] = {"rule": finding.rule_id, "verdict": answer.verdict.value}
    if answer.reason:
        row |= {"reason": answer.reason, "values": dict(answer.values)}
    if answer.retry_at is not None:
        row["retry_at"] = instant_text(answer.retry_at)
    return row


def finding_from_row(row: dict[str, Any]) -> Finding:
    """Read a stored finding back."""
    retry_at = row.get("retry_at")
    return Finding(
        rule_id=row["rule"],
        answer=Answer(
            verdict=Verdict(row["verdict"]),
            reason=row.get("reason", ""),
            values=tuple(sorted(row.get("values", {}).items())),
            retry_at=None if retry_at is None else datetime.fromisoformat(retry_at),
        ),
    )


def instant_text(at: datetime) -> str:
    """Write an aware instant in UTC with six digits, always the same way."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind in (str, int, bool, types.NoneType):
        return value
    if kind is tuple:
        return [_plain(item) for item in value]
    if kind is datetime:
        return instant_text(value)
    if kind is date:
        return value.isoformat()
    return {name: _plain(getattr(value, name)) for name in _names(kind)}


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _typed(kind: Any, value: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        options = [option for option in get_args(kind) if option is not types.NoneType]
        return None if value is None else _typed(options[0], value)
    if origin is tuple:
        return tuple(_typed(get_args(kind)[0], item) for item in _expect(list, value))
    if kind in (datetime, date):
        return kind.fromisoformat(_expect(str, value))
    if is_dataclass(kind) and isinstance(kind, type):
        return _record(kind, _expect(dict, value))
    return _expect(kind, value)


def _record(kind: type, value: dict[str, Any]) -> Any:
    hints = _hints(kind)
    if value.keys() != hints.keys():
        raise FactsError(f"{kind.__name__}: fields differ: {sorted(value.keys() ^ hints.keys())}")
    return kind(**{name: _typed(hint, value[name]) for name, hint in hints.items()})


def _expect(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise FactsError(f"Expected {kind.__name__}, found {type(value).__name__}.")
    return value
