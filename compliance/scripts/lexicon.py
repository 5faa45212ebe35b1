"""The lexicons: phrases, and what has to stand beside them, as data with their sources.

A pattern is a regular expression over folded text (see `fold`): no spaces, no punctuation, no
capitals, simplified signs. Each file of `lexicons/` is one lexicon.
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from compliance.numbers import Words
from compliance.scripts.finding import ERROR, WARNING

SCOPES = frozenset({"anywhere", "opening", "offer"})
_KEYS = frozenset(
    [
        "rule",
        "fault",
        "scope",
        "sources",
        "reason_zh",
        "reason_en",
        "mend_zh",
        "mend_en",
        "honest",
        "phrases",
        "needs",
    ]
)


class LexiconError(ValueError):
    """A lexicon cannot be used as it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Something that may not be said, or not by everybody."""

    pattern: re.Pattern[str]
    severity: str
    industries: frozenset[str]  # of the principals who may not say it; empty: of none
    purposes: frozenset[str]  # of the calls in which it may be said
    belongs: tuple[re.Pattern[str], ...]  # a principal with such a name may say it


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Something that has to be said in the same step."""

    words: Words
    pattern: str  # {principal} and {operator} stand for the parties' names


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """All phrases of one subject."""

    rule_id: str
    fault: str
    scope: str  # anywhere; the opening, which has to say all `needs`; or what makes it an offer
    reason: Words
    mend: Words
    honest: tuple[re.Pattern[str], ...]  # where a phrase is said the other way round
    phrases: tuple[Phrase, ...]
    needs: tuple[Need, ...]


@cache
def lexicons() -> tuple[Lexicon, ...]:
    """Return all lexicons, in the order of their files.

    :raises LexiconError: if one of them is malformed
    """
    try:
        return tuple(_lexicon(tomllib.loads(text)) for _, text in _texts())
    except (KeyError, TypeError, re.error, tomllib.TOMLDecodeError) as error:
        raise LexiconError(f"A lexicon is malformed: {error!r}") from error


@cache
def lexicon_digest() -> str:
    """Return the SHA-256, hex, of all lexicons: which words a script was held against."""
    digest = hashlib.sha256()
    for name, text in _texts():
        digest.update(f"{name}\n{len(text)}\n{text}".encode())
    return digest.hexdigest()


def _texts() -> list[tuple[str, str]]:
    folder = files("compliance.scripts").joinpath("lexicons")
    found = [entry for entry in folder.iterdir() if entry.name.endswith(".toml")]
    return sorted((entry.name, entry.read_text("utf-8")) for entry in found)


def _lexicon(table: Mapping[str, Any]) -> Lexicon:
    if not table.keys() <= _KEYS or table["scope"] not in SCOPES or not table["sources"]:
        raise LexiconError(f"A lexicon has a strange key or scope, or no source: {table!r}")
    return Lexicon(
        rule_id=table["rule"],
        fault=table["fault"],
        scope=table["scope"],
        reason=Words(table["reason_zh"], table["reason_en"]),
        mend=Words(table["mend_zh"], table["mend_en"]),
        honest=tuple(map(re.compile, table.get("honest", ()))),
        phrases=tuple(_phrase(row) for row in table.get("phrases", ())),
        needs=tuple(
            Need(words=Words(row["zh"], row["en"]), pattern=row["pattern"])
            for row in table.get("needs", ())
        ),
    )


def _phrase(row: Mapping[str, Any]) -> Phrase:
    severity = row.get("severity", ERROR)
    if severity not in (ERROR, WARNING):
        raise LexiconError(f"A phrase has a strange severity: {row!r}")
    return Phrase(
        pattern=re.compile(row["pattern"]),
        severity=severity,
        industries=frozenset(row.get("industries", ())),
        purposes=frozenset(row.get("purposes", ())),
        belongs=tuple(map(re.compile, row.get("belongs", ()))),
    )
