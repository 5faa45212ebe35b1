"""What the peer of a call sees is one stream, whoever speaks."""

import struct
from dataclasses import dataclass
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dialer.lines.sip.stream import OutStream

VOICE = b"\x55" * 160


@dataclass
class Spot:
    """Where a packet stands in another stream."""

    run: int
    number: int
    position: int


def read(packet: bytes) -> tuple[int, int, int, int, int]:
    """Return marker, payload type, number, stamp and SSRC."""
    _, second, number, stamp, ssrc = struct.unpack_from("!BBHII", packet)
    return second >> 7, second & 0x7F, number, stamp, ssrc


class TestOutStream:
    def test_goes_on_by_one_and_160_while_one_speaks(self) -> None:
        stream = OutStream(began=0.0)

        heads = [read(stream.own(at=160 * n + n % 3, kind=0, payload=VOICE)) for n in range(5)]

        first = heads[0]
        assert [head[0] for head in heads] == [1, 0, 0, 0, 0]
        assert [(head[2] - first[2]) & 0xFFFF for head in heads] == [0, 1, 2, 3, 4]
        assert [(head[3] - first[3]) % 2**32 for head in heads] == [0, 160, 320, 480, 640]

    def test_passes_another_stream_on_with_its_losses_and_its_order(self) -> None:
        stream = OutStream(began=0.0)
        own = read(stream.own(at=0, kind=0, payload=VOICE))

        packets = [
            stream.passed_on(160 + 160 * n, Spot(1, 5000 + n, 160 * n), 8, VOICE, 160)
            for n in (0, 2, 1, 4)
        ]  # fmt: skip

        heads = [read(packet) for packet in packets if packet is not None]
        assert [(head[2] - own[2]) & 0xFFFF for head in heads] == [1, 3, 2, 5]
        assert [(head[3] - own[3]) % 2**32 for head in heads] == [160, 480, 320, 800]
        assert [head[0] for head in heads] == [1, 0, 0, 0]
        assert {head[4] for head in heads} == {own[4]}

    def test_takes_nothing_of_before_the_change_of_speaker(self) -> None:
        stream = OutStream(began=0.0)
        stream.passed_on(0, Spot(1, 10, 1600), 0, VOICE, 160)

        assert stream.passed_on(0, Spot(1, 9, 1440), 0, VOICE, 160) is None

    def test_cuts_a_stream_that_runs_faster_than_time(self) -> None:
        stream = OutStream(began=0.0)

        packets = [stream.passed_on(n, Spot(1, n, 160 * n), 0, VOICE, 160) for n in range(60)]

        assert [packet is None for packet in packets[:51]] == [False] * 51
        assert packets[51] is None
        assert stream.passed_on(16_000, Spot(1, 61, 9760), 0, VOICE, 160) is not None

    def test_leaves_a_minute_of_silence_out_of_the_numbers_but_not_of_the_stamps(self) -> None:
        stream = OutStream(began=0.0)
        first = read(stream.own(at=0, kind=0, payload=VOICE))
        stream.skip(160)

        later = read(stream.own(at=480_000, kind=0, payload=VOICE))

        assert (later[2] - first[2]) & 0xFFFF == 1
        assert (later[3] - first[3]) % 2**32 == 480_000
        assert later[0] == 1

    def test_stamps_all_packets_of_a_key_alike(self) -> None:
        stream = OutStream(began=0.0)
        stream.own(at=0, kind=0, payload=VOICE)

        heads = [read(stream.begin_key(at=160, kind=101, payload=b"\x01"))]
        heads += [read(stream.key(at=160 * n, kind=101, payload=b"\x01")) for n in range(2, 8)]
        after = read(stream.own(at=160 * 8, kind=0, payload=VOICE))

        assert len({head[3] for head in heads}) == 1
        assert [head[0] for head in heads] == [1] + [0] * 6
        assert (after[3] - heads[0][3]) % 2**32 == 7 * 160

    @given(st.lists(st.tuples(st.sampled_from("osp"), st.integers(0, 400)), max_size=40))
    def test_never_sends_a_number_twice_nor_goes_back(self, turns: list[tuple[str, int]]) -> None:
        stream, at, heads, run = OutStream(began=0.0), 0, [], 0
        for place, (kind, pause) in enumerate(turns):
            at += 160 + pause
            if kind == "o":
                heads.append(read(stream.own(at=at, kind=0, payload=VOICE)))
            elif kind == "s":
                stream.skip(at)
            else:
                run += place % 3 == 0
                packet = stream.passed_on(at, Spot(run + 1, place, at), 0, VOICE, 160)
                heads += [read(packet)] if packet is not None else []
        steps = [(b[2] - a[2]) & 0xFFFF for a, b in pairwise(heads)]
        times = [(b[3] - a[3]) % 2**32 for a, b in pairwise(heads)]
        assert all(0 < step < 100 for step in steps)
        assert all(0 < time < 100_000 for time in times)
