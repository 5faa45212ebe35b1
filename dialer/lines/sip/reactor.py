"""One thread for all calls: it waits for sockets and timers and runs what they ask for."""

import contextlib
import logging
import math
import os
import socket
import threading
import time
from collections import deque
from collections.abc import Callable

from dialer.lines.sip.poll import Poll
from dialer.lines.sip.share import LOOK_SECONDS, Share
from dialer.lines.sip.timers import Action, Timer, Timers

logger = logging.getLogger(__name__)

Beat = Callable[[float], object]
LATENESS_WINDOW_SECONDS = 5.0
IDLE_SECONDS = 1.0


class Reactor:
    """The loop. Only `call_soon` and `call_in_turn` may be called from other threads."""

    def __init__(self) -> None:
        self._poll = Poll()
        self._soon: deque[Action] = deque()
        self._timers = Timers()
        self._wake_out, self._wake_in = os.pipe()
        os.set_blocking(self._wake_out, False)
        os.set_blocking(self._wake_in, False)
        self._poll.add(self._wake_out, self._woken)
        self._thread: threading.Thread | None = None
        self._running = False
        self._waking = threading.Lock()  # held for one byte; a closed pipe's number may be reused
        self._asleep = True  # or about to be: who adds to the queue has to wake the loop
        self._closed = False
        self.comes_round = False  # in a moment, whatever happens: somebody's timer is set
        self.beat_at = time.monotonic()  # the loop came round; IDLE_SECONDS apart at most
        self.share = Share()  # of their calls, that the lines on this reactor may offer
        self._late_now = 0.0
        self._late = 0.0
        self._late_before = 0.0
        self._late_since = 0.0

    def start(self) -> None:
        """Run the loop on its own thread."""
        self._running = True
        self.call_soon(self._look)
        self._thread = threading.Thread(target=self._loop, name="sip-reactor", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the loop and close what it opened; called from another thread, once."""
        self.call_soon(self._halt)
        if self._thread is not None:
            self._thread.join()
        with self._waking:
            self._closed = True
            self._poll.close()
            os.close(self._wake_out)
            os.close(self._wake_in)

    def call_soon(self, action: Action) -> None:
        """Run the action on the loop's thread, in the order of asking; after the end, never."""
        self._soon.append(action)
        if self._asleep:  # looked at when the action is in the queue already
            self._wake()

    def call_in_turn(self, action: Action) -> None:
        """Run the action as `call_soon` does, but do not wake a loop that comes round anyway.

        What is asked for afterwards by `call_soon` still runs after it.
        """
        self._soon.append(action)
        if self._asleep and not self.comes_round:
            self._wake()

    def call_later(self, seconds: float, action: Action) -> Timer:
        """Run the action after so many seconds, and some milliseconds, with what else is due."""
        return self._timers.after(seconds, action)

    def call_at(self, when: float, action: Action) -> Timer:
        """Run the action at an instant of the monotonic clock, and not some milliseconds later."""
        return self._timers.at(when, action)

    def add_reader(self, sock: socket.socket, action: Action) -> None:
        """Run the action whenever the socket has something to read."""
        self._poll.add(sock.fileno(), action)

    def remove_reader(self, sock: socket.socket) -> None:
        """Forget the socket."""
        self._poll.remove(sock.fileno())

    def note_lateness(self, seconds: float) -> None:
        """Remember how late the media clock was."""
        now = time.monotonic()
        if now - self._late_since > LATENESS_WINDOW_SECONDS:
            self._late_before, self._late, self._late_since = self._late, 0.0, now
        self._late = max(self._late, seconds)
        self._late_now = max(self._late_now, seconds)

    @property
    def late_ms(self) -> float:
        """The worst lateness of the media clock in the last five to ten seconds."""
        if time.monotonic() - self._late_since > 2 * LATENESS_WINDOW_SECONDS:
            return 0.0
        return max(self._late, self._late_before) * 1000

    def _loop(self) -> None:
        while self._running:
            self.beat_at = time.monotonic()
            self._asleep = True  # before the queue is looked at for the last time
            ready = self._poll.ready(self._wait_seconds())
            self._asleep = False
            for action in ready:
                self._do(action)
            for timer in self._timers.due(time.monotonic()):
                self._do(timer.fire)
            for _ in range(len(self._soon)):
                self._do(self._soon.popleft())

    def _wait_seconds(self) -> float:
        if self._soon:
            return 0.0
        when = self._timers.next_at(bundles=not self.comes_round)
        return min(IDLE_SECONDS, max(0.0, when - time.monotonic()))

    def _do(self, action: Action) -> None:
        try:
            action()
        except Exception:  # one call's fault must not take the other calls down
            logger.exception("A line's event could not be handled.")

    def _wake(self) -> None:
        with self._waking, contextlib.suppress(BlockingIOError):  # full = it will wake anyway
            if not self._closed:
                self._asleep = False  # others need not wake it as well
                os.write(self._wake_in, b"!")

    def _woken(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake_out, 4096)

    def _look(self) -> None:
        """Once a second: offer less while late, more when that is over."""
        worst, self._late_now = self._late_now, 0.0
        self.share.look(late_seconds=worst)
        self.call_later(LOOK_SECONDS, self._look)

    def _halt(self) -> None:
        self._running = False


class Alarm:
    """One timer that is set anew again and again."""

    def __init__(self, reactor: Reactor) -> None:
        self._reactor = reactor
        self._timer: Timer | None = None

    def set(self, seconds: float, action: Action) -> None:
        """Run the action after so many seconds, and not what was set before."""
        self.clear()
        self._timer = self._reactor.call_later(seconds, action)

    def clear(self) -> None:
        """Run nothing."""
        if self._timer is not None:
            self._timer.cancel()


class MediaClock:
    """Twenty milliseconds, cut into four groups five apart, so that packets leave evenly."""

    GROUPS = 4
    STEP_SECONDS = 0.005
    GIVE_UP_SECONDS = 0.2

    def __init__(self, reactor: Reactor) -> None:
        self._reactor = reactor
        self._members: list[set[Beat]] = [set() for _ in range(self.GROUPS)]
        self._turn = 0
        self._next = math.inf
        self._timer: Timer | None = None

    def join(self, action: Beat) -> None:
        """Run the action every 20 ms from now on; it is told when it was due."""
        min(self._members, key=len).add(action)
        if self._timer is None:
            self._next = time.monotonic()
            self._timer = self._reactor.call_at(self._next, self._tick)

    def leave(self, action: Beat) -> None:
        """Run it no more."""
        for group in self._members:
            group.discard(action)
        if self._timer is not None and not any(self._members):
            self._timer.cancel()
            self._timer = None

    def _tick(self) -> None:
        now = time.monotonic()
        due = now if now - self._next > self.GIVE_UP_SECONDS else self._next
        group = self._members[self._turn]
        self._turn = (self._turn + 1) % self.GROUPS
        self._timer = None
        if any(self._members):
            self._next = due + self.STEP_SECONDS
            self._timer = self._reactor.call_at(self._next, self._tick)
        for action in tuple(group):
            try:
                action(due)
            except Exception:  # one call's fault must not silence the others
                logger.exception("A call's audio could not be sent.")
        self._reactor.note_lateness(time.monotonic() - due)
