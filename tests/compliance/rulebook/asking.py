"""Ask one rule, by the shipped book or by one that was changed for a test."""

import pickle
from collections.abc import Callable
from functools import cache
from typing import Any

from compliance.books import book as shipped_book
from compliance.books import find_rule, logic_digest, read_pack
from compliance.rulebook.book import Book
from compliance.rulebook.decision import ALLOW, NOT_APPLICABLE, Answer
from compliance.rulebook.facts import CallFacts


def ask(rule_id: str, facts: CallFacts, *, book: Book | None = None) -> Answer:
    """Return what one rule of the shipped book, or another, answers."""
    bound = (book or shipped_book()).rule(rule_id)
    assert bound is not None
    answer: Answer = bound.rule.check(facts if bound.on_call else facts.filing, bound.params)
    assert not answer.reason or bound.reason(answer.reason)
    return answer


def reason(rule_id: str, facts: CallFacts, *, book: Book | None = None) -> str:
    """Return the code of the reason that a rule gives, or "allow"."""
    answer = ask(rule_id, facts, book=book)
    if answer is ALLOW:
        return "allow"
    return "not_applicable" if answer is NOT_APPLICABLE else answer.reason


def fresh_pack(pack_id: str = "cn13") -> dict[str, Any]:
    """Return a shipped pack that may be changed; its files are read once."""
    pack: dict[str, Any] = pickle.loads(_pack_bytes(pack_id))  # noqa: S301 - our own
    return pack


@cache
def _pack_bytes(pack_id: str) -> bytes:
    return pickle.dumps(read_pack(pack_id))


def other_book(change: Callable[[dict[str, Any]], None], *, pack_id: str = "cn13") -> Book:
    """Return the book of a shipped pack after `change` was made to the pack."""
    pack = fresh_pack(pack_id)
    change(pack)
    return Book(pack=pack, find_rule=find_rule, logic_digest=logic_digest())
