"""One rule: its numbers with their floors and sources, their history, and its month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from compliance.rule_sheet import pack_at, stated_rules
from compliance.rulebook.leaves import leaves, text_of
from compliance.selectors.rule_usage import Used, rule_days, rule_usage
from console.selectors.explained import reader_language
from console.selectors.rulebook.counted import Counted, counted
from console.selectors.rulebook.words import HOLDS, STAGES, bound_word, path_word
from console.templatetags.either import either

BAR_WIDTH, BAR_GAP, BAR_HEIGHT = 16, 4, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One number of a rule."""

    path: str
    word: str
    text: str
    floor: str  # in words; empty if it has none
    sources: Sequence[str]  # titles of what it comes from


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One day of the chart, in the units of its view box."""

    day: date
    used: Used
    x: int
    refused: float
    deferred: float

    @property
    def refused_y(self) -> float:
        """Return where the part of the refusals begins."""
        return BAR_HEIGHT - self.refused

    @property
    def deferred_y(self) -> float:
        """Return where the part of the deferrals begins."""
        return BAR_HEIGHT - self.refused - self.deferred


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePage:
    """Everything about one rule."""

    stated: dict[str, Any]
    holds: str
    stages: Sequence[str]
    numbers: Sequence[Number]
    history: Sequence[tuple[date, Sequence[tuple[str, str]]]]  # since, path and text
    used: Used
    counted: Counted
    counted_at: datetime | None
    bars: Sequence[Bar]

    @property
    def chart_width(self) -> int:
        """Return the width of the chart's view box."""
        return len(self.bars) * (BAR_WIDTH + BAR_GAP)


def rule_page(rule_id: str, *, now: datetime) -> RulePage:
    """Return everything about one rule in force.

    :raises LookupError: if there is none
    """
    (stated,) = stated_rules(at=now, ids=[rule_id])
    pack = pack_at(now)
    usage = rule_usage(now=now)
    row = pack["rules"][rule_id]
    return RulePage(
        stated=stated,
        holds=either(*HOLDS[stated["holds"]]),
        stages=[either(*STAGES[one]) for one in stated["stages"]],
        numbers=_numbers(stated["numbers"], row, pack["citations"]),
        history=[
            (table["since"], [(path, text_of(value)) for path, value in leaves(table).items()])
            for table in reversed(row["params"])
        ],
        used=usage.rules.get(rule_id, Used()),
        counted=counted(rule_id, usage=usage),
        counted_at=usage.counted_at,
        bars=_bars(rule_days(rule_id, now=now)),
    )


def _numbers(
    numbers: Mapping[str, Any], row: Mapping[str, Any], citations: Mapping[str, Any]
) -> list[Number]:
    floors, sources = row.get("floor", {}), row.get("sources", {})
    title = "title" if reader_language() == "zh" else "title_en"
    return [
        Number(
            path=path,
            word=path_word(path),
            text=text_of(value),
            floor=bound_word(floors[path]) if path in floors else "",
            sources=[str(citations[key][title]) for key in sources.get(path.split(".")[0], ())],
        )
        for path, value in leaves(numbers).items()
    ]


def _bars(days: Sequence[tuple[date, Used]]) -> list[Bar]:
    most = max((used.objected for _, used in days), default=0) or 1
    return [
        Bar(
            day=day,
            used=used,
            x=place * (BAR_WIDTH + BAR_GAP),
            refused=BAR_HEIGHT * used.refused / most,
            deferred=BAR_HEIGHT * used.deferred / most,
        )
        for place, (day, used) in enumerate(days)
    ]
