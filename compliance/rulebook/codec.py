"""Facts and findings as canonical bytes, and back, so that a decision can be replayed."""

import json
import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from functools import cache
from json.encoder import encode_basestring as _quoted
from operator import attrgetter
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from audit.canonical import GREATEST
from compliance.rulebook.decision import Answer, Decision, Finding, Verdict
from compliance.rulebook.facts import CallFacts, FilingFacts
from compliance.rulebook.sight import FILING, of_filing

T = TypeVar("T")
U = TypeVar("U")

_LETTERS = {
    Verdict.ALLOW: "a",
    Verdict.NOT_APPLICABLE: "n",
    Verdict.DEFER: "d",
    Verdict.REFUSE: "r",
}
TEXTS_KEPT = 1024
# Both by identity: what is kept alive with its text can be no other object than it was.
_texts: dict[int, tuple[tuple[Finding, ...], str]] = {}
_filings: dict[tuple[int, ...], tuple[tuple[Any, ...], str, str]] = {}
_VERDICTS = {letter: verdict for verdict, letter in _LETTERS.items()}


class FactsError(ValueError):
    """Facts, given or stored, do not fit the shape that the rules need."""


def facts_bytes(facts: CallFacts) -> bytes:
    """Encode facts; equal facts give equal bytes.

    These are the bytes that `audit.canonical.canon` gives, written without the tree between:
    every decision waits for them.

    :raises FactsError: if a value has no canonical form
    """
    try:
        return _WRITERS[type(facts)](facts).encode()
    except UnicodeEncodeError as error:
        raise FactsError("A string holds a lone surrogate: it has no UTF-8 form.") from error


def facts_from_bytes(data: bytes) -> CallFacts:
    """Decode stored facts.

    :raises FactsError: if a field is missing, unknown or of another type
    """
    facts: CallFacts = _typed(CallFacts, json.loads(data))
    return facts


def answers_text(decision: Decision) -> str:
    """Return every rule that was asked, in that order, with a letter for its answer."""
    findings = decision.findings
    kept = _texts.get(id(findings))
    if kept is not None:
        return kept[1]
    text = " ".join([f"{f.rule_id}={_LETTERS[f.answer.verdict]}" for f in findings])
    if decision.verdict is Verdict.ALLOW:  # made once by the engine, for call after call
        _keep(_texts, id(findings), (findings, text))
    return text


def answers_from_text(text: str) -> dict[str, Verdict]:
    """Read back what every rule answered, by its id, in the order of asking."""
    pairs = [word.split("=") for word in text.split()]
    return {rule_id: _VERDICTS[letter] for rule_id, letter in pairs}


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
    if at.tzinfo is None:
        raise FactsError("An instant needs its zone.")
    if at.tzinfo is not UTC:
        at = at.astimezone(UTC)
    return f"{at.isoformat(timespec='microseconds')[:-6]}Z"


def _instant(at: datetime) -> str:
    if at.tzinfo is UTC:  # as nearly all are; what isoformat() writes of it ends in +00:00
        return f'"{at.isoformat("T", "microseconds")[:-6]}Z"'
    return f'"{instant_text(at)}"'


def _integer(value: int) -> str:
    if not -GREATEST <= value <= GREATEST:
        raise FactsError("An integer is beyond 2^53-1: not every reader of JSON holds it.")
    return str(int(value))


def _array(items: tuple[Any, ...]) -> str:
    return f"[{','.join([_WRITERS[type(item)](item) for item in items])}]"


def _filing(filing: FilingFacts) -> str:
    """Write a filing's facts; from call to call only its instant is another one."""
    values = of_filing(filing)
    key = tuple(map(id, values))
    kept = _filings.get(key)
    if kept is None:
        kept = values, *_around_the_instant(filing)
        _keep(_filings, key, kept)
    return f'{kept[1]},"at":{_WRITERS[type(filing.at)](filing.at)},{kept[2]}'


def _keep(store: dict[T, U], key: T, value: U) -> None:
    if len(store) >= TEXTS_KEPT:
        store.clear()
    store[key] = value


def _around_the_instant(filing: FilingFacts) -> tuple[str, str]:
    values = ((name, getattr(filing, name)) for name in sorted(FILING))
    texts = [(name, f'"{name}":{_WRITERS[type(value)](value)}') for name, value in values]
    before = ",".join([text for name, text in texts if name < "at"])
    after = ",".join([text for name, text in texts if name > "at"])
    return f"{{{before}", f"{after}}}"


class _Writers(dict[type, Callable[[Any], str]]):
    """How a value of each type is written; a record's writer is made when it is first met."""

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        writer = self._of(kind)
        self[kind] = writer
        return writer

    def _of(self, kind: type) -> Callable[[Any], str]:
        if is_dataclass(kind):
            return self._of_record(kind)
        for base in (str, int):  # an enumeration is written as its value
            if issubclass(kind, base):
                return lambda value: self[base](base(value.value))
        raise FactsError(f"A {kind.__name__} has no place in facts.")

    def _of_record(self, kind: type) -> Callable[[Any], str]:
        names = sorted(field.name for field in fields(kind))
        values_of = attrgetter(*names)
        template = "{{{}}}".format(",".join(f'"{name}":%s' for name in names))
        return lambda record: template % tuple([self[type(v)](v) for v in values_of(record)])


_WRITERS = _Writers(
    {
        str: _quoted,
        int: _integer,
        bool: lambda value: "true" if value else "false",
        types.NoneType: lambda _value: "null",
        tuple: _array,
        datetime: _instant,
        date: lambda value: f'"{value.isoformat()}"',
        FilingFacts: _filing,
    }
)


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
        return _moment(kind, _expect(str, value))
    if is_dataclass(kind) and isinstance(kind, type):
        return _record(kind, _expect(dict, value))
    return _expect(kind, value)


def _moment(kind: type[date], text: str) -> date:
    try:
        return kind.fromisoformat(text)
    except ValueError as error:
        raise FactsError(f"{text!r} is not a {kind.__name__}.") from error


def _record(kind: type, value: dict[str, Any]) -> Any:
    hints = _hints(kind)
    if value.keys() != hints.keys():
        raise FactsError(f"{kind.__name__}: fields differ: {sorted(value.keys() ^ hints.keys())}")
    return kind(**{name: _typed(hint, value[name]) for name, hint in hints.items()})


def record_kind(kind: type, name: str) -> tuple[type | None, bool]:
    """Return the record that a field holds, if it holds any, and whether it holds many."""
    hint = _hints(kind)[name]
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(option for option in get_args(hint) if option is not types.NoneType)
    many = get_origin(hint) is tuple
    inner = get_args(hint)[0] if many else hint
    return (inner if isinstance(inner, type) and is_dataclass(inner) else None), many


def read_field(kind: type, name: str, value: Any) -> Any:
    """Read the plain value of one field of a record.

    :raises FactsError: if it is of another type
    """
    return _typed(_hints(kind)[name], value)


def _expect(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise FactsError(f"Expected {kind.__name__}, found {type(value).__name__}.")
    return value
