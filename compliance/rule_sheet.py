"""The rulebook as people read it: each rule with its basis, citations, numbers and floors."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from compliance.books import read_pack
from compliance.citation_said import citation_data
from compliance.daily_figures import day_bounds, objections_by_rule
from compliance.editions import book_at, edition_in_force, pack_of
from compliance.rulebook.book import Book
from compliance.rulebook.bound import BASES, BoundRule
from compliance.rulebook.dated import jsonable

BOUNDS = {
    "at_most": ("至多", "at most"),
    "at_least": ("至少", "at least"),
    "equals": ("等于", "equals"),
    "subset_of": ("不超出", "nothing beyond"),
    "superset_of": ("须含", "everything of"),
    "within": ("须在此时段内", "within"),
}


def rule_sheet(*, at: datetime, day: date, ids: Sequence[str] = ()) -> dict[str, Any]:
    """Return the rules in force at `at`, and what each objected to on the local day `day`.

    :param ids: of the rules wanted; all, if there are none
    :raises LookupError: if one of them is not in the book
    """
    book, counts = book_at(at), _counts(day)
    return {
        "pack": book.id,
        "version": book.version,
        "book_sha256": book.digest,
        "day": day.isoformat(),
        "rules": [
            row
            | {
                "objections": {
                    "defer": counts[row["rule"], "defer"],
                    "refuse": counts[row["rule"], "refuse"],
                }
            }
            for row in stated_rules(at=at, ids=ids)
        ],
    }


def stated_rules(*, at: datetime, ids: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Return the rules in force at `at` as data, in the order of asking.

    :param ids: of the rules wanted; all, if there are none
    :raises LookupError: if one of them is not in the book
    """
    book = book_at(at)
    stated = pack_at(at)["rules"]
    known = {rule.id: rule for rule in _rules(book, at)}
    if missing := [rule_id for rule_id in ids if rule_id not in known]:
        raise LookupError(", ".join(missing))
    wanted = [rule for key, rule in known.items() if not ids or key in ids]
    return [_rule(rule, stated[rule.id], at, book) for rule in wanted]


def pack_at(at: datetime) -> dict[str, Any]:
    """Return the pack in force at `at`: an edition's, or the shipped one."""
    edition = edition_in_force(at=at)
    return read_pack(book_at(at).id) if edition is None else pack_of(edition)


def _rules(book: Book, at: datetime) -> tuple[BoundRule, ...]:
    return (*book.before_call(at).rules, *book.at_registration(at).rules)


def _counts(day: date) -> Counter[tuple[str, str]]:
    rows = objections_by_rule(*day_bounds(day))
    return Counter({(row["rule"], row["verdict"]): row["count"] for row in rows})


def _rule(rule: BoundRule, row: Mapping[str, Any], at: datetime, book: Book) -> dict[str, Any]:
    today = date.fromisoformat(book.clock.date_text(at))
    numbers = [table for table in row["params"] if table["since"] <= today][-1]
    return {
        "rule": rule.id,
        "title": {"zh": rule.title_zh, "en": rule.title_en},
        "basis": {"code": rule.basis, **BASES[rule.basis]},
        "stages": sorted(rule.stages),
        "holds": rule.holds,
        "since": numbers["since"].isoformat(),
        "numbers": jsonable({k: v for k, v in numbers.items() if k != "since"}),
        "floors": jsonable(row.get("floor", {})),
        "citations": [citation_data(citation) for citation in rule.cites],
        "reasons": [
            {"code": code, "zh": reason.zh, "en": reason.en}
            for code, reason in sorted(rule.rule.reasons.items())
        ],
    }


def sheet_lines(sheet: Mapping[str, Any], *, whole: bool) -> list[str]:
    """Return the sheet as lines for a reader: a line for each rule, or everything about each."""
    day = sheet["day"]
    lines = [f"{sheet['pack']} {sheet['version']} {sheet['book_sha256']}"]
    for row in sheet["rules"]:
        done = row["objections"]
        lines.append(
            f"{row['rule']} {row['title']['zh']} / {row['title']['en']} · {day} "
            f"拒绝 refused {done['refuse']}，推迟 deferred {done['defer']}"
        )
        if whole:
            lines += _whole(row)
    return lines


def _whole(row: Mapping[str, Any]) -> list[str]:
    lines = [f"  依据 basis: {row['basis']['zh']} / {row['basis']['en']}"]
    for cited in row["citations"]:
        seen = "" if cited["verified"] else "（条文原文尚待核对 wording not seen）"
        lines.append(
            f"  § {cited['title']['zh']} {cited['article']} / {cited['title']['en']}{seen}"
        )
    lines += [f"  {name} = {value}" for name, value in row["numbers"].items()]
    for name, bound in row["floors"].items():
        ((kind, limit),) = bound.items()
        zh, en = BOUNDS[kind]
        lines.append(f"  底线 floor: {name} {zh} {en} {limit}")
    for reason in row["reasons"]:
        lines += [f"  {reason['code']}: {reason['zh']}", f"    {reason['en']}"]
    return lines
