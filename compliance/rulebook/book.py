"""A book: the rules that a pack lists, each bound to its dated numbers and citations."""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from compliance.rulebook.bound import (
    STAGES,
    BoundRule,
    Citation,
    PackError,
    bind_rule,
)
from compliance.rulebook.dated import jsonable
from compliance.rulebook.local import LocalClock
from compliance.rulebook.questions import Questions
from compliance.rulebook.retention import RetentionClass, read_retention
from compliance.rulebook.rule import Rule

FindRule = Callable[[str], Rule[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edition:
    """The rules in force from one day on."""

    since: int  # local day
    before_call: Questions
    at_registration: Questions


class Book:
    """An ordered set of rules with a digest; the same facts and book give the same decision."""

    def __init__(self, *, pack: Mapping[str, Any], find_rule: FindRule, logic_digest: str) -> None:
        """Bind every rule of `pack`, checking that no number is looser than its floor.

        :param find_rule: returns the rule for a name such as "hours.purpose_window"
        :param logic_digest: sha256 hex of the rules' source; part of the book's digest
        :raises PackError: if the pack is malformed or looser than a floor
        """
        try:
            self.digest = _digest(pack, logic_digest)
            self._bind(pack, find_rule)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise PackError(f"Pack {pack.get('id', '?')}: {error!r}") from error

    def _bind(self, pack: Mapping[str, Any], find_rule: FindRule) -> None:
        self.id: str = pack["id"]
        self.version: str = pack["version"]
        self.clock = LocalClock.at_offset(pack["utc_offset_hours"])
        self.citations = {key: _citation(key, row) for key, row in pack["citations"].items()}
        self._words: Mapping[str, Any] = pack.get("words", {})
        self.retention: Mapping[str, RetentionClass] = (
            read_retention(pack["retention"], citations=self.citations)
            if "retention" in pack
            else {}
        )
        starts = {start for row in pack["rules"].values() for start in _starts(row)}
        editions = [(start, tuple(self._rules_on(pack, find_rule, start))) for start in starts]
        self._editions = [self._edition(start, rules) for start, rules in sorted(editions)]
        self._no_questions = Questions((), book_digest=self.digest, clock=self.clock)
        self._since = [edition.since for edition in self._editions]
        newest = {rule.id: rule for _, rules in sorted(editions) for rule in rules}
        self._rules = {rule_id: newest[rule_id] for rule_id in pack["rules"]}

    def _rules_on(
        self, pack: Mapping[str, Any], find_rule: FindRule, day: date
    ) -> Iterable[BoundRule]:
        in_force = {key: _in_force(row, day) for key, row in pack["rules"].items()}
        tables = {key: table for key, table in in_force.items() if table is not None}
        for rule_id, table in tables.items():
            row = pack["rules"][rule_id]
            yield bind_rule(
                rule_id=rule_id,
                row=row,
                rule=find_rule(row["check"]),
                table=table,
                used={name: tables[lender] for name, lender in row.get("uses", {}).items()},
                clock=self.clock,
                citations=self.citations,
            )

    def _edition(self, start: date, rules: tuple[BoundRule, ...]) -> _Edition:
        at = {
            stage: Questions(
                tuple(rule for rule in rules if stage in rule.stages),
                book_digest=self.digest,
                clock=self.clock,
            )
            for stage in STAGES
        }
        return _Edition(since=start.toordinal(), before_call=at["PRE"], at_registration=at["REG"])

    def before_call(self, at: datetime) -> Questions:
        """Return the rules in force at `at` that every call must pass; none means no call."""
        index = bisect_right(self._since, self.clock.day(at)) - 1
        return self._editions[index].before_call if index >= 0 else self._no_questions

    def at_registration(self, at: datetime) -> Questions:
        """Return the rules in force at `at` that a campaign's filing must pass."""
        index = bisect_right(self._since, self.clock.day(at)) - 1
        return self._editions[index].at_registration if index >= 0 else self._no_questions

    def rule(self, rule_id: str) -> BoundRule | None:
        """Return the newest edition of a rule, for whoever explains a stored finding."""
        return self._rules.get(rule_id)

    def rules(self) -> tuple[BoundRule, ...]:
        """Return the newest edition of every rule, in the pack's order."""
        return tuple(self._rules.values())

    def words(self, kind: str) -> Mapping[str, Mapping[str, str]]:
        """Return how people say the codes of one kind: by code, then by language."""
        words: Mapping[str, Mapping[str, str]] = self._words.get(kind, {})
        return words


def _citation(key: str, row: Mapping[str, Any]) -> Citation:
    return Citation(id=key, **({"issued": None} | dict(row)))


def _digest(pack: Mapping[str, Any], logic_digest: str) -> str:
    content = {"pack": jsonable(pack), "order": list(pack["rules"]), "logic": logic_digest}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _starts(row: Mapping[str, Any]) -> list[date]:
    starts = [table["since"] for table in row["params"]]
    if starts != sorted(set(starts)) or not starts:
        raise PackError("Dated parameters must be in ascending order of their dates.")
    return starts


def _in_force(row: Mapping[str, Any], day: date) -> Mapping[str, Any] | None:
    in_force = [table for table in row["params"] if table["since"] <= day]
    return {k: v for k, v in in_force[-1].items() if k != "since"} if in_force else None
