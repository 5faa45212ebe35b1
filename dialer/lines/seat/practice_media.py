"""The audio of the practice phones: a quiet tone while somebody is there, else nothing."""

import audioop
import math
import secrets
import struct
from collections.abc import Callable
from dataclasses import dataclass

from dialer.lines.carrier.media import FRAME_SECONDS, HEAD, Address, CarrierMedia, Listener

SAMPLES = 160  # of 20 ms
TONE_HERTZ = 400  # eight waves in 20 ms, so that one frame goes on from the last
AMPLITUDE = 1000  # about -30 dBFS
MARKER = 0x80
THERE_SECONDS = 0.1  # two packets this close are somebody's voice, not a keepalive
GONE_SECONDS = 0.3  # without a packet: nobody is there any more
MASK_16, MASK_32 = 0xFFFF, 0xFFFFFFFF


def _tone() -> bytes:
    step = 2 * math.pi * TONE_HERTZ / 8000
    wave = [round(AMPLITUDE * math.sin(step * n)) for n in range(SAMPLES)]
    return audioop.lin2ulaw(struct.pack(f"<{SAMPLES}h", *wave), 2)


TONE = _tone()
MUTED = b"\xff" * SAMPLES


@dataclass(slots=True, kw_only=True)
class Phone:
    """What one phone says."""

    on_talk: Callable[[bool], None]
    source: int
    sequence: int
    began: float
    heard_at: float = -math.inf
    talks: bool = False
    says: bytes = TONE


class PracticeMedia(CarrierMedia):
    """One UDP socket, and one tick of 20 ms while anybody talks."""

    def __init__(self, *, host: str) -> None:
        super().__init__(host=host)
        self._phones: dict[Address, Phone] = {}
        self._talking: dict[Address, Phone] = {}
        self._tick_at = 0.0

    def attend(
        self,
        address: Address,
        *,
        on_digit: Callable[[str], None],
        on_talk: Callable[[bool], None],
        silent: bool,
    ) -> Listener:
        """Listen to one leg; `on_talk` is told when somebody is there, and when nobody is."""
        listener = self.listen(address, on_digit, on_voice=lambda: None)
        self._phones[address] = Phone(
            on_talk=on_talk,
            source=secrets.randbits(32),
            sequence=secrets.randbits(16),
            began=self._loop.time(),
            says=MUTED if silent else TONE,
        )
        return listener

    def forget(self, address: Address, listener: Listener) -> bool:
        """Listen no more. Return False if another call has the caller's port by now."""
        ours = super().forget(address, listener)
        if ours:
            self._phones.pop(address, None)
            self._talking.pop(address, None)
        return ours

    def _hear(self, source: Address, listener: Listener, packet: bytes) -> None:
        super()._hear(source, listener, packet)
        phone = self._phones.get(source)
        if phone is None:
            return
        now = self._loop.time()
        close = now - phone.heard_at < THERE_SECONDS
        phone.heard_at = now
        if close and not phone.talks:
            self._begin(source, phone)

    def _begin(self, address: Address, phone: Phone) -> None:
        phone.talks = True
        if not self._talking:
            self._tick_at = self._loop.time()
            self._loop.call_soon(self._tick)
        self._talking[address] = phone
        self._say(address, phone, marker=MARKER)
        phone.on_talk(phone.talks)

    def _tick(self) -> None:
        now = self._loop.time()
        for address, phone in list(self._talking.items()):
            if now - phone.heard_at > GONE_SECONDS:
                phone.talks = False
                del self._talking[address]
                phone.on_talk(phone.talks)
            else:
                self._say(address, phone)
        if self._talking:
            self._tick_at = max(self._tick_at + FRAME_SECONDS, now - 5 * FRAME_SECONDS)
            self._loop.call_at(self._tick_at, self._tick)

    def _say(self, address: Address, phone: Phone, *, marker: int = 0) -> None:
        phone.sequence = (phone.sequence + 1) & MASK_16
        stamp = int((self._loop.time() - phone.began) / FRAME_SECONDS) * SAMPLES & MASK_32
        head = HEAD.pack(0x80, marker, phone.sequence, stamp, phone.source)
        self._send(head + phone.says, address)
