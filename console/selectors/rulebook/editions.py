"""Editions of the pack, and what is different between two of them, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from compliance.editions import edition_in_force, pack_of
from compliance.models import PackEdition
from compliance.rulebook.differences import Difference, differences
from compliance.rulebook.leaves import text_of
from console.selectors.explained import reader_language
from console.selectors.objections import title_of
from console.templatetags.either import either

PARTS = {
    "version": ("版本号", "version"),
    "floor": ("底线", "floors"),
    "sources": ("数值出处", "sources of numbers"),
    "cites": ("引用", "citations"),
    "citations": ("文献", "texts cited"),
    "stages": ("检查环节", "stages"),
    "words": ("用词", "words"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionRow:
    """One edition in the list."""

    edition: PackEdition
    state: str  # shipped, in_force, to_come, proposed, past


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference, said."""

    one: Difference
    title: str
    what: str
    before: str
    after: str


def edition_rows(*, now: datetime) -> list[EditionRow]:
    """Return every edition, the newest first."""
    current = edition_in_force(at=now)
    rows = PackEdition.objects.defer("content").select_related("proposer", "approver", "base")
    return [
        EditionRow(edition=one, state=state_of(one, current=current, now=now))
        for one in rows.order_by("-pk")
    ]


def state_of(edition: PackEdition, *, current: PackEdition | None, now: datetime) -> str:
    """Return where an edition stands."""
    if current is not None and edition.pk == current.pk:
        return "in_force"
    if edition.proposer_id is None:
        return "in_force" if current is None else "shipped"
    if edition.approver_id is None:
        return "proposed" if edition.effective_from >= now else "lapsed"
    return "to_come" if edition.effective_from > now else "past"


def changes(old: PackEdition, new: PackEdition) -> list[Change]:
    """Return what the newer edition says otherwise, in the reader's language."""
    language = reader_language()
    return [
        Change(
            one=one,
            title=title_of(one.rule, language)
            if one.rule
            else either("整个规则集", "The whole pack"),
            what=_what(one),
            before=_said(one.before),
            after=_said(one.after),
        )
        for one in differences(pack_of(old), pack_of(new))
    ]


def has_looser(found: Sequence[Change]) -> bool:
    """Return whether a number comes nearer to its floor."""
    return any(change.one.direction == "looser" for change in found)


def _what(one: Difference) -> str:
    if one.path:
        return either(*PARTS.get(one.path, (one.path, one.path)))
    if one.before is None:
        return either("新增规则", "rule added")
    return either("删除规则", "rule dropped")


def _said(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_said(item)}" for key, item in value.items())[:300]
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))[:300]
    return text_of(value)
