import hashlib
import json
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import canon
from audit.plain_numbers import plain_number_in, without_numbers

MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


class TestPlainNumberIn:
    @pytest.mark.parametrize(
        "text",
        [
            "13800138000",
            "+8613800138000",
            "008613800138000",
            "86 138 0013 8000",
            "138-0013-8000",
            "１３８００１３８０００",
            "lead:13800138000",
            "tel13800138000",
            '{"a":13800138000}',
            '"line\\n13800138000"',
            '"page\\f13800138000"',
            "打给13800138000了",
            "2026-11-21 13800138000",
            "010-12345678",
            "01012345678",
            "0755 12345678",
            "+1 415 555 0100",
            "0014155550100",
        ],
    )
    def test_sees(self, text: str) -> None:
        assert plain_number_in(text)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "lead:12345",
            "2026-11-21T20:08:49.123456Z",
            '{"at_us":1763755729123456,"at_ms":1763755729123}',
            '{"abandon_ppm":30000,"ring_ms":45000}',
            "12321",
            "01234567-0138-7123-8123-013812345678",
            "138****0000",
            "a13800138000b",
        ],
    )
    def test_lets_pass(self, text: str) -> None:
        assert not plain_number_in(text)

    @given(number=MOBILES, before=st.text(), after=st.text())
    def test_sees_a_mobile_number_in_any_json_text(
        self, number: str, before: str, after: str
    ) -> None:
        text = json.dumps({"note": f"{before} {number} {after}"}, ensure_ascii=False)

        assert plain_number_in(text)

    @given(identifier=st.uuids(), seed=st.binary(max_size=8))
    def test_lets_identifiers_and_digests_pass(self, identifier: uuid.UUID, seed: bytes) -> None:
        digest = hashlib.sha256(seed).hexdigest()

        assert not plain_number_in(json.dumps({"eid": str(identifier), "sha256": digest}))


class TestWithoutNumbers:
    @pytest.mark.parametrize(
        ("text", "kept"),
        [
            ("投诉人 13800138000 来电，11月21日", "投诉人 *** 来电，11月21日"),
            ("call +86 138 0013 8000 or 010-12345678", "call *** or ***"),
            ("打给１３８００１３８０００", "打给***"),
            ("误拨 120，２０２６年", "误拨 120，２０２６年"),
        ],
    )
    def test_blots_out_the_numbers_alone(self, text: str, kept: str) -> None:
        assert without_numbers(text) == kept

    @given(
        text=st.lists(
            MOBILES
            | st.text(st.characters(exclude_categories=["Cs"]))
            | st.sampled_from("+-０0 "),
        ).map("".join)
    )
    def test_leaves_what_the_net_lets_pass_once_it_is_an_entry(self, text: str) -> None:
        assert not plain_number_in(canon({"reason": without_numbers(text)}).decode())
