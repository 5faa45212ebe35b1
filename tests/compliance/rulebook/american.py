"""Facts of a call within the United States, which the `us` pack allows."""

from datetime import UTC, datetime
from typing import Any

from compliance.books import book
from compliance.rulebook.book import Book
from compliance.rulebook.facts import CallFacts
from tests.compliance.rulebook.build import make_facts
from tests.compliance.rulebook.filings import make_external_list

NOON = datetime(2026, 3, 11, 17, 0, tzinfo=UTC)  # Wednesday: 13:00 in New York, summer time


def us() -> Book:
    """Return the shipped book of the United States."""
    return book("us")


def american(**changes: Any) -> CallFacts:
    """Return the facts of an allowed call to a mobile in New York, with changes."""
    at = changes.get("at", NOON)
    return make_facts(
        **{
            "at": NOON,
            "purpose": "P1",
            "consents": (),  # an agent needs none there
            "filing__regime": "us_seller",
            "filing__external_lists": (make_external_list(code="national", as_of=at),),
            "callee__provinces": ("US-NY",),
        }
        | changes
    )
