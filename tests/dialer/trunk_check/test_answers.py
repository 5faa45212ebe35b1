"""What answers of a carrier say about the trunk."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from dialer.lines.sip.packet import Packet, read_packet
from dialer.trunk_check.answers import (
    clock_found,
    codecs_found,
    nat_found,
    reach_found,
    register_found,
)
from dialer.trunk_check.finding import Grade
from dialer.trunk_check.talk import Asked
from tests.sip.peers import sdp

NOW = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)
LOCAL = ("192.0.2.1", 5062)


def reply(code: int = 200, *extra: str, via: str = "", body: str = "") -> Packet:
    lines = [
        f"SIP/2.0 {code} Said",
        f"Via: SIP/2.0/UDP 192.0.2.1:5062;branch=z9hG4bKa{via}",
        "From: <sip:a@b>;tag=1",
        "To: <sip:a@b>;tag=2",
        "Call-ID: c",
        "CSeq: 1 REGISTER",
        *extra,
    ]
    return read_packet("\r\n".join([*lines, "", body]).encode())


class TestRegistration:
    @pytest.mark.parametrize(
        ("code", "proved", "grade", "said"),
        [
            (200, True, Grade.OK, "accepted"),
            (401, True, Grade.BROKEN, "password of line is wrong"),
            (403, True, Grade.BROKEN, "password of line is wrong"),
            (403, False, Grade.BROKEN, "does not know the account line"),
            (404, True, Grade.BROKEN, "does not know the account line"),
            (401, False, Grade.BROKEN, "neither MD5 nor SHA-256"),
            (503, False, Grade.BROKEN, "refuses: 503"),
        ],
    )
    def test_tells_a_password_from_an_account(
        self,
        code: int,
        proved: bool,  # noqa: FBT001
        grade: Grade,
        said: str,
    ) -> None:
        found = register_found(Asked(reply=reply(code), proved=proved), username="line")

        assert (found.grade, found.step.name) == (grade, "register")
        assert said in found.en
        assert (found.do_zh != "") is (found.do_en != "") is (grade is Grade.BROKEN)

    def test_tells_silence_from_both(self) -> None:
        assert "does not answer" in register_found(Asked(reply=None), username="line").en


class TestReach:
    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            (Asked(reply=None), "Not one answer"),
            (Asked(reply=None, refused=True), "Nobody listens"),
            (Asked(reply=None, elsewhere="192.0.2.9:5060"), "comes from 192.0.2.9:5060"),
        ],
    )
    def test_says_how_it_fails(self, asked: Asked, said: str) -> None:
        found = reach_found(asked)

        assert found.grade is Grade.BROKEN
        assert said in found.en

    def test_takes_any_answer_for_an_answer(self) -> None:
        assert reach_found(Asked(reply=reply(405))).grade is Grade.OK


class TestNat:
    @pytest.mark.parametrize(
        ("via", "grade"),
        [
            ("", Grade.NOTE),
            (";rport=5062;received=192.0.2.1", Grade.OK),
            (";rport=5062", Grade.OK),
            (";rport=4000;received=192.0.2.1", Grade.NOTE),
            (";received=203.0.113.7;rport=5062", Grade.NOTE),
        ],
    )
    def test_is_seen_where_the_carrier_saw_another_address(self, via: str, grade: Grade) -> None:
        assert nat_found(reply(via=via), local=LOCAL).grade is grade


class TestClock:
    @pytest.mark.parametrize(
        ("seconds", "grade"),
        [(0, Grade.OK), (2, Grade.OK), (-3, Grade.NOTE), (5, Grade.NOTE), (6, Grade.BROKEN)],
    )
    def test_is_compared_with_the_carriers(self, seconds: int, grade: Grade) -> None:
        theirs = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)

        assert clock_found(reply(200, f"Date: {theirs}"), now=NOW).grade is grade

    @pytest.mark.parametrize("lines", [(), ("Date: yesterday",)])
    def test_cannot_be_compared_without_a_date(self, lines: tuple[str, ...]) -> None:
        assert clock_found(reply(200, *lines), now=NOW).grade is Grade.NOTE


class TestCodecs:
    @pytest.mark.parametrize(
        ("body", "grade"),
        [
            ("", Grade.NOTE),
            (sdp(4000, formats="8 0 101"), Grade.OK),
            (sdp(4000, formats="9 96 101"), Grade.BROKEN),
            (sdp(4000, formats="8").replace("telephone-event", "other"), Grade.NOTE),
        ],
    )
    def test_are_g711_with_key_presses(self, body: str, grade: Grade) -> None:
        assert codecs_found(reply(body=body)).grade is grade
