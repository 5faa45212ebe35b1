"""A rule as one pack states it: its numbers, their sources, its citations, and what it holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from compliance.rulebook.dated import check_floor
from compliance.rulebook.decision import ALLOW, NOT_APPLICABLE, Finding, Reason
from compliance.rulebook.local import LocalClock
from compliance.rulebook.overlay import only_when
from compliance.rulebook.rule import Rule
from compliance.rulebook.stated import Stated

BASES = {
    "a": {"zh": "十三部门方案", "en": "the 13-department plan"},
    "b": {"zh": "后续法律法规与标准", "en": "follow-up law, regulation or standard"},
    "c": {"zh": "行业惯例", "en": "industry practice"},
    "d": {"zh": "本系统扩展", "en": "our extension"},
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
    title_en: str
    article: str  # "zh / en", or one for both
    issued: date | None  # day of issue, or of entry into force; None: not established
    verified: bool

    @property
    def article_zh(self) -> str:
        """Where in the text, for a Chinese reader."""
        return self.article.partition(" / ")[0]

    @property
    def article_en(self) -> str:
        """Where in the text, for an English reader."""
        return self.article.rpartition(" / ")[2]


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
    sources: Mapping[str, tuple[Citation, ...]]  # where each number comes from
    stages: frozenset[str]
    holds: str  # what waits when the rule objects: callee, seat, campaign or platform
    allowed: Finding  # made once, because most answers are one of these two
    not_applicable: Finding

    @property
    def on_call(self) -> bool:
        """Return whether the rule looks at the whole call, not only at the filing."""
        return self.rule.scope != "filing"

    def reason(self, code: str) -> Reason | None:
        """Return the bilingual sentence behind a stored reason code."""
        return self.rule.reasons.get(code)


def bind_rule(
    *,
    rule_id: str,
    row: Mapping[str, Any],
    rule: Rule[Any],
    table: Mapping[str, Any],
    used: Mapping[str, Mapping[str, Any]],
    clock: LocalClock,
    citations: Mapping[str, Citation],
) -> BoundRule:
    """Bind one rule to what the pack states.

    :raises PackError: if the row lacks something that every rule must have
    :raises FloorError: if a number is looser than its floor
    """
    stages = frozenset(row["stages"])
    _check_row(rule_id, row, rule, stages)
    check_floor(rule_id, table, row.get("floor", {}))
    sources = row.get("sources", {})
    if sources.keys() != table.keys():
        raise PackError(f"{rule_id}: not every number has a source, or a source has no number.")
    return BoundRule(
        id=rule_id,
        rule=only_when(rule, row.get("when")),
        params=rule.read_params(Stated(table=table, clock=clock, used=used)),
        title_zh=row["title_zh"],
        title_en=row["title_en"],
        basis=row["basis"],
        cites=tuple(citations[key] for key in row["cites"]),
        sources={name: tuple(citations[key] for key in keys) for name, keys in sources.items()},
        stages=stages,
        holds=row["holds"],
        allowed=Finding(rule_id=rule_id, answer=ALLOW),
        not_applicable=Finding(rule_id=rule_id, answer=NOT_APPLICABLE),
    )


def _check_row(
    rule_id: str, row: Mapping[str, Any], rule: Rule[Any], stages: frozenset[str]
) -> None:
    if row["basis"] not in BASES or row["holds"] not in HOLDS or not row["cites"]:
        raise PackError(f"{rule_id} needs a basis, what it holds, and a citation.")
    if not stages or not stages <= STAGES:
        raise PackError(f"{rule_id} names a stage that nobody asks at.")
    if rule.scope != "filing" and "REG" in stages:
        raise PackError(f"{rule_id} judges a call; at registration there is none.")
