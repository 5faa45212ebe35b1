"""A trunk as a whole: up and down, registration, room for calls, draining and stopping."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dialer.lines.base import LineDownError, LineFullError, Outcome
from dialer.lines.carrier import records
from dialer.lines.sip.pyvoip import LineClient
from tests.sip.peers import CarrierProcess, Ear, MutePeer, OpenLine, request, until

CALLEE = "+8613800138000"
WAIT = {"default": {"behaviour": "answer_wait", "ring_seconds": 0.05}}


@pytest.fixture
def own_carrier(tmp_path: Path) -> Iterator[Callable[..., CarrierProcess]]:
    processes: list[CarrierProcess] = []

    def started(**script: object) -> CarrierProcess:
        processes.append(CarrierProcess(tmp_path, {**WAIT, **script}))
        return processes[-1]

    yield started
    for process in processes:
        process.stop()


class TestLine:
    def test_goes_down_with_the_carrier_and_comes_back_with_it(
        self,
        own_carrier: Callable[..., CarrierProcess],
        open_line: OpenLine,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("dialer.lines.sip.upkeep.PROBE_SECONDS", 0.2)
        carrier = own_carrier()
        line = open_line(carrier.port, keepalive_seconds=0.1)

        carrier.kill()
        until(lambda: not line.capacity().up)
        with pytest.raises(LineDownError):
            line.originate(request(CALLEE), Ear())
        sent = line.capacity().invites_sent
        carrier.start()
        until(lambda: line.capacity().up)
        ear = Ear()
        handle = line.originate(request(CALLEE), ear)
        until(lambda: ear.answered)
        handle.hangup()

        assert sent == 0
        assert ear.result().outcome is Outcome.ANSWERED

    def test_ends_a_call_whose_invite_cannot_be_written(
        self, open_line: OpenLine, mute_peer: MutePeer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        line = open_line(mute_peer.port, max_calls=1, rtp_ports=(31_100, 31_102))
        with monkeypatch.context() as broken:
            broken.setattr(LineClient, "write_invite", str)  # takes no such words
            ear = Ear()
            handle = line.originate(request(CALLEE), ear)
            ended = ear.result()
            handle.hangup()
            handle.play(None)

        assert (ended.outcome, ended.call_id) == (Outcome.FAILED, handle.call_id)
        assert handle.wait_sent(timeout_seconds=1) is False
        assert len(ear.events) == 1
        assert line.capacity().live == line.capacity().invites_sent == 0
        line.originate(request(CALLEE), Ear())  # its place and its port are free
        assert mute_peer.receive("INVITE")

    def test_goes_down_after_three_silent_invites(
        self, open_line: OpenLine, mute_peer: MutePeer
    ) -> None:
        line = open_line(mute_peer.port, no_reply_seconds=0.2)

        for _ in range(3):
            ear = Ear()
            line.originate(request(CALLEE), ear)
            assert ear.result().outcome is Outcome.LINE_DOWN

        assert not line.capacity().up
        with pytest.raises(LineDownError):
            line.originate(request(CALLEE), Ear())
        assert line.capacity().invites_sent == 3

    def test_is_down_before_the_carrier_has_answered(
        self, open_line: OpenLine, mute_peer: MutePeer
    ) -> None:
        line = open_line(mute_peer.port, wait=False, keepalive_seconds=5)
        options = mute_peer.receive("OPTIONS")
        before = line.capacity().up

        mute_peer.answer(options, "200 OK")

        until(lambda: line.capacity().up)
        assert not before

    def test_refuses_more_calls_than_it_may_carry(
        self, own_carrier: Callable[..., CarrierProcess], open_line: OpenLine
    ) -> None:
        carrier = own_carrier()
        line = open_line(carrier.port, max_calls=2)
        ears = [Ear(), Ear()]
        handles = [line.originate(request(CALLEE), ear) for ear in ears]

        with pytest.raises(LineFullError):
            line.originate(request(CALLEE), Ear())
        until(lambda: all(ear.answered for ear in ears))
        handles[0].hangup()
        ears[0].result()
        ears.append(Ear())
        line.originate(request(CALLEE), ears[2])

        until(lambda: ears[2].answered)
        assert line.capacity().live == 2
        assert len(carrier.calls()) == 3

    def test_starts_no_more_calls_per_second_than_it_may(
        self, own_carrier: Callable[..., CarrierProcess], open_line: OpenLine
    ) -> None:
        line = open_line(own_carrier().port, calls_per_second=2.0)
        line.originate(request(CALLEE), Ear())
        line.originate(request(CALLEE), Ear())

        with pytest.raises(LineFullError):
            line.originate(request(CALLEE), Ear())

    def test_refuses_a_call_when_no_rtp_port_is_free(
        self, own_carrier: Callable[..., CarrierProcess], open_line: OpenLine
    ) -> None:
        line = open_line(own_carrier().port, rtp_ports=(31_110, 31_113))
        line.originate(request(CALLEE), Ear())
        line.originate(request(CALLEE), Ear())

        with pytest.raises(LineFullError):
            line.originate(request(CALLEE), Ear())
        assert line.capacity().live == 2

    def test_has_room_for_the_call_that_it_was_kept_for(
        self, own_carrier: Callable[..., CarrierProcess], open_line: OpenLine
    ) -> None:
        line = open_line(own_carrier().port, max_calls=1, calls_per_second=0.01)
        room = line.reserve()
        with pytest.raises(LineFullError):
            line.reserve()

        line.originate(request(CALLEE), Ear(), room=room)
        room.give_back()

        assert line.capacity().live == 1

    def test_keeps_neither_place_nor_start_nor_port_of_a_room_that_is_given_back(
        self, open_line: OpenLine, mute_peer: MutePeer
    ) -> None:
        ports = (31_110, 31_112)
        line = open_line(mute_peer.port, max_calls=1, calls_per_second=0.01, rtp_ports=ports)
        room = line.reserve()

        room.give_back()
        room.give_back()

        assert line.capacity().live == 0
        line.originate(request(CALLEE), Ear())

    def test_waits_for_its_calls_when_it_drains(
        self, own_carrier: Callable[..., CarrierProcess], open_line: OpenLine
    ) -> None:
        carrier = own_carrier(default={"behaviour": "answer", "talk_seconds": 0.3})
        line = open_line(carrier.port)
        ear = Ear()
        line.originate(request(CALLEE), ear)

        line.drain(timeout_seconds=5)

        assert ear.results[0].ended_by == "callee"
        with pytest.raises(LineDownError):
            line.originate(request(CALLEE), Ear())

    def test_ends_every_call_once_when_it_stops(
        self,
        own_carrier: Callable[..., CarrierProcess],
        open_line: OpenLine,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        carrier = own_carrier(numbers={"+8613800000001": {"behaviour": "no_answer"}})
        line = open_line(carrier.port)
        monkeypatch.setattr("dialer.lines.sip.trunk.STOP_SECONDS", 5)
        talking, ringing = Ear(), Ear()
        line.originate(request(CALLEE), talking)
        line.originate(request("+8613800000001"), ringing)
        until(lambda: talking.answered and ringing.codes)

        line.stop()

        assert [(r.outcome, r.ended_by) for r in talking.results] == [(Outcome.ANSWERED, "line")]
        assert [(r.outcome, r.ended_by) for r in ringing.results] == [(Outcome.CANCELED, "line")]
        kinds = [carrier.kinds(row.call_id)[-1] for row in carrier.calls()]
        assert sorted(kinds) == ["ended", "refused"]

    def test_loses_the_calls_of_a_carrier_that_is_gone_when_it_stops(
        self, open_line: OpenLine, mute_peer: MutePeer
    ) -> None:
        ear = Ear()
        line = open_line(mute_peer.port)
        line.originate(request(CALLEE), ear)
        mute_peer.receive("INVITE")

        line.stop()

        assert [result.outcome for result in ear.results] == [Outcome.LOST]

    def test_uses_one_thread_for_all_its_calls(
        self, own_carrier: Callable[..., CarrierProcess], open_line: OpenLine
    ) -> None:
        line = open_line(own_carrier().port)
        before = threading.active_count()
        ears = [Ear() for _ in range(20)]

        for ear in ears:
            line.originate(request(CALLEE), ear)
        until(lambda: all(ear.answered for ear in ears))

        assert threading.active_count() == before

    def test_offers_half_its_calls_while_audio_leaves_late(
        self, open_line: OpenLine, mute_peer: MutePeer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("dialer.lines.sip.reactor.LOOK_SECONDS", 0.01)
        line = open_line(mute_peer.port, max_calls=40)
        before = line.capacity().advertised

        def late() -> None:
            if line.capacity().advertised == before:
                line.reactor.note_lateness(0.03)
                line.reactor.call_later(0.001, late)

        line.reactor.call_soon(late)

        until(lambda: line.capacity().advertised == 20)
        until(lambda: line.capacity().advertised == 40)
        assert (before, line.capacity().max_calls) == (40, 40)


class TestRegistration:
    def test_brings_the_line_up(
        self, own_carrier: Callable[..., CarrierProcess], open_line: OpenLine
    ) -> None:
        line = open_line(own_carrier().port, register=True)

        ear = Ear()
        handle = line.originate(request(CALLEE), ear)
        until(lambda: ear.answered)
        handle.hangup()

        assert ear.result().outcome is Outcome.ANSWERED

    @pytest.mark.parametrize("refusal", [403, 503])
    def test_is_tried_again_while_the_line_stays_down(
        self,
        own_carrier: Callable[..., CarrierProcess],
        open_line: OpenLine,
        monkeypatch: pytest.MonkeyPatch,
        refusal: int,
    ) -> None:
        monkeypatch.setattr("dialer.lines.sip.registration.FIRST_PAUSE_SECONDS", 0.05)
        carrier = own_carrier(account={"register_code": refusal})

        line = open_line(carrier.port, wait=False, register=True)

        registration = line.trunk.state.registration
        assert registration is not None
        until(lambda: registration.refused_code == refusal)
        assert not line.capacity().up
        until(lambda: registration._pause > 0.2)

    def test_stays_out_with_a_wrong_password(
        self, own_carrier: Callable[..., CarrierProcess], open_line: OpenLine
    ) -> None:
        line = open_line(own_carrier().port, wait=False, register=True, password="wrong")

        registration = line.trunk.state.registration
        assert registration is not None
        until(lambda: registration.refused_code == 401)
        with pytest.raises(LineDownError):
            line.originate(request(CALLEE), Ear())

    def test_is_taken_back_when_the_line_stops(
        self,
        own_carrier: Callable[..., CarrierProcess],
        open_line: OpenLine,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """The registrar asks for credentials each time; a request that is not answered is none."""
        monkeypatch.setattr("dialer.lines.sip.trunk.UNREGISTER_SECONDS", 5)
        carrier = own_carrier()
        line = open_line(carrier.port, register=True)

        line.stop()

        assert [row.kind for row in records.read_events(carrier.records)] == [
            "registered",
            "unregistered",
        ]
