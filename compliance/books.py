"""Load the rulebook from its packs, and explain its findings to people in their language."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from compliance.rulebook.book import Book
from compliance.rulebook.bound import BASES, Citation, PackError
from compliance.rulebook.decision import Finding, Language, Reason, Value, Verdict
from compliance.rulebook.engine import RULE_FAILED
from compliance.rulebook.overlay import with_overlay
from compliance.rulebook.rule import Rule

DEFAULT_PACK = "cn13"
_ROOT = "compliance.rulebook"
_PACK_ID = re.compile(r"[a-z][a-z0-9_]*")
_RULE_NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")


@cache
def book(pack_id: str = DEFAULT_PACK) -> Book:
    """Return the book of a shipped pack; loaded once in a process.

    :raises PackError: if there is no such pack, or it cannot be used as it stands
    """
    return book_of(read_pack(pack_id))


def book_of(pack: Mapping[str, Any]) -> Book:
    """Return the book of a pack, shipped or not, with the rules of this release.

    :raises PackError: if it cannot be used as it stands
    """
    return Book(pack=pack, find_rule=find_rule, logic_digest=logic_digest())


def book_as_it_was(pack: Mapping[str, Any]) -> Book:
    """Return the book of a pack of an earlier release, to explain or to judge again by.

    How long records are kept is said by the book in force alone, so a pack that knows less of
    it than this release is no worse for that: without it, it is read all the same.

    :raises PackError: if its rules cannot be used as they stand
    """
    try:
        return book_of(pack)
    except PackError:
        return book_of({key: part for key, part in pack.items() if key != "retention"})


def read_pack(pack_id: str) -> dict[str, Any]:
    """Return the merged files of a shipped pack, in the order that its pack.toml names them.

    :raises PackError: if there is no such pack, or two of its files state the same thing
    """
    folder = files(_ROOT) / "packs" / pack_id
    if not (_PACK_ID.fullmatch(pack_id) and folder.joinpath("pack.toml").is_file()):
        raise PackError(f"There is no pack {pack_id!r}.")
    return merged_pack(folder)


def merged_pack(folder: Traversable) -> dict[str, Any]:
    """Return the merged files of a pack's folder, with its overlays beside its rules.

    :raises PackError: if two of its files state the same thing
    """
    pack = _toml(folder / "pack.toml")
    for name in pack["files"]:
        _merge(pack, _toml(folder / f"{name}.toml"), where=name)
    for name in pack.get("overlays", ()):
        pack = with_overlay(pack, _toml(folder / "overlays" / f"{name}.toml"))
    return pack


def read_change(path: Path) -> dict[str, Any]:
    """Return a pack or an amendment from a file, or a whole pack from its folder.

    :raises PackError: if it is not TOML
    """
    try:
        return merged_pack(path) if path.is_dir() else _toml(path)
    except (KeyError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PackError(f"{path.name}: {error}") from error


def _toml(file: Traversable) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _merge(pack: dict[str, Any], part: Mapping[str, Any], *, where: str) -> None:
    for section, rows in part.items():
        known = pack.setdefault(section, {})
        twice = known.keys() & rows.keys()
        if twice:
            raise PackError(f"{where}.toml states {sorted(twice)} a second time.")
        known.update(rows)


def find_rule(name: str) -> Rule[Any]:
    """Return the rule that a pack calls `name`, such as "hours.purpose_window".

    :raises PackError: if there is no such rule
    """
    if not _RULE_NAME.fullmatch(name):
        raise PackError(f"{name!r} is not the name of a rule.")
    module, _, function = name.partition(".")
    try:
        rule = getattr(import_module(f"{_ROOT}.rules.{module}"), function)
    except (ImportError, AttributeError) as error:
        raise PackError(f"There is no rule {name!r}.") from error
    if not isinstance(rule, Rule):
        raise PackError(f"{name!r} is not a rule.")
    return rule


@cache
def logic_digest() -> str:
    """Return the sha256 of the rulebook's source: every module's name and bytes, in order."""
    digest = hashlib.sha256()
    for name, content in sorted(_sources(files(_ROOT), "")):
        digest.update(f"{name}\n{len(content)}\n".encode() + content)
    return digest.hexdigest()


def _sources(folder: Traversable, path: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _sources(entry, f"{path}{entry.name}/")
        elif entry.name.endswith(".py"):
            found.append((f"{path}{entry.name}", entry.read_bytes()))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One finding in a reader's language."""

    rule_id: str
    title: str
    verdict: Verdict
    sentence: str  # empty if the rule does not object
    basis: str
    citations: tuple[Citation, ...]
    retry_at: datetime | None


def explain(*, finding: Finding, book: Book, language: Language) -> Explained:
    """Say one finding, fresh or read back from a record, in the reader's language."""
    answer = finding.answer
    bound = book.rule(finding.rule_id)
    if bound is None:  # a rule of another book: what was found still shows
        return Explained(
            rule_id=finding.rule_id,
            title=finding.rule_id,
            verdict=answer.verdict,
            sentence=answer.reason,
            basis="",
            citations=(),
            retry_at=answer.retry_at,
        )
    return Explained(
        rule_id=finding.rule_id,
        title=bound.title_zh if language == "zh" else bound.title_en,
        verdict=answer.verdict,
        sentence=_sentence(finding, bound.reason(answer.reason), book, language),
        basis=BASES[bound.basis][language],
        citations=bound.cites,
        retry_at=answer.retry_at,
    )


def _sentence(finding: Finding, reason: Reason | None, book: Book, language: Language) -> str:
    code = finding.answer.reason
    if reason is None and code == RULE_FAILED.code:
        reason = RULE_FAILED
    if reason is None:  # a reason that this edition no longer has, or no objection
        return code
    values = {name: _said(name, value, book, language) for name, value in finding.answer.values}
    return reason.sentence(language=language, values=values)


def _said(name: str, value: Value, book: Book, language: Language) -> Value:
    """Put the words of the pack in the place of codes, also in a list with commas."""
    words = book.words(name)
    if isinstance(value, int) or not words:
        return value
    said = [words.get(code, {}).get(language, code) for code in value.split(",")]
    return ("、" if language == "zh" else ", ").join(said)
