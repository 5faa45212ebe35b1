"""The figures of a daily report as tables, in both languages; page and paper show the same."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from compliance.books import book as shipped_book
from compliance.numbers import Words
from console.selectors.objections import title_of
from console.selectors.officer import words
from console.selectors.officer.words import said_of

Row = Sequence[Words | str | int]
ORIGINS: Mapping[str, Words] = {
    "progressive": Words("任务自动", "campaign"),
    "preview": Words("预览", "preview"),
    "retry": Words("再次尝试", "next try"),
    "manual": Words("人工请求", "asked by hand"),
    "callback": Words("约定回拨", "call-back"),
    "api": Words("接口", "API"),
    "question": Words("仅查询", "question only"),
}
COUNT = Words("数量", "count")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One table of the report. `links` lead to the rows behind its lines, if a page has them."""

    title: Words
    heading: Sequence[Words]
    rows: Sequence[Row]
    links: Sequence[str] = ()

    @property
    def linked(self) -> Sequence[tuple[Row, str]]:
        """Each row with its link."""
        links = [*self.links, *[""] * (len(self.rows) - len(self.links))]
        return list(zip(self.rows, links, strict=True))


def parts_of(figures: Mapping[str, Any]) -> Sequence[Part]:
    """Return the tables of a day's figures."""
    day = figures["day"]
    return [part(figures, day) for part in PARTS]


def _listed(**asked: str) -> str:
    """Return where the decisions are that fit."""
    return f"{reverse('console:decisions')}?{urlencode(asked)}"


def _decisions(figures: Mapping[str, Any], day: str) -> Part:
    rows = figures["decisions"]
    return Part(
        title=Words("判定", "Decisions"),
        heading=(Words("结论", "verdict"), COUNT),
        rows=[(said_of(words.VERDICTS, row["what"]), row["count"]) for row in rows],
        links=[_listed(verdict=row["what"], day=day) for row in rows],
    )


def _asked_by(figures: Mapping[str, Any], day: str) -> Part:
    rows = figures["asked_by"]
    return Part(
        title=Words("由谁申请", "Asked by"),
        heading=(Words("途径", "path"), COUNT),
        rows=[(said_of(ORIGINS, row["what"]), row["count"]) for row in rows],
        links=[_listed(origin=row["what"], day=day) for row in rows],
    )


def _rules(figures: Mapping[str, Any], day: str) -> Part:
    book, rows = shipped_book(), figures["objections_by_rule"]
    return Part(
        title=Words("规则拦截与推迟", "What rules objected"),
        heading=(Words("规则", "rule"), Words("结论", "verdict"), COUNT),
        rows=[
            (
                Words(
                    f"规则 {row['rule']} {title_of(row['rule'], 'zh', book=book)}",
                    f"{row['rule']} {title_of(row['rule'], 'en', book=book)}",
                ),
                said_of(words.VERDICTS, row["verdict"]),
                row["count"],
            )
            for row in rows
        ],
        links=[_listed(rule=row["rule"], verdict=row["verdict"], day=day) for row in rows],
    )


def _refusals(figures: Mapping[str, Any], day: str) -> Part:  # noqa: ARG001 - of all parts
    rows: list[Row] = [
        (said_of(words.SOURCES, row["what"]), row["count"]) for row in figures["refusals"]
    ]
    everywhere = (
        Words("其中：拒绝一切来电", "of these: of every call"),
        figures["refusals_everywhere"],
    )
    return Part(
        title=Words("拒绝", "Refusals"),
        heading=(Words("来源", "source"), COUNT),
        rows=[*rows, everywhere],
    )


def _by_seat(figures: Mapping[str, Any], day: str) -> Part:  # noqa: ARG001
    check, fine = Words("须全部核查", "check every call"), Words("正常", "as its peers")
    return Part(
        title=Words("各坐席的拒绝登记", "Refusals by seat"),
        heading=(
            Words("坐席", "seat"),
            Words("接通", "answered"),
            Words("拒绝", "refused"),
            Words("同侪预期", "expected"),
            Words("改判", "overruled"),
            Words("结论", "what follows"),
        ),
        rows=[
            (
                row["seat"],
                row["answered"],
                row["refused"],
                f"{row['expected_milli'] / 1000:.1f}",
                row["overruled"],
                check if row["check_all"] else fine,
            )
            for row in figures["refusals_by_seat"]
        ],
    )


def _complaints(figures: Mapping[str, Any], day: str) -> Part:  # noqa: ARG001
    told = figures["complaints"]
    rows: list[Row] = [
        (Words(f"受理：{one.zh}", f"opened: {one.en}"), row["count"])
        for row in told["opened"]
        for one in (said_of(words.CHANNELS, row["what"]),)
    ]
    rows += [
        (Words(f"步骤：{one.zh}", f"step: {one.en}"), row["count"])
        for row in told["steps"]
        for one in (said_of(words.STEPS, row["what"]),)
    ]
    rows.append((Words("日终未结", "open at the end"), told["open_at_the_end"]))
    return Part(
        title=Words("投诉", "Complaints"), heading=(Words("事项", "what"), COUNT), rows=rows
    )


def _suspensions(figures: Mapping[str, Any], day: str) -> Part:  # noqa: ARG001
    return Part(
        title=Words("新增暂停", "Suspensions begun"),
        heading=(Words("编号", "no."), Words("对象", "of"), Words("原因", "cause")),
        rows=[
            (row["id"], said_of(words.SCOPES, row["scope"]), said_of(words.CAUSES, row["cause"]))
            for row in figures["suspensions"]
        ],
        links=[reverse("console:suspension", args=[row["id"]]) for row in figures["suspensions"]],
    )


def _numbers(figures: Mapping[str, Any], day: str) -> Part:
    numbers = figures["numbers"]
    return Part(
        title=Words("主叫号码与线路", "Caller numbers and trunks"),
        heading=(
            Words("主叫号码", "caller number"),
            Words("线路", "trunk"),
            Words("许可", "permits"),
            Words("呼出", "placed"),
            Words("接通", "answered"),
            Words("人数", "people"),
        ),
        rows=[
            tuple(
                row[name]
                for name in ("caller_number", "trunk", "permits", "placed", "answered", "people")
            )
            for row in numbers
        ],
        links=[
            _listed(caller=row["caller_number"], trunk=row["trunk"], day=day) for row in numbers
        ],
    )


PARTS: Sequence[Callable[[Mapping[str, Any], str], Part]] = (
    _decisions,
    _asked_by,
    _rules,
    _refusals,
    _by_seat,
    _complaints,
    _suspensions,
    _numbers,
)
