"""The recorder of a line process: threads beside the reactor that write what its calls say."""

import logging
import math
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from dialer.recording.file_recorder import GAP_SECONDS, FileRecorder
from dialer.recording.handover import Kept, OpenedRecording, RecorderNotReadyError
from dialer.recording.room import why_no_room
from dialer.recording.sealed_writer import SealedWriter
from dialer.recording.wrapping import key_id

log = logging.getLogger(__name__)
TURN_SECONDS = 0.2  # in which what every call has said is looked at once
SLICE_SECONDS = 0.01  # between two parts of a turn
LOOK_SECONDS = 1.0  # between two looks at the disk
WATCH_SECONDS = 0.25
OPEN_SECONDS = 1.0  # a disk that needs longer for an empty file is none to record to
STOP_SECONDS = 2.0

Wanted = tuple[UUID, "Future[FileRecorder]"]


class Recorders:
    """Makes recorders, writes for them, and says when one has a gap."""

    def __init__(
        self,
        *,
        folder: Path,
        public: X25519PublicKey,
        on_kept: Callable[[UUID, Kept], object],
        on_lost: Callable[[UUID], object],
    ) -> None:
        """Record to `folder`. Both listeners are told a call's tag, on threads of ours."""
        self._folder = folder
        self._public = public
        self._on_kept = on_kept
        self._on_lost = on_lost
        self._wanted: queue.SimpleQueue[Wanted | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[FileRecorder | None] = queue.SimpleQueue()
        self._active: dict[UUID, FileRecorder] = {}
        self._lock = threading.Lock()
        self._looked_at = math.inf
        self._refused = "not started"
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=run, name=name, daemon=True)
            for name, run in (
                ("recorder", self._write),
                ("recorder-disk", self._close_files),
                ("recorder-watch", self._watch),
            )
        ]

    def start(self) -> None:
        """Begin; a folder that is not there is made now, and never again."""
        with suppress(OSError):
            self._folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        self._look(time.monotonic())
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End every recording and wait for the disk, as far as the time goes."""
        deadline = time.monotonic() + STOP_SECONDS
        for one in self._all():
            one.close()
        self._stopping.set()
        self._wanted.put(None)
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def why_not(self) -> str:
        """Return why no call can be recorded now; empty if one can."""
        if self._stopping.is_set():
            return "stopping"
        if time.monotonic() - self._looked_at > LOOK_SECONDS + GAP_SECONDS:
            return "the recorder is stuck"
        return self._refused

    def recorder_for(self, *, tag: UUID) -> FileRecorder:
        """Return a recorder whose file is on the disk already.

        :raises RecorderNotReadyError: if there is none; then there is no call
        """
        why = self.why_not()
        if why:
            raise RecorderNotReadyError(why)
        wanted: Future[FileRecorder] = Future()
        self._wanted.put((tag, wanted))
        try:
            return wanted.result(timeout=OPEN_SECONDS)
        except TimeoutError:  # an OSError, too
            wanted.add_done_callback(_forget)
            raise RecorderNotReadyError("the disk is slow") from None
        except OSError as error:
            raise RecorderNotReadyError(f"the disk: {error.strerror or error}") from error

    def held(self) -> frozenset[UUID]:
        """Return the recordings that are being written."""
        with self._lock:
            return frozenset(self._active)

    def _all(self) -> list[FileRecorder]:
        with self._lock:
            return list(self._active.values())

    def _write(self) -> None:
        """Open files and write, until told to stop and all is written.

        A few calls at a time: whoever writes for all of them at once keeps the interpreter from
        the line's thread, which has packets to send every 20 ms.
        """
        turn: deque[FileRecorder] = deque()
        before = time.monotonic()
        while self._goes_on():
            self._open_wanted(SLICE_SECONDS if self._active else TURN_SECONDS)
            now = time.monotonic()
            if now - self._looked_at > LOOK_SECONDS:
                self._look(now)
            turn.extend([] if turn else self._all())
            share = math.ceil(len(self._active) * (now - before) / TURN_SECONDS)
            for _ in range(min(share, len(turn))):
                self._work(turn.popleft(), now)
            before = now
        self._done.put(None)

    def _goes_on(self) -> bool:
        if not self._stopping.is_set():
            return True
        left = self._all()
        for one in left:  # also one that was asked for just before
            one.close()
        return bool(left)

    def _open_wanted(self, seconds: float) -> None:
        with suppress(queue.Empty):
            asked = self._wanted.get(timeout=seconds)
            if asked is not None:
                self._open(*asked)

    def _open(self, tag: UUID, wanted: "Future[FileRecorder]") -> None:
        if not wanted.set_running_or_notify_cancel():
            return
        opened = OpenedRecording(id=uuid4(), key_id=key_id(self._public))
        try:
            writer = SealedWriter(self._folder, recording=opened.id, public=self._public)
        except OSError as error:
            wanted.set_exception(error)
            return
        recorder = FileRecorder(tag=tag, opened=opened, writer=writer)
        with self._lock:
            self._active[opened.id] = recorder
        wanted.set_result(recorder)

    def _work(self, one: FileRecorder, now: float) -> None:
        try:
            one.work(now)
        except OSError as error:
            if one.overdue(now):
                log.warning("recording %s: %s", one.opened.id, error)
                one.give_up("not_written")
        except Exception:
            log.exception("recording %s cannot be written", one.opened.id)
            one.give_up("not_written")
        if one.lost:
            self._tell(one)
        if one.finished:
            with self._lock:
                del self._active[one.opened.id]
            self._done.put(one)

    def _look(self, now: float) -> None:
        why = why_no_room(self._folder, calls=len(self._all()))
        if why != self._refused and why:
            log.error("no call can be recorded: %s", why)
        self._refused, self._looked_at = why, now
        for one in self._all():
            if not one.writer.is_there():
                one.lost = one.lost or "file_gone"

    def _close_files(self) -> None:
        """Wait for the disk, beside the thread that writes."""
        while (one := self._done.get()) is not None:
            kept = _closed(one)
            if one.wanted:
                self._on_kept(one.tag, kept)

    def _watch(self) -> None:
        """See what the thread that writes cannot see while it is stuck."""
        while not self._stopping.wait(WATCH_SECONDS):
            now = time.monotonic()
            for one in self._all():
                one.lost = one.lost or one.breach(now)
                if one.lost:
                    self._tell(one)

    def _tell(self, one: FileRecorder) -> None:
        """Tell that the recording has a gap, once."""
        with self._lock:
            told, one.told = one.told, True
        if not told:
            log.error("recording %s has a gap: %s", one.opened.id, one.lost)
            self._on_lost(one.tag)


def _forget(late: "Future[FileRecorder]") -> None:
    if late.exception() is None:
        late.result().discard()


def _closed(one: FileRecorder) -> Kept:
    """Return what became of the recording, once it is on the disk."""
    writer = one.writer
    if not writer.size:  # nothing was said
        return Kept(id=one.opened.id, cut_because=one.lost)
    try:
        written = writer.sync()
    except OSError as error:
        log.warning("recording %s does not reach the disk: %s", one.opened.id, error)
        one.lost = one.lost or "disk"
        written = writer.as_it_is()
        writer.close()
    return Kept(
        id=one.opened.id,
        samples=written.samples,
        audio_sha256=written.audio_sha256,
        bytes=written.bytes,
        file_sha256=written.file_sha256,
        cut_because=one.lost,
    )
