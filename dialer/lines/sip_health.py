"""Tell whether a trunk is up: by OPTIONS, by what was heard, by INVITEs that nobody answered."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from dialer.lines.sip_reactor import Reactor, Timer

MISSES = 2  # OPTIONS without an answer
SILENT_INVITES = 3  # INVITEs in a row without any answer
TRIAL_SECONDS = 30.0  # a peer that answers no OPTIONS gets another chance after this
FIRST_PROBE_SECONDS = 1.0  # between two OPTIONS while the trunk is down


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """How to ask the peer whether it is there."""

    send: Callable[[Callable[[], None], Callable[[], None]], None]  # (answered, silent)
    every_seconds: float  # 0 = never


class LineHealth:
    """Up or down; runs on the reactor's thread, `up` may be read from any."""

    def __init__(self, *, reactor: Reactor, probe: Probe) -> None:
        self.up = False
        self._reactor = reactor
        self._probe = probe
        self._stopped = False
        self._answers_options = False
        self._missed = 0
        self._silent = 0
        self._heard_at = -1.0
        self._asked_at = 0.0
        self._timer: Timer | None = None
        self._trial: Timer | None = None

    def start(self) -> None:
        """Go up at once where nothing can be asked; otherwise ask first."""
        if self._probe.every_seconds > 0:
            self._trial = self._reactor.call_later(MISSES * FIRST_PROBE_SECONDS * 2, self._try)
            self._ask()
        else:
            self.up = True

    def stop(self) -> None:
        """Ask no more; the line is down."""
        self._stopped = True
        self.up = False
        for timer in (self._timer, self._trial):
            if timer is not None:
                timer.cancel()

    def heard(self) -> None:
        """Note that the peer sent something that belongs to one of our requests."""
        self._heard_at = time.monotonic()
        self._missed = self._silent = 0
        self.up = not self._stopped

    def invite_silent(self) -> None:
        """Note that an INVITE got no answer at all."""
        self._silent += 1
        if self._silent >= SILENT_INVITES:
            self._down()

    def _ask(self) -> None:
        self._asked_at = time.monotonic()
        self._probe.send(self._answered, self._unanswered)

    def _answered(self) -> None:
        self._answers_options = True
        self.heard()
        self._timer = self._reactor.call_later(self._probe.every_seconds, self._ask)

    def _unanswered(self) -> None:
        if self._heard_at < self._asked_at:
            self._missed += 1
        if self._missed >= MISSES and self._answers_options:
            self._down()
        pause = self._probe.every_seconds
        if not self.up:
            pause = min(FIRST_PROBE_SECONDS, pause)
        self._timer = self._reactor.call_later(pause, self._ask)

    def _down(self) -> None:
        if not self.up:
            return
        self.up = False
        if not self._answers_options:
            self._trial = self._reactor.call_later(TRIAL_SECONDS, self._try)

    def _try(self) -> None:
        """Let calls through again; one more silence ends the trial."""
        if not self.up and not self._answers_options:
            self._silent = SILENT_INVITES - 1
            self.up = True
