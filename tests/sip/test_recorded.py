"""CN13-REC-01 over real packets: the file holds what was on the wire, sample by sample."""

import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.dialer.recording.studio import FRAME, Studio, heard, read_back, sides, speech, until
from tests.sip.peers import MutePeer, OpenLine
from tests.sip.talkers import Heard, talker

PACKETS = 40
LOST = {7, 8, 20, 33}  # of the callee's packets
LEFT_OUT = 4000  # samples at least of each second in which the line's clock stands still
QUIET = {0: b"\xff", 8: b"\xd5"}


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    studio = Studio(tmp_path)
    studio.recorders.start()
    yield studio
    studio.recorders.stop()


def at_their_stamps(packets: list[Heard], *, codec: int) -> bytes:
    """Return the samples of packets; quiet where our clock stood still and left some out."""
    said = b""
    for packet in packets:
        place = (packet.stamp - packets[0].stamp) % 2**32
        said = said.ljust(place, QUIET[codec]) + packet.payload
    return heard(said, codec=codec)


class TestRecordedCall:
    @pytest.mark.parametrize("codec", [0, 8])
    @pytest.mark.parametrize("still_seconds", [0.0, 0.4])
    def test_is_what_both_sides_put_on_the_wire(
        self,
        studio: Studio,
        open_line: OpenLine,
        mute_peer: MutePeer,
        still_seconds: float,
        codec: int,
    ) -> None:
        tag = uuid4()
        recorder = studio.recorders.recorder_for(tag=tag)
        line = open_line(mute_peer.port)
        one = talker(line, mute_peer, codec=codec, recorder=recorder)
        said = speech(PACKETS * FRAME / 8000, seed=codec)
        for place in range(PACKETS):
            payload = said[place * FRAME : (place + 1) * FRAME]
            if place in LOST:
                one.number, one.stamp = one.number + 1, one.stamp + FRAME
            else:
                one.say(payload)
        one.hear()  # it was due before the answer, which comes between two
        packets = [one.hear() for _ in range(5)]
        line.reactor.call_soon(lambda: time.sleep(still_seconds))
        packets += [one.hear() for _ in range(25)]
        from_us = at_their_stamps(packets, codec=codec)
        one.handle.hangup()
        one.peer.answer(one.peer.receive("BYE"), "200 OK")
        one.ear.result()
        until(lambda: tag in studio.kept)
        one.close()

        kept = studio.kept[tag]
        left, right = sides(read_back(studio.folder, recorder.opened.id))
        expected = bytearray(said)
        for place in LOST:
            expected[place * FRAME : (place + 1) * FRAME] = QUIET[codec] * FRAME
        start = left.index(heard(bytes(expected), codec=codec))
        assert (kept.cut_because, studio.lost) == ("", [])
        assert len(left) == len(right) == 2 * kept.samples
        assert start % 2 == 0
        assert start // 2 < 4000
        assert from_us in right
        assert len(from_us) // 2 - len(packets) * FRAME >= LEFT_OUT * still_seconds
