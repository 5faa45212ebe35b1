"""What happens inside one call: hanging up in every state, keys, audio, the carrier's requests."""

import pytest

from dialer.lines.base import CallRequest, NumberShapeError, Outcome
from tests.sip.peers import (
    CALLEE,
    CALLER,
    CarrierProcess,
    Ear,
    MutePeer,
    OpenLine,
    Place,
    request,
    sdp,
    until,
)


class TestHangup:
    def test_cancels_while_it_rings(self, place: Place, carrier: CarrierProcess) -> None:
        ear, handle = place("no_answer")
        until(lambda: ear.codes == [180])

        handle.hangup()

        result = ear.result()
        assert (result.outcome, result.sip_code, result.ended_by) == (Outcome.CANCELED, 487, "us")
        until(lambda: carrier.kinds(handle.call_id) == ["canceled", "refused"])

    def test_says_bye_when_answered(self, place: Place, carrier: CarrierProcess) -> None:
        ear, handle = place("answer_wait")
        until(lambda: ear.answered)

        handle.hangup()

        result = ear.result()
        assert (result.outcome, result.ended_by) == (Outcome.ANSWERED, "us")
        assert carrier.kinds(handle.call_id) == ["answered", "acknowledged", "ended"]

    def test_changes_nothing_the_second_time_or_after_the_end(self, place: Place) -> None:
        ear, handle = place("answer_wait")
        until(lambda: ear.answered)

        handle.hangup()
        handle.hangup()
        ear.result()
        handle.hangup()

        assert len(ear.results) == 1

    def test_takes_down_an_answer_that_crosses_the_cancel(
        self, place: Place, carrier: CarrierProcess
    ) -> None:
        ear, handle = place("glare")
        until(lambda: ear.codes == [180])

        handle.hangup()

        assert ear.result().outcome is Outcome.CANCELED
        assert not ear.answered
        until(lambda: "ended" in carrier.kinds(handle.call_id))
        assert "ack_wrong" not in carrier.kinds(handle.call_id)

    def test_ends_the_call_when_the_carrier_ignores_the_cancel(
        self, place: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("dialer.lines.sip.call.CANCEL_SECONDS", 0.3)
        ear, handle = place("deaf_to_cancel")
        until(lambda: ear.codes == [180])

        handle.hangup()

        assert ear.result().outcome is Outcome.CANCELED

    def test_waits_for_a_provisional_answer_before_it_cancels(
        self, open_line: OpenLine, mute_peer: MutePeer
    ) -> None:
        ear = Ear()
        handle = open_line(mute_peer.port).originate(request(CALLEE), ear)
        invite = mute_peer.receive("INVITE")

        handle.hangup()
        before = mute_peer.heard(seconds=0.8)
        mute_peer.answer(invite, "180 Ringing")
        cancel = mute_peer.receive("CANCEL")

        assert before == []  # neither a CANCEL nor the INVITE once more
        assert _line(cancel, "Via") == _line(invite, "Via")
        mute_peer.answer(cancel, "200 OK")
        mute_peer.answer(invite, "487 Request Terminated")
        assert ear.result().outcome is Outcome.CANCELED

    def test_stops_a_phone_that_rings_after_the_call_was_given_up(
        self, open_line: OpenLine, mute_peer: MutePeer
    ) -> None:
        ear = Ear()
        open_line(mute_peer.port, no_reply_seconds=0.3).originate(request(CALLEE), ear)
        invite = mute_peer.receive("INVITE")
        assert ear.result().outcome is Outcome.LINE_DOWN

        mute_peer.answer(invite, "180 Ringing")

        assert mute_peer.receive("CANCEL").startswith(f"CANCEL sip:{CALLEE}@")
        assert len(ear.results) == 1

    def test_takes_down_an_answer_after_the_call_was_given_up(
        self, open_line: OpenLine, mute_peer: MutePeer
    ) -> None:
        ear = Ear()
        open_line(mute_peer.port, no_reply_seconds=0.3).originate(request(CALLEE), ear)
        invite = mute_peer.receive("INVITE")
        ear.result()

        mute_peer.accept(invite, body=sdp(4000))

        assert ";tag=x" in _line(mute_peer.receive("ACK"), "To")
        mute_peer.answer(mute_peer.receive("BYE"), "200 OK")
        assert not ear.answered
        assert len(ear.results) == 1

    def test_says_bye_again_until_it_is_heard(
        self, open_line: OpenLine, mute_peer: MutePeer
    ) -> None:
        ear = Ear()
        handle = open_line(mute_peer.port).originate(request(CALLEE), ear)
        invite = mute_peer.receive("INVITE")
        mute_peer.accept(invite, body=sdp(4000))
        until(lambda: ear.answered)
        handle.hangup()

        first, second = mute_peer.receive("BYE"), mute_peer.receive("BYE")
        mute_peer.answer(second, "200 OK")

        assert first == second
        assert ear.result().ended_by == "us"


class TestTimeLimit:
    @pytest.mark.usefixtures("short_rings")
    def test_ends_ringing_as_no_answer(self, place: Place, carrier: CarrierProcess) -> None:
        ear, handle = place("no_answer", ring_seconds=1)

        result = ear.result()

        assert (result.outcome, result.ended_by) == (Outcome.NO_ANSWER, "us")
        assert 0.9 < result.ring_seconds < 2
        assert "canceled" in carrier.kinds(handle.call_id)

    def test_ends_talking(self, place: Place, carrier: CarrierProcess) -> None:
        ear, handle = place("answer_wait", max_talk_seconds=1)

        result = ear.result()

        assert (result.outcome, result.ended_by) == (Outcome.ANSWERED, "us")
        assert 0.9 < result.talk_seconds < 2
        assert carrier.events(handle.call_id)[-1].detail.startswith("by caller")


class TestAcknowledgement:
    def test_carries_the_callees_tag_along_the_route(
        self, place: Place, carrier: CarrierProcess
    ) -> None:
        ear, handle = place("routed")
        until(lambda: "acknowledged" in carrier.kinds(handle.call_id))

        handle.hangup()
        ear.result()

        assert carrier.kinds(handle.call_id) == ["answered", "acknowledged", "ended"]

    def test_is_sent_again_for_an_answer_that_is_sent_again(
        self, open_line: OpenLine, mute_peer: MutePeer
    ) -> None:
        ear = Ear()
        open_line(mute_peer.port).originate(request(CALLEE), ear)
        invite = mute_peer.receive("INVITE")
        for _ in range(3):
            mute_peer.accept(invite, body=sdp(4000))
            assert ";tag=x" in _line(mute_peer.receive("ACK"), "To")

        assert len(ear.events) == 1

    def test_takes_down_the_second_answer_of_a_forked_call(
        self, place: Place, carrier: CarrierProcess
    ) -> None:
        ear, handle = place("forked")
        until(lambda: "fork_ended" in carrier.kinds(handle.call_id))

        assert ear.answered
        assert ear.results == []
        handle.hangup()
        assert ear.result().outcome is Outcome.ANSWERED

    @pytest.mark.long
    @pytest.mark.parametrize("callee", ["answer_wait", "routed"])
    def test_keeps_a_call_with_a_strict_callee_up_beyond_32_seconds(
        self, place: Place, carrier: CarrierProcess, callee: str
    ) -> None:
        ear, handle = place(callee, max_talk_seconds=36)

        result = ear.result(seconds=60)

        assert result.ended_by == "us"
        assert result.talk_seconds > 35
        assert "dropped" not in carrier.kinds(handle.call_id)


class TestKey:
    @pytest.mark.parametrize("callee", ["key9", "key9_without_marker", "key9_by_info"])
    def test_is_told_once(self, place: Place, callee: str) -> None:
        ear, handle = place(callee)
        until(lambda: ear.digits)

        ear.over.wait(0.3)  # the key is still down for 160 ms
        handle.hangup()
        ear.result()

        assert ear.digits == "9"

    def test_is_sent_to_the_callee(self, place: Place, carrier: CarrierProcess) -> None:
        ear, handle = place("answer_wait")
        until(lambda: ear.answered)

        handle.send_digits("15#")

        until(lambda: carrier.kinds(handle.call_id).count("digit") == 3)
        handle.hangup()
        ear.result()
        digits = [row.detail for row in carrier.events(handle.call_id) if row.kind == "digit"]
        assert digits == ["1", "5", "#"]

    def test_must_exist(self, place: Place) -> None:
        ear, handle = place("answer")

        with pytest.raises(ValueError, match="write only"):
            handle.send_digits("1x")
        ear.result()


class TestCarriersRequest:
    def test_is_answered_inside_the_call_and_no_transfer_is_done(
        self, place: Place, carrier: CarrierProcess
    ) -> None:
        ear, handle = place("in_dialog")
        until(lambda: carrier.kinds(handle.call_id).count("reply") == 5)

        handle.hangup()
        ear.result()

        replies = [row.detail for row in carrier.events(handle.call_id) if row.kind == "reply"]
        assert replies == ["OPTIONS 200", "UPDATE 200", "INFO 200", "NOTIFY 200", "REFER 403"]


class TestIdentity:
    def test_is_the_filed_number_in_from_and_in_asserted_identity(
        self, place: Place, carrier: CarrierProcess
    ) -> None:
        ear, handle = place("busy", caller_number="02161234567")
        ear.result()

        row = carrier.call(handle.call_id)

        assert (row.from_number, row.pai_number) == ("02161234567", "02161234567")
        assert row.request_uri_number == row.to_number

    def test_stands_once_and_alone_on_the_wire(
        self, open_line: OpenLine, mute_peer: MutePeer
    ) -> None:
        open_line(mute_peer.port).originate(request(CALLEE), Ear())

        invite = mute_peer.receive("INVITE")

        assert invite.count(CALLER) == 2
        assert invite.count("P-Asserted-Identity: ") == 1
        for other in ("Remote-Party-ID", "P-Preferred-Identity", "Diversion", "Privacy"):
            assert other not in invite
        assert f"INVITE sip:{CALLEE}@" in invite

    @pytest.mark.parametrize(
        "value", ["010\r\nX: y", "010;x", "anonymous", "010 1234", "", "０10"]
    )
    def test_takes_digits_only(self, value: str) -> None:
        with pytest.raises(NumberShapeError):
            CallRequest(permit_id="p", callee=CALLEE, caller_number=value)


def _line(packet: str, name: str) -> str:
    return next(line for line in packet.split("\r\n") if line.startswith(f"{name}: "))
