"""Decide stored decisions again under another pack, and tally by rule what would be different."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from compliance.rulebook.book import Book
from compliance.rulebook.codec import FactsError, read_field, record_kind
from compliance.rulebook.decision import Decision, Finding, Verdict
from compliance.rulebook.engine import RULE_FAILED, decide_once
from compliance.rulebook.facts import CallFacts

EXAMPLES = 5
_NEEDED = frozenset({"at", "filing"})
UNREAD = AttributeError.__name__  # what a rule raises that asks for a fact nobody recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What is needed of a stored decision."""

    id: str
    verdict: str
    objecting: tuple[str, ...]  # rule ids
    facts: bytes


def undated(pack: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pack as if each rule's newest numbers had held from its first day on."""
    rules = {
        rule_id: dict(row)
        | {"params": [dict(row["params"][-1]) | {"since": row["params"][0]["since"]}]}
        for rule_id, row in pack["rules"].items()
    }
    return dict(pack) | {"rules": rules}


def facts_as_recorded(data: bytes) -> tuple[CallFacts, tuple[str, ...]]:
    """Read facts that may be older than some fields; return them and the names of those.

    A fact that was not recorded is left unset, so that every rule that asks for it fails, and
    a failure means no call. Fields that no rule knows any more are passed over.

    :raises FactsError: if what was recorded does not fit
    """
    missing: list[str] = []
    facts: CallFacts = _record(CallFacts, json.loads(data), "", missing)
    if not _NEEDED.isdisjoint(missing):
        raise FactsError("Nobody recorded when the call was, or for which campaign.")
    return facts, tuple(missing)


def _record(kind: type[Any], value: Any, way: str, missing: list[str]) -> Any:
    if not isinstance(value, dict):
        raise FactsError(f"Expected {kind.__name__}, found {type(value).__name__}.")
    record = object.__new__(kind)
    for item in fields(kind):
        path = f"{way}{item.name}"
        if item.name not in value:
            missing.append(path)
            continue
        object.__setattr__(record, item.name, _value(kind, item.name, value, path, missing))
    return record


def _value(kind: type[Any], name: str, value: Any, path: str, missing: list[str]) -> Any:
    inner, many = record_kind(kind, name)
    raw = value[name]
    if inner is None or raw is None:
        return read_field(kind, name, raw)
    if not many:
        return _record(inner, raw, f"{path}.", missing)
    if not isinstance(raw, list):
        raise FactsError(f"{path}: expected a list.")
    return tuple(_record(inner, item, f"{path}.", missing) for item in raw)


@dataclass(slots=True)
class Tally:
    """Counts and examples; adding and merging in any order gives the same."""

    decisions: int = 0
    unknown: int = 0  # decided on facts of which some that a rule asked for were not recorded
    unreadable: int = 0
    missing: dict[str, int] = field(default_factory=dict)  # by fact
    verdicts: dict[str, int] = field(default_factory=dict)  # "allow > refuse"
    rules: dict[str, dict[str, "Cases"]] = field(default_factory=dict)

    def add(self, stored: Stored, book: Book) -> None:
        """Decide one decision again."""
        self.decisions += 1
        try:
            facts, missing = facts_as_recorded(stored.facts)
        except (FactsError, ValueError):
            self.unreadable += 1
            self._count(f"{stored.verdict} > unreadable")
            return
        for name in set(missing):
            self.missing[name] = self.missing.get(name, 0) + 1
        self._compare(stored, decide_once(facts, book), known=not missing)

    def _compare(self, stored: Stored, decision: Decision, *, known: bool) -> None:
        unread = {f.rule_id for f in decision.objections if not known and _is_unread(f)}
        now = "unknown" if unread and _only(decision, unread) else decision.verdict.value
        self.unknown += bool(unread)
        self._count(f"{stored.verdict} > {now}")
        objecting = {f.rule_id: f.answer.verdict for f in decision.objections}
        for rule_id, verdict in objecting.items():
            if rule_id in unread:
                self._case(rule_id, "unknown", stored)
            elif rule_id not in stored.objecting:
                self._case(rule_id, f"newly_{_PAST[verdict]}", stored)
        for rule_id in set(stored.objecting) - objecting.keys():
            self._case(rule_id, "no_longer", stored)

    def _count(self, change: str) -> None:
        self.verdicts[change] = self.verdicts.get(change, 0) + 1

    def _case(self, rule_id: str, change: str, stored: Stored) -> None:
        cases = self.rules.setdefault(rule_id, {}).setdefault(change, Cases())
        cases.count += 1
        cases.examples = sorted({*cases.examples, stored.id})[:EXAMPLES]

    def merge(self, other: "Tally") -> None:
        """Take in what somebody else tallied of other decisions."""
        self.decisions += other.decisions
        self.unknown += other.unknown
        self.unreadable += other.unreadable
        for mine, theirs in ((self.missing, other.missing), (self.verdicts, other.verdicts)):
            for key, count in theirs.items():
                mine[key] = mine.get(key, 0) + count
        for rule_id, changes in other.rules.items():
            for change, found in changes.items():
                cases = self.rules.setdefault(rule_id, {}).setdefault(change, Cases())
                cases.count += found.count
                cases.examples = sorted({*cases.examples, *found.examples})[:EXAMPLES]

    def report(self) -> dict[str, Any]:
        """Return everything as JSON values, in an order of its own."""
        return {
            "decisions": self.decisions,
            "on_facts_not_recorded": self.unknown,
            "unreadable": self.unreadable,
            "facts_not_recorded": dict(sorted(self.missing.items())),
            "verdicts": dict(sorted(self.verdicts.items())),
            "rules": {
                rule_id: {
                    change: {"count": cases.count, "examples": cases.examples}
                    for change, cases in sorted(changes.items())
                }
                for rule_id, changes in sorted(self.rules.items())
            },
        }


@dataclass(slots=True)
class Cases:
    """How many decisions, and the first few of their ids."""

    count: int = 0
    examples: list[str] = field(default_factory=list)


_PAST = {Verdict.REFUSE: "refused", Verdict.DEFER: "deferred"}


def _is_unread(finding: Finding) -> bool:
    answer = finding.answer
    return answer.reason == RULE_FAILED.code and dict(answer.values)["error"] == UNREAD


def _only(decision: Decision, unread: set[str]) -> bool:
    """Return whether nobody else refuses: then what the pack says is not known."""
    return all(
        f.rule_id in unread or f.answer.verdict is not Verdict.REFUSE for f in decision.objections
    )
