"""A replay's report, as people read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.selectors.explained import reader_language
from console.selectors.objections import title_of
from console.templatetags.either import either

VERDICTS = {
    "allow": ("允许", "allowed"),
    "defer": ("推迟", "deferred"),
    "refuse": ("拦截", "refused"),
    "unknown": ("不能确定", "not known"),
    "unreadable": ("无法读取", "unreadable"),
}
CHANGES = {
    "newly_refused": ("新增拦截", "newly refused"),
    "newly_deferred": ("新增推迟", "newly deferred"),
    "no_longer": ("不再反对", "objects no longer"),
    "unknown": ("当时未记录所需事实", "a fact it asks for was not recorded"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """How many decisions went from one verdict to another."""

    before: str
    after: str
    before_word: str
    after_word: str
    count: int

    @property
    def same(self) -> bool:
        """Return whether nothing is different for them."""
        return self.before == self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleShift:
    """What one rule would have done otherwise."""

    rule: str
    title: str
    what: str
    word: str
    count: int
    examples: Sequence[str]  # ids of decisions


def shifts(report: Mapping[str, Any]) -> list[Shift]:
    """Return the changes of verdict, those that differ first."""
    found = []
    for change, count in report["verdicts"].items():
        before, _, after = change.partition(" > ")
        found.append(
            Shift(
                before=before,
                after=after,
                before_word=either(*VERDICTS.get(before, (before, before))),
                after_word=either(*VERDICTS.get(after, (after, after))),
                count=count,
            )
        )
    return sorted(found, key=lambda one: (one.same, -one.count))


def rule_shifts(report: Mapping[str, Any]) -> list[RuleShift]:
    """Return what each rule would have done otherwise."""
    language = reader_language()
    return [
        RuleShift(
            rule=rule,
            title=title_of(rule, language),
            what=what,
            word=either(*CHANGES[what]),
            count=cases["count"],
            examples=cases["examples"],
        )
        for rule, by_change in report["rules"].items()
        for what, cases in by_change.items()
    ]
