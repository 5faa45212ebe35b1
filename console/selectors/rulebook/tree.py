"""The rulebook as a tree: pack, families, rules, with what each rule did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from compliance.editions import book_at, edition_in_force
from compliance.models import PackEdition
from compliance.rule_sheet import stated_rules
from compliance.selectors.rule_usage import Usage, rule_usage
from console.selectors.rulebook.counted import Counted, counted
from console.selectors.rulebook.words import family, family_word


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """One rule in the tree."""

    stated: dict[str, Any]  # compliance.rule_sheet
    counted: Counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """The rules of one subject."""

    code: str
    word: str
    rules: Sequence[RuleRow]

    @property
    def refused(self) -> int:
        """Return how often its rules refused."""
        return sum(row.counted.refused.count for row in self.rules)

    @property
    def deferred(self) -> int:
        """Return how often its rules deferred."""
        return sum(row.counted.deferred.count for row in self.rules)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The book in force."""

    pack: str
    version: str
    digest: str
    edition: PackEdition | None  # None: the shipped pack
    families: Sequence[Family]
    usage: Usage

    @property
    def rules(self) -> int:
        """Return how many rules it has."""
        return sum(len(one.rules) for one in self.families)


def tree(*, now: datetime) -> Tree:
    """Return the book in force with what its rules did in the last 30 days."""
    book, usage = book_at(now), rule_usage(now=now)
    groups: dict[str, list[RuleRow]] = {}
    for row in stated_rules(at=now):
        shown = RuleRow(stated=row, counted=counted(row["rule"], usage=usage))
        groups.setdefault(family(row["rule"]), []).append(shown)
    return Tree(
        pack=book.id,
        version=book.version,
        digest=book.digest,
        edition=edition_in_force(at=now),
        families=[
            Family(code=code, word=family_word(code), rules=rules)
            for code, rules in groups.items()
        ],
        usage=usage,
    )
