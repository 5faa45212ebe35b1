"""Canonical bytes are those of RFC 8785 by another implementation; the verifier takes them."""

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from audit import verify
from audit.canonical import GREATEST, canon

KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True)
TEXTS = st.text(st.characters(codec="utf-8"))
LEAVES = st.none() | st.booleans() | st.integers(-GREATEST, GREATEST) | TEXTS
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=20
)


@given(value=VALUES)
def test_canonical_bytes_are_those_of_the_standard(value: object) -> None:
    written = canon(value)

    assert written == rfc8785.dumps(value)  # type: ignore[arg-type]
    assert verify.strict(written) == value
