"""Hears when the agent's voice first reached the callee, on its way into the recording."""

from dialer.lines.base import CallRecorder, Side

SILENCE = {0: b"\xff\x7f", 8: b"\xd5\x55"}  # G.711: plus and minus zero of PCMU and PCMA
SAMPLES_PER_MS = 8


class FirstSound:
    """A recorder that listens before it passes on; there may be none behind it."""

    def __init__(self, recorder: CallRecorder | None = None) -> None:
        """Listen to nothing until `begin`."""
        self.after_ms: int | None = None  # from the answer
        self._recorder = recorder
        self._listens = False

    @property
    def healthy(self) -> bool:
        """Whether everything so far is kept."""
        return self._recorder is None or self._recorder.healthy

    def begin(self) -> None:
        """Listen: what comes now comes from the seat's phone."""
        self._listens = True

    def take(self, *, side: Side, position: int, payload: bytes, codec: int) -> None:
        """Take one packet, and note the first that is no silence."""
        if self._listens and side == "us" and payload.translate(None, SILENCE[codec]):
            self.after_ms = position // SAMPLES_PER_MS
            self._listens = False
        if self._recorder is not None:
            self._recorder.take(side=side, position=position, payload=payload, codec=codec)

    def close(self) -> None:
        """Pass it on."""
        if self._recorder is not None:
            self._recorder.close()
