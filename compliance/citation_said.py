"""A citation, as data for programs."""

from typing import Any

from compliance.rulebook.bound import Citation


def citation_data(citation: Citation) -> dict[str, Any]:
    """Return a citation as JSON values."""
    return {
        "id": citation.id,
        "title": {"zh": citation.title, "en": citation.title_en},
        "article": citation.article,
        "issued": citation.issued.isoformat() if citation.issued else None,
        "verified": citation.verified,
    }
