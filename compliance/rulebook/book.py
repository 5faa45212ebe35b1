"""A book: the rules that a pack lists, each bound to its dated numbers and citations."""

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from audit.canonical import canon
from compliance.rulebook.dated import check_floor, jsonable
from compliance.rulebook.decision import ALLOW, Finding, Reason
from compliance.rulebook.rule import Rule

BASES = {
    "a": ("十三部门方案", "the 13-department plan"),
    "b": ("后续法律法规与标准", "follow-up law, regulation or standard"),
    "c": ("行业惯例", "industry practice"),
    "d": ("本系统扩展", "our extension"),
}
HOLDS = frozenset({"callee", "seat", "campaign", "platform"})
STAGES = frozenset({"REG", "PRE"})


class PackError(ValueError):
    """A pack cannot be used as it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A text that a rule rests on; `verified` is False where the wording was not seen."""

    id: str
    title: str
    article: str
    issued: date | None
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundRule:
    """A rule as one pack states it on one day."""

    id: str
    rule: Rule[Any]
    params: Any
    title_zh: str
    title_en: str
    basis: str  # a, b, c or d
    cites: tuple[Citation, ...]
    stages: frozenset[str]
    holds: str  # what waits when the rule objects: callee, seat, campaign or platform
    allowed: Finding  # made once, because most answers are this one

    def reason(self, code: str) -> Reason | None:
        """Return the bilingual sentence behind a stored reason code."""
        return self.rule.reasons.get(code)


class Book:
    """An ordered set of rules with a digest; the same facts and book give the same decision."""

    def __init__(
        self,
        *,
        pack: Mapping[str, Any],
        find_rule: Callable[[str], Rule[Any]],
        logic_digest: str,
    ) -> None:
        """Bind every rule of `pack`, checking that no number is looser than its floor.

        :param find_rule: returns the rule for a name such as "hours.purpose_window"
        :param logic_digest: sha256 hex of the rules' source; part of the book's digest
        :raises PackError: if the pack is malformed or looser than a floor
        """
        try:
            self._bind(pack, find_rule)
            self.digest = hashlib.sha256(
                canon({"pack": jsonable(pack), "logic": logic_digest})
            ).hexdigest()
        except (KeyError, TypeError, ValueError) as error:
            raise PackError(f"Pack {pack.get('id', '?')}: {error!r}") from error

    def _bind(self, pack: Mapping[str, Any], find_rule: Callable[[str], Rule[Any]]) -> None:
        self.id: str = pack["id"]
        self.version: str = pack["version"]
        self.utc_offset = timezone(timedelta(hours=pack["utc_offset_hours"]))
        self.citations = {key: Citation(id=key, **row) for key, row in pack["citations"].items()}
        starts = {since for row in pack["rules"].values() for since in _starts(row)}
        self._starts = sorted(starts)
        editions = [self._edition(pack, find_rule, start) for start in self._starts]
        self._before_call = [_at_stage(rules, "PRE") for rules in editions]
        self._at_registration = [_at_stage(rules, "REG") for rules in editions]
        self._rules = {rule.id: rule for rules in editions for rule in rules}

    def _edition(
        self, pack: Mapping[str, Any], find_rule: Callable[[str], Rule[Any]], day: date
    ) -> tuple[BoundRule, ...]:
        return tuple(
            self._bound(rule_id, row, find_rule(row["check"]), table)
            for rule_id, row in pack["rules"].items()
            for table in [_in_force(row, day)]
            if table is not None
        )

    def _bound(
        self, rule_id: str, row: Mapping[str, Any], rule: Rule[Any], table: Mapping[str, Any]
    ) -> BoundRule:
        if row["basis"] not in BASES or row["holds"] not in HOLDS or not row["cites"]:
            raise PackError(f"{rule_id} needs a basis, what it holds, and a citation.")
        stages = frozenset(row["stages"])
        if not stages or not stages <= STAGES:
            raise PackError(f"{rule_id} names a stage that nobody asks at.")
        check_floor(rule_id, table, row.get("floor", {}))
        return BoundRule(
            id=rule_id,
            rule=rule,
            params=rule.read_params(table),
            title_zh=row["title_zh"],
            title_en=row["title_en"],
            basis=row["basis"],
            cites=tuple(self.citations[key] for key in row["cites"]),
            stages=stages,
            holds=row["holds"],
            allowed=Finding(rule_id=rule_id, answer=ALLOW),
        )

    def before_call(self, at: datetime) -> tuple[BoundRule, ...]:
        """Return the rules in force at `at` that every call must pass."""
        return self._before_call[self._edition_index(at)]

    def at_registration(self, at: datetime) -> tuple[BoundRule, ...]:
        """Return the rules in force at `at` that a campaign's filing must pass."""
        return self._at_registration[self._edition_index(at)]

    def _edition_index(self, at: datetime) -> int:
        index = bisect_right(self._starts, at.astimezone(self.utc_offset).date()) - 1
        if index < 0:
            raise PackError(f"Pack {self.id} has no rules for {at:%Y-%m-%d}.")
        return index

    def rule(self, rule_id: str) -> BoundRule | None:
        """Return the newest edition of a rule, for whoever explains a stored finding."""
        return self._rules.get(rule_id)

    def rules(self) -> tuple[BoundRule, ...]:
        """Return the newest edition of every rule, in the pack's order."""
        return tuple(self._rules.values())


def _starts(row: Mapping[str, Any]) -> list[date]:
    starts = [table["since"] for table in row["params"]]
    if starts != sorted(set(starts)) or not starts:
        raise PackError("Dated parameters must be in ascending order of their dates.")
    return starts


def _in_force(row: Mapping[str, Any], day: date) -> Mapping[str, Any] | None:
    in_force = [table for table in row["params"] if table["since"] <= day]
    return {k: v for k, v in in_force[-1].items() if k != "since"} if in_force else None


def _at_stage(rules: tuple[BoundRule, ...], stage: str) -> tuple[BoundRule, ...]:
    return tuple(rule for rule in rules if stage in rule.stages)
