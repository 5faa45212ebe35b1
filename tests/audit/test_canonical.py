import json
from datetime import UTC, datetime
from decimal import Decimal
from enum import IntEnum, StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import DEEPEST, GREATEST, CanonicalError, canon

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,63}", fullmatch=True)
INTEGERS = st.integers(-GREATEST, GREATEST)
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)
REFUSED = st.sampled_from(
    [1.0, 0.1, float("nan"), GREATEST + 1, -GREATEST - 1, "\ud800", b"x", {1: 2}, {"": 1}, {1, 2}]
)


class Colour(StrEnum):
    RED = "red"


class Size(IntEnum):
    LARGE = 3


def nested(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


def nested_objects(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = {"a": value}
    return value


class TestCanon:
    def test_writes_the_string_of_rfc_8785_as_its_octets(self) -> None:
        octets = "22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f22"  # RFC 8785 3.2.4

        assert canon("\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/").hex() == octets

    def test_writes_the_literals_of_rfc_8785(self) -> None:
        assert canon({"literals": [None, True, False]}) == b'{"literals":[null,true,false]}'

    @pytest.mark.parametrize(
        ("value", "written"),
        [
            ({"b": 1, "a": 2, "a_": 3, "a0": 4}, b'{"a":2,"a0":4,"a_":3,"b":1}'),
            ({"zh": "外呼许可", "emoji": "\U0001f600"}, '{"emoji":"😀","zh":"外呼许可"}'.encode()),
            ("\b\t\n\f\r\x00\x1f\x7f</", b'"\\b\\t\\n\\f\\r\\u0000\\u001f\x7f</"'),
            ([0, -1, GREATEST, -GREATEST], b"[0,-1,9007199254740991,-9007199254740991]"),
            ((), b"[]"),
            ({}, b"{}"),
            (Colour.RED, b'"red"'),
            (Size.LARGE, b"3"),
        ],
    )
    def test_has_one_form_for(self, value: object, written: bytes) -> None:
        assert canon(value) == written

    @given(value=VALUES)
    def test_is_compact_sorted_json_that_reads_back_as_the_value(self, value: object) -> None:
        written = canon(value)

        plain = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        assert written == plain.encode()
        assert json.loads(written) == value

    @given(members=st.dictionaries(KEYS, VALUES, min_size=2), order=st.randoms())
    def test_does_not_depend_on_the_order_of_members(
        self, members: dict[str, object], order: object
    ) -> None:
        shuffled = list(members.items())
        order.shuffle(shuffled)  # type: ignore[attr-defined]

        assert canon(dict(shuffled)) == canon(members)

    @given(value=REFUSED, wrap=st.integers(0, 3), key=KEYS)
    def test_refuses_at_any_depth_what_has_no_form(
        self, value: object, wrap: int, key: str
    ) -> None:
        for turn in range(wrap):
            value = [1, value] if turn % 2 else {key: value}

        with pytest.raises(CanonicalError):
            canon(value)

    @pytest.mark.parametrize(
        "value",
        [
            "\ud800",
            Decimal(1),
            datetime(2026, 11, 21, tzinfo=UTC),
            object(),
            {"A": 1},
            {"a-b": 1},
            {"中": 1},
            {"a" * 65: 1},
            {"a\n": 1},
            {None: 1},
            {"_a": 1},
            {"0a": 1},
        ],
    )
    def test_refuses(self, value: object) -> None:
        with pytest.raises(CanonicalError):
            canon(value)

    @pytest.mark.parametrize("levels", [DEEPEST + 1, 5000])
    def test_refuses_what_is_nested_deeper_than_it_promises(self, levels: int) -> None:
        with pytest.raises(CanonicalError):
            canon(nested(levels))
        with pytest.raises(CanonicalError):
            canon(nested_objects(levels))

    def test_refuses_a_list_that_holds_itself(self) -> None:
        endless: list[object] = []
        endless.append(endless)

        with pytest.raises(CanonicalError):
            canon(endless)

    def test_takes_the_deepest_nesting_that_it_promises(self) -> None:
        assert canon(nested(DEEPEST)) == b"[" * DEEPEST + b"1" + b"]" * DEEPEST

    def test_takes_a_key_of_64_characters(self) -> None:
        assert canon({"a" * 64: 1}) == b'{"%s":1}' % (b"a" * 64)
