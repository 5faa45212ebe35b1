"""Half a second of a call, both sides, as it is stored: G.711 as it came, gaps filled."""

import audioop
import struct
from dataclasses import dataclass, field

SAMPLE_RATE = 8000
BLOCK_SAMPLES = 4000  # half a second
PCMU, PCMA, LINEAR, NOTHING = 0, 8, 16, 255  # how a side is stored in a block
WIDTH = {PCMU: 1, PCMA: 1, LINEAR: 2, NOTHING: 0}  # bytes of one sample
QUIET = {PCMU: b"\xff", PCMA: b"\xd5"}  # what fills a gap: the quietest that the codec can say
HEAD = struct.Struct("!HBB")  # samples, how the callee is stored, how we are

Packet = tuple[int, bytes, int]  # first sample inside the block, payload, codec


class BlockError(ValueError):
    """These bytes are no block of a recording."""


@dataclass(slots=True)
class Block:
    """Packets of one half second, by side, until they are written."""

    since: float = 0.0  # when the oldest of them was taken
    sides: tuple[list[Packet], list[Packet]] = field(default_factory=lambda: ([], []))

    def body(self, samples: int) -> bytes:
        """Return the block as it is stored, `samples` long."""
        stored = [_stored(side, samples) for side in self.sides]
        head = HEAD.pack(samples, *(how for how, _ in stored))
        return head + b"".join(content for _, content in stored)


def _stored(packets: list[Packet], samples: int) -> tuple[int, bytes]:
    codecs = {codec for _, _, codec in packets}
    if not codecs:
        return NOTHING, b""
    if len(codecs) > 1:  # the carrier changed its mind inside this half second
        return LINEAR, _mixed(packets, samples)
    codec = codecs.pop()
    content = bytearray(QUIET[codec] * samples)
    for start, payload, _ in packets:
        content[start : start + len(payload)] = payload
    return codec, bytes(content[:samples])


def _mixed(packets: list[Packet], samples: int) -> bytes:
    content = bytearray(2 * samples)
    for start, payload, codec in packets:
        content[2 * start : 2 * (start + len(payload))] = _linear(codec, payload)
    return bytes(content[: 2 * samples])


def stereo(body: bytes) -> bytes:
    """Return a stored block as 16-bit stereo samples, little-endian: left callee, right us.

    :raises BlockError: if it is none
    """
    if len(body) < HEAD.size:
        raise BlockError("A block is shorter than its head.")
    samples, *how = HEAD.unpack_from(body)
    if samples > BLOCK_SAMPLES or not set(how) <= WIDTH.keys():
        raise BlockError("A block says of itself what cannot be.")
    middle = HEAD.size + samples * WIDTH[how[0]]
    left, right = body[HEAD.size : middle], body[middle:]
    if len(right) != samples * WIDTH[how[1]]:
        raise BlockError("A block is not as long as it says.")
    return audioop.add(
        audioop.tostereo(_side(how[0], left, samples), 2, 1, 0),
        audioop.tostereo(_side(how[1], right, samples), 2, 0, 1),
        2,
    )


def _side(how: int, content: bytes, samples: int) -> bytes:
    return bytes(2 * samples) if how == NOTHING else _linear(how, content)


def _linear(codec: int, content: bytes) -> bytes:
    if codec == LINEAR:
        return content
    return audioop.alaw2lin(content, 2) if codec == PCMA else audioop.ulaw2lin(content, 2)
