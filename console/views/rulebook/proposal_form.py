"""Read a proposal from a form: the numbers of one rule, from a day on, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from compliance.books import book
from compliance.models import PackEdition
from compliance.rule_sheet import pack_at
from compliance.rulebook.dated import FloorError, check_floor
from compliance.rulebook.leaves import LeafError, leaves, read_leaf, text_of, with_leaves
from console.selectors.rulebook.words import bound_word, path_word
from console.templatetags.either import either

LONGEST_REASON = 256
LONGEST_VERSION = 64
_FORM = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One number as the form shows it."""

    path: str
    word: str
    text: str
    now: str  # what holds at present
    floor: str
    error: str = ""

    @property
    def name(self) -> str:
        """Return its name in the form."""
        return f"n.{self.path}"


@dataclass(slots=True, kw_only=True)
class Proposal:
    """What was written into the form, and what is wrong with it."""

    rule_id: str
    fields: list[Field]
    version: str
    effective: str
    reason: str
    effective_from: datetime | None = None
    change: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)  # by field; "" of the whole


def suggested(rule_id: str, *, now: datetime) -> Proposal:
    """Return the form as it first stands: today's numbers, from tomorrow's midnight on."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0) + timedelta(days=1)
    count = PackEdition.objects.filter(proposer__isnull=False).count()
    return Proposal(
        rule_id=rule_id,
        fields=_fields(rule_id, {}, now, {}),
        version=f"{midnight:%Y-%m-%d}.{count + 1}",
        effective=midnight.strftime(_FORM),
        reason="",
    )


def read(rule_id: str, given: Mapping[str, str], *, now: datetime) -> Proposal:
    """Return what the form says, with an error beside every field that is wrong."""
    row = pack_at(now)["rules"][rule_id]
    table = _holding(row, now)
    values, errors = _values(given, table)
    errors |= _below_floor(rule_id, table, values, row.get("floor", {}), errors)
    reason, version = given.get("reason", "").strip(), given.get("version", "").strip()
    effective = given.get("effective", "")
    at = _instant(effective)
    errors |= _rest_of(reason, version, at, now)
    if not errors and values == leaves(table):
        errors[""] = either("没有改动任何数值。", "No number is different.")
    return Proposal(
        rule_id=rule_id,
        fields=_fields(rule_id, given, now, errors),
        version=version,
        effective=effective,
        reason=reason,
        effective_from=at,
        change=_change(rule_id, version, at, with_leaves(table, values))
        if at is not None and not errors
        else {},
        errors=errors,
    )


def _fields(
    rule_id: str, given: Mapping[str, str], now: datetime, errors: Mapping[str, str]
) -> list[Field]:
    row = pack_at(now)["rules"][rule_id]
    floors = row.get("floor", {})
    return [
        Field(
            path=path,
            word=path_word(path),
            text=given.get(f"n.{path}", text_of(value)),
            now=text_of(value),
            floor=bound_word(floors[path]) if path in floors else "",
            error=errors.get(path, ""),
        )
        for path, value in leaves(_holding(row, now)).items()
    ]


def _values(
    given: Mapping[str, str], table: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    values, errors = {}, {}
    for path, value in leaves(table).items():
        try:
            values[path] = read_leaf(given.get(f"n.{path}", ""), like=value)
        except LeafError:
            errors[path] = _wanted(value)
    return values, errors


def _wanted(value: object) -> str:
    if isinstance(value, bool):
        return either("请写 true 或 false。", "Write true or false.")
    return either("请写整数。", "Write a whole number.")


def _below_floor(
    rule_id: str,
    table: Mapping[str, Any],
    values: Mapping[str, Any],
    floor: Mapping[str, Any],
    errors: Mapping[str, str],
) -> dict[str, str]:
    """Say of each number by itself whether it is looser than its floor; the services judge."""
    found = {}
    proposed = with_leaves(table, values)
    for path, bound in floor.items():
        try:
            if path not in errors:
                check_floor(rule_id, proposed, {path: bound})
        except (FloorError, ValueError, TypeError):
            found[path] = either(
                f"不能突破底线：{bound_word(bound)}。",
                f"Looser than its floor: {bound_word(bound)}.",
            )
    return found


def _rest_of(reason: str, version: str, at: datetime | None, now: datetime) -> dict[str, str]:
    errors = {}
    if not 0 < len(reason) <= LONGEST_REASON:
        errors["reason"] = either("请写明理由（256 字以内）。", "Say why, in 256 signs at most.")
    if not 0 < len(version) <= LONGEST_VERSION:
        errors["version"] = either("请写版本号。", "Name the version.")
    if at is None or at <= now:
        errors["effective"] = either(
            "请选择将来的时刻：规则不溯及既往。",
            "Choose an instant to come: no rule judges the past.",
        )
    return errors


def _change(rule_id: str, version: str, at: datetime, table: Mapping[str, Any]) -> dict[str, Any]:
    day = datetime.fromisoformat(book().clock.date_text(at)).date()
    params = [{"since": day} | {key: value for key, value in table.items() if key != "since"}]
    return {"amends": book().id, "version": version, "rules": {rule_id: {"params": params}}}


def _holding(row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    today = datetime.fromisoformat(book().clock.date_text(now)).date()
    begun: list[dict[str, Any]] = [one for one in row["params"] if one["since"] <= today]
    return begun[-1]


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=timezone.get_default_timezone())
