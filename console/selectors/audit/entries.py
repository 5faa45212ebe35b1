"""Entries of the trail as pages show them: what happened in words, who, and the proof of it."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from audit.actions import ACTIONS, BY_NAME
from audit.check import mac_holds
from audit.models import AuditEntry, AuditLeaf
from audit.proofs import Inclusion, NotSealedError, Signed, inclusion, newest_checkpoint
from audit.search import Wanted
from audit.storable import storable
from audit.stored_tiles import TileMissingError
from audit.verify import inclusion_root, leaf_hash
from compliance.models import User
from console.asked import instant_from, whole_from
from console.templatetags.either import either

REFERENCE = re.compile(r"[a-z][a-z0-9_]{0,31}:[0-9A-Za-z._:/-]{1,120}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry in a list."""

    entry: AuditEntry
    said: str
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The way from one entry to the newest signed root, walked again."""

    signed: Signed
    path: Inclusion
    leaf: bytes  # of the body as it is stored now
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One entry with all that there is to check about it."""

    line: Line
    body: str  # its exact bytes, which are text
    laid_out: str
    said: Mapping[str, Any]
    commitments: Sequence[tuple[str, str, bool]]  # field, commitment, whether it is still there
    written_here: bool
    proof: Proof | None  # None: no checkpoint covers it yet
    broken: bool  # it is sealed, and the tree cannot prove it


def wanted_from(given: Mapping[str, str]) -> Wanted:
    """Read the filters of a query string; what cannot be understood is not asked for."""
    action = given.get("action", "")
    return Wanted(
        action=action if action in BY_NAME else "",
        actor=_reference(given.get("actor", "")),
        object=_reference(given.get("object", "")),
        since=instant_from(given.get("since", "")),
        until=instant_from(given.get("until", "")),
    )


def before_from(text: str) -> int | None:
    """Read where a page begins."""
    return whole_from(text)


def lines(entries: Sequence[AuditEntry]) -> list[Line]:
    """Say each entry in the reader's language, with the account's name where it has one."""
    keys = {key for entry in entries if (key := _account(entry.actor)) is not None}
    names = dict(User.objects.filter(pk__in=keys).values_list("pk", "username"))
    return [
        Line(entry=one, said=_said(one), actor=str(names.get(_account(one.actor) or 0, "")))
        for one in entries
    ]


def entry_named(text: str) -> int | None:
    """Return the id of the entry that has this eid or this place in the tree."""
    if (place := before_from(text)) is not None:
        return AuditLeaf.objects.filter(pk=place).values_list("entry_id", flat=True).first()
    try:
        return AuditEntry.objects.filter(eid=UUID(text)).values_list("pk", flat=True).first()
    except ValueError:
        return None


def shown(entry: AuditEntry) -> Shown:
    """Return one entry, its leaf made anew from its bytes and its proof walked to the root."""
    body = bytes(entry.body)
    text = body.decode(errors="replace")
    said = _parsed(text)
    proof, broken = _proof(entry.pk, body)
    return Shown(
        line=lines([entry])[0],
        body=text,
        laid_out=json.dumps(said, ensure_ascii=False, indent=2) if said else text,
        said=said,
        commitments=_commitments(entry, said),
        written_here=mac_holds(entry),
        proof=proof,
        broken=broken,
    )


def _proof(entry_id: int, body: bytes) -> tuple[Proof | None, bool]:
    try:
        signed = newest_checkpoint()
        path = inclusion(entry_id=entry_id, size=signed.size)
    except NotSealedError:
        return None, False
    except TileMissingError:
        return None, True
    leaf = leaf_hash(body)
    root = inclusion_root(path.index, path.size, leaf, path.path)
    holds = root == signed.checkpoint.root
    return Proof(signed=signed, path=path, leaf=leaf, holds=holds), not holds


def _commitments(entry: AuditEntry, said: Mapping[str, Any]) -> list[tuple[str, str, bool]]:
    committed = said.get("pii")
    if not isinstance(committed, dict):
        return []
    kept = set(entry.personal.values_list("field", flat=True))
    return [(str(name), str(value), name in kept) for name, value in committed.items()]


def _parsed(text: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _said(entry: AuditEntry) -> str:
    action = BY_NAME.get(entry.action)
    return either(action.zh, action.en) if action else entry.action


def _account(actor: str) -> int | None:
    kind, _, key = actor.partition(":")
    return before_from(key) if kind == "u" else None


def _reference(text: str) -> str:
    text = storable(text.strip())
    if REFERENCE.fullmatch(text):
        return text
    user = User.objects.filter(username=text).first() if text else None
    return f"u:{user.pk}" if user else ""


def action_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the actions by their first word, for a list to choose from."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for action in ACTIONS:
        name = action.name.partition(".")[0]
        groups.setdefault(name, []).append((action.name, either(action.zh, action.en)))
    return list(groups.items())
