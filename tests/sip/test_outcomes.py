"""Every way in which a carrier may take a call, and what the line makes of it."""

from collections.abc import Callable

import pytest

from dialer.lines.base import Outcome
from tests.sip.peers import CarrierProcess, Ear, OpenLine, Place, request


class TestOutcome:
    @pytest.mark.parametrize(
        ("callee", "expected"),
        [
            ("answer", (Outcome.ANSWERED, 200, "callee")),
            ("early_hangup", (Outcome.ANSWERED, 200, "callee")),
            ("silence_200", (Outcome.ANSWERED, 200, "callee")),
            ("lost_first_invite", (Outcome.ANSWERED, 200, "callee")),
            ("early_media", (Outcome.ANSWERED, 200, "callee")),
            ("only_183", (Outcome.ANSWERED, 200, "callee")),
            ("compact", (Outcome.ANSWERED, 200, "callee")),
            ("auth_401", (Outcome.ANSWERED, 200, "callee")),
            ("auth_407", (Outcome.ANSWERED, 200, "callee")),
            ("auth_sha256", (Outcome.ANSWERED, 200, "callee")),
            ("auth_no_qop", (Outcome.ANSWERED, 200, "callee")),
            ("unknown_answer", (Outcome.ANSWERED, 200, "callee")),
            ("busy", (Outcome.BUSY, 486, "callee")),
            ("straight_busy", (Outcome.BUSY, 486, "callee")),
            ("q850_busy", (Outcome.BUSY, 480, "callee")),
            ("busy_everywhere", (Outcome.BUSY, 600, "callee")),
            ("terminated", (Outcome.CANCELED, 487, "carrier")),
            ("incomplete", (Outcome.INVALID_NUMBER, 484, "carrier")),
            ("not_acceptable", (Outcome.NOT_ACCEPTABLE, 488, "carrier")),
            ("straight_404", (Outcome.INVALID_NUMBER, 404, "carrier")),
            ("declined", (Outcome.DECLINED, 603, "callee")),
            ("global_decline", (Outcome.DECLINED, 608, "callee")),
            ("not_found", (Outcome.INVALID_NUMBER, 404, "carrier")),
            ("unavailable", (Outcome.UNAVAILABLE, 480, "carrier")),
            ("congestion", (Outcome.CONGESTION, 503, "carrier")),
            ("straight_503", (Outcome.CONGESTION, 503, "carrier")),
            ("forbidden", (Outcome.FORBIDDEN, 403, "carrier")),
            ("straight_forbidden", (Outcome.FORBIDDEN, 403, "carrier")),
            ("server_error", (Outcome.CARRIER_ERROR, 500, "carrier")),
            ("unknown_code", (Outcome.FAILED, 499, "carrier")),
            ("moved", (Outcome.FAILED, 302, "carrier")),
            ("opus", (Outcome.NOT_ACCEPTABLE, 488, "us")),
            ("silence", (Outcome.LINE_DOWN, None, "line")),
        ],
    )
    def test_is_named_and_the_wire_is_left_clean(
        self,
        place: Place,
        carrier: CarrierProcess,
        callee: str,
        expected: tuple[Outcome, int | None, str],
    ) -> None:
        ear, handle = place(callee)

        result = ear.result()

        assert (result.outcome, result.sip_code, result.ended_by) == expected
        assert result.call_id == handle.call_id
        assert len(ear.results) == 1
        assert "ack_wrong" not in carrier.kinds(handle.call_id)
        assert carrier.call(handle.call_id).cseq == 1

    def test_tells_ringing_before_the_answer(self, place: Place) -> None:
        ear, _ = place("answer")

        result = ear.result()

        assert ear.codes == [180]
        assert ear.answered
        assert result.ring_seconds > 0
        assert 0.1 < result.talk_seconds < 1.0

    def test_tells_early_media_as_progress(self, place: Place) -> None:
        ear, _ = place("early_media")

        ear.result()

        assert ear.codes == [183]

    def test_keeps_the_q850_cause(self, place: Place) -> None:
        ear, _ = place("q850_busy")

        assert ear.result().q850 == 17

    def test_is_authentication_failed_when_the_password_is_wrong(
        self, open_line: OpenLine, carrier: CarrierProcess, number: Callable[[str], str]
    ) -> None:
        line = open_line(carrier.port, password="wrong")
        ear = Ear()

        line.originate(request(number("auth_401")), ear)

        result = ear.result()
        assert (result.outcome, result.sip_code) == (Outcome.AUTH_FAILED, 401)
        assert line.capacity().invites_sent == 1

    def test_is_authentication_failed_when_there_is_no_password(
        self, open_line: OpenLine, carrier: CarrierProcess, number: Callable[[str], str]
    ) -> None:
        line = open_line(carrier.port, username=None, password=None)
        ear = Ear()

        line.originate(request(number("auth_407")), ear)

        assert ear.result().outcome is Outcome.AUTH_FAILED
