"""Audio in both directions, and what is heard of it."""

import struct
import wave
from itertools import pairwise
from pathlib import Path

import pytest

from dialer.lines.base import CallHandle
from dialer.lines.sip.prompt import PromptError
from tests.sip.peers import (
    CALLEE,
    CarrierProcess,
    Ear,
    MutePeer,
    OpenLine,
    Place,
    request,
    sdp,
    until,
)


class TestAudio:
    @pytest.mark.parametrize(
        ("formats", "kind", "silence"), [("0 101", 0, b"\xff"), ("8 101", 8, b"\xd5")]
    )
    def test_is_silence_every_20_ms_in_the_format_of_the_answer(
        self, open_line: OpenLine, mute_peer: MutePeer, formats: str, kind: int, silence: bytes
    ) -> None:
        packets = _audio(open_line, mute_peer, formats=formats, count=25)

        heads = [struct.unpack("!BBHII", packet[:12]) for packet in packets]
        assert (heads[0][0], heads[0][1]) == (0x80, 0x80 | kind)  # a spurt begins
        assert {(head[0], head[1]) for head in heads[1:]} == {(0x80, kind)}
        assert {packet[12:] for packet in packets} == {silence * 160}
        steps = {(b[2] - a[2]) % 2**16 for a, b in pairwise(heads)}
        times = {(b[3] - a[3]) % 2**32 for a, b in pairwise(heads)}
        assert (steps, times) == ({1}, {160})

    def test_keeps_its_rate_after_the_carrier_offers_again(
        self, place: Place, carrier: CarrierProcess
    ) -> None:
        ear, handle = place("reinvite")
        until(lambda: "reply" in carrier.kinds(handle.call_id))

        _wait_talk(ear, handle)

        assert carrier.events(handle.call_id)[2].detail == "INVITE 200"
        talk = ear.result().talk_seconds
        heard = int(carrier.events(handle.call_id)[-1].detail.split(" ")[2])
        assert heard == pytest.approx(talk * 50, rel=0.2)

    def test_plays_a_prompt(
        self, open_line: OpenLine, mute_peer: MutePeer, tmp_path: Path
    ) -> None:
        sound = tmp_path / "prompt.wav"
        with wave.open(str(sound), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(struct.pack("<h", 8000) * 320)

        packets = _audio(open_line, mute_peer, formats="0 101", count=10, play=str(sound))

        loud = [packet for packet in packets if packet[12:] != b"\xff" * 160]
        assert len(loud) == 2
        assert len({packet[12:] for packet in loud}) == 1

    def test_refuses_a_file_that_is_no_prompt(self, place: Place, tmp_path: Path) -> None:
        ear, handle = place("answer")
        (tmp_path / "x.wav").write_bytes(b"RIFF")

        with pytest.raises(PromptError):
            handle.play(str(tmp_path / "x.wav"))
        ear.result()


def _audio(
    open_line: OpenLine, peer: MutePeer, *, formats: str, count: int, play: str | None = None
) -> list[bytes]:
    """Answer a call and return what is heard."""
    ear, sink = Ear(), MutePeer()
    handle = open_line(peer.port).originate(request(CALLEE), ear)
    if play is not None:
        handle.play(play)
    invite = peer.receive("INVITE")
    body = sdp(sink.port, formats=formats)
    peer.accept(invite, body=body)
    packets = [sink.socket.recv(2048) for _ in range(count)]
    handle.hangup()
    peer.answer(peer.receive("BYE"), "200 OK")
    ear.result()
    sink.close()
    return packets


def _wait_talk(ear: Ear, handle: CallHandle) -> None:
    """Let the call be heard for a second, then end it."""
    ear.over.wait(1.0)
    handle.hangup()
    ear.result()
