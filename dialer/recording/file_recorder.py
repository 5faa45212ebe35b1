"""Records one call: taken from the line's thread, written by the recorder's."""

import logging
import time
from collections import deque
from uuid import UUID

from dialer.lines.base import Side
from dialer.recording.blocks import BLOCK_SAMPLES, QUIET, SAMPLE_RATE, Block
from dialer.recording.handover import OpenedRecording
from dialer.recording.sealed_writer import SealedWriter

log = logging.getLogger(__name__)
GAP_SECONDS = 2.0  # CN13-REC-01: what has not been written for longer is a breach
MARGIN_SAMPLES = SAMPLE_RATE // 5  # how far behind a side's newest packet others are waited for
STALE_SECONDS = 1.2  # after its beginning a block is written, whoever has not gone on: 0.7 s late
MOST_WAITING = 600  # packets: three seconds of both sides
AHEAD_SAMPLES = 30 * SAMPLE_RATE  # a packet that claims to be further ahead is left out
SIDES = {"callee": 0, "us": 1}

Taken = tuple[int, int, bytes, int, float]  # side, position, payload, codec, when


class FileRecorder:
    """One call's recorder. `take`, `close` and `healthy` are the line's, `work` the writer's."""

    def __init__(self, *, tag: UUID, opened: OpenedRecording, writer: SealedWriter) -> None:
        """Write to `writer`; `tag` is what its owner knows the call by."""
        self.tag = tag
        self.opened = opened
        self.writer = writer
        self.lost = ""  # why something is not kept
        self.told = False  # that something is lost
        self.finished = False  # nothing more is written
        self.wanted = True  # False: no call came of it
        self._closing = False
        self._closed_at = 0.0
        self._waiting: deque[Taken] = deque()
        self._blocks: dict[int, Block] = {}
        self._next = 0  # block to be written
        self._ends = [0, 0]  # of the newest packet of each side
        self._oldest = 0.0  # when the oldest packet of the blocks was taken; 0.0: there is none
        self._silent_since = 0.0  # the last packet after the answer; 0.0: no call is up
        self._began = 0.0  # when position 0 was; 0.0: it is to come
        self._too_late = 0  # samples whose half second was written before they came

    def take(self, *, side: Side, position: int, payload: bytes, codec: int) -> None:
        """Take one packet; what finds no room any more is lost, and the call with it."""
        now = time.monotonic()
        self._silent_since = now
        self._began = self._began or now - position / SAMPLE_RATE
        if len(self._waiting) >= MOST_WAITING:
            self.lost = self.lost or "overflow"
            return
        self._waiting.append((SIDES[side], position, payload, codec, now))

    def answered(self) -> None:
        """Expect to hear something from now on: our own side never pauses."""
        self._silent_since = self._silent_since or time.monotonic()
        self._began = self._began or time.monotonic()

    def close(self) -> None:
        """Take no more: the call has ended."""
        self._closed_at = self._closed_at or time.monotonic()
        self._closing = True

    def discard(self) -> None:
        """Forget it: no call left."""
        self.wanted = False
        self.close()

    @property
    def healthy(self) -> bool:
        """Whether everything so far is kept, or will be within the time that is allowed."""
        return not self.breach(time.monotonic())

    def breach(self, now: float) -> str:
        """Return why the recording has a gap; empty if it has none."""
        if self.lost or self._closing:
            return self.lost
        if self._silent_since and now - self._silent_since > GAP_SECONDS:
            return "nothing_heard"
        try:
            oldest = self._oldest or self._waiting[0][4]
        except IndexError:  # all of it is written
            return ""
        return "not_written" if now - oldest > GAP_SECONDS else ""

    def work(self, now: float) -> None:
        """Write what is due.

        :raises OSError: if the disk did not take it; nothing is lost yet
        """
        closing = self._closing  # read first: whatever was taken before is collected below
        self._collect()
        if closing:
            self._finish()
        else:
            self._write_due(now)

    def overdue(self, now: float) -> bool:
        """Return whether the disk has had its time for what waits."""
        since = self._oldest or self._closed_at
        return bool(since) and now - since > GAP_SECONDS

    def give_up(self, why: str) -> None:
        """Leave the file as it is."""
        self.lost = self.lost or why
        self.finished = True

    def _collect(self) -> None:
        take, blocks = self._waiting.popleft, self._blocks
        for _ in range(len(self._waiting)):
            side, position, payload, codec, taken = take()
            index, start = divmod(position, BLOCK_SAMPLES)
            end = start + len(payload)
            block = blocks.get(index)
            if block is not None and end <= BLOCK_SAMPLES and codec in QUIET:  # as nearly all do
                block.sides[side].append((start, payload, codec))
                self._ends[side] = max(self._ends[side], position + len(payload))
            else:
                self._place(side, position, payload, codec, taken)
        self._age()

    def _age(self) -> None:
        self._oldest = min((block.since for block in self._blocks.values()), default=0.0)

    def _place(self, side: int, position: int, payload: bytes, codec: int, taken: float) -> None:
        end = position + len(payload)
        known = codec in QUIET and position >= 0
        if not known or end > self._newest + AHEAD_SAMPLES:
            return
        self._ends[side] = max(self._ends[side], end)
        while position < end:
            index, start = divmod(position, BLOCK_SAMPLES)
            part = payload[: BLOCK_SAMPLES - start]
            if index >= self._next:
                block = self._blocks.setdefault(index, Block(since=self._due(index, taken)))
                block.sides[side].append((start, part, codec))
            else:  # it comes when its place is written
                self._too_late += len(part)
            payload = payload[len(part) :]
            position += len(part)

    def _due(self, index: int, taken: float) -> float:
        """Return from when on a block waits: not before its own time, however early it came."""
        return max(taken, self._began + index * BLOCK_SAMPLES / SAMPLE_RATE)

    @property
    def _newest(self) -> int:
        """Where what was said ends, of what came and of what is written."""
        return max(*self._ends, self._next * BLOCK_SAMPLES)

    def _write_due(self, now: float) -> None:
        while self._is_due(now):
            self._write_next()

    def _is_due(self, now: float) -> bool:
        """Tell whether the next block is whole, as far as anybody can know by now.

        One side alone does not say so: either may come up to a second before its time, and what
        the other says meanwhile belongs beside it.
        """
        if min(self._ends) >= (self._next + 1) * BLOCK_SAMPLES + MARGIN_SAMPLES:
            return True
        return bool(self._oldest) and now - self._oldest > STALE_SECONDS

    def _write_next(self) -> None:
        body = self._blocks.get(self._next, Block()).body(BLOCK_SAMPLES)
        self.writer.add(body, samples=BLOCK_SAMPLES)
        self._blocks.pop(self._next, None)
        self._next += 1
        self._age()

    def _finish(self) -> None:
        if not self.wanted or not self._newest:
            self.writer.discard()
        else:
            while self._newest > (self._next + 1) * BLOCK_SAMPLES:
                self._write_next()
            rest = self._newest - self._next * BLOCK_SAMPLES
            self.writer.finish(self._blocks.get(self._next, Block()).body(rest), samples=rest)
        self._blocks.clear()
        self.finished = True
        if self._too_late:
            log.warning("recording %s: %d samples came too late", self.opened.id, self._too_late)
