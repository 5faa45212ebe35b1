"""Tell whether a trunk is up: by OPTIONS, by what was heard, by INVITEs that nobody answered."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.timers import Timer

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

    def __init__(self, *, reactor: Reactor, probe: Probe, on_down: Callable[[], bool]) -> None:
        """Ask `on_down` for another address of the peer; it says `moved` where there is one."""
        self.up = False
        self._reactor = reactor
        self._probe = probe
        self._on_down = on_down
        self._stopped = False
        self._answers_options = False
        self._was_up = False
        self._missed = 0
        self._silent = 0
        self._heard_at = -1.0
        self._asked_at = 0.0
        self._turn = 0  # of the address: what an earlier one does not answer says nothing
        self._timer: Timer | None = None
        self._trial: Timer | None = None

    def start(self) -> None:
        """Go up at once where nothing can be asked; otherwise ask first."""
        if self._probe.every_seconds > 0:
            self._ask()
        else:
            self.up = self._was_up = True

    def moved(self) -> None:
        """Begin anew: the peer has another address now."""
        self._turn += 1
        self._missed = self._silent = 0
        self._heard_at = -1.0
        if self._was_up and not self._answers_options:
            self._try()  # nothing but a call can tell
        elif not self._stopped:
            self.up = False
        if self._probe.every_seconds > 0:
            self._ask()

    def lost(self) -> None:
        """Go down: the peer has no address."""
        self._turn += 1
        self.up = False
        self._cancel()

    def stop(self) -> None:
        """Ask no more; the line is down."""
        self._stopped = True
        self.up = False
        self._cancel()

    def heard(self) -> None:
        """Note that the peer sent something that belongs to one of our requests."""
        self._heard_at = time.monotonic()
        self._missed = self._silent = 0
        self.up = not self._stopped
        self._was_up = self._was_up or self.up

    def invite_silent(self) -> None:
        """Note that an INVITE got no answer at all."""
        self._silent += 1
        if self._silent >= SILENT_INVITES:
            self._down()

    def _ask(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._asked_at = time.monotonic()
        turn = self._turn
        self._probe.send(lambda: self._answered(turn), lambda: self._unanswered(turn))

    def _answered(self, turn: int) -> None:
        if turn != self._turn or self._stopped:
            return
        self._answers_options = True
        self.heard()
        self._timer = self._reactor.call_later(self._probe.every_seconds, self._ask)

    def _unanswered(self, turn: int) -> None:
        if turn != self._turn or self._stopped:
            return
        if self._heard_at < self._asked_at:
            self._missed += 1
        pause = self._probe.every_seconds
        if not self.up or self._missed:
            pause = min(FIRST_PROBE_SECONDS, pause)
        self._timer = self._reactor.call_later(pause, self._ask)
        if self._missed >= MISSES and (self._answers_options or not self.up):
            self._missed = 0
            self._down()

    def _down(self) -> None:
        """Go down, and on to another address of the peer if it has one."""
        was_up, self.up = self.up, False
        self._silent = 0
        if self._stopped or self._on_down():
            return
        self.up = False  # every address has failed
        if self._answers_options:
            return
        if was_up:
            self._trial = self._reactor.call_later(TRIAL_SECONDS, self._try)
        elif not self._was_up:  # it may be one that takes no OPTIONS: a call will tell
            self._try()

    def _try(self) -> None:
        """Let calls through again; one more silence ends the trial."""
        if not self.up and not self._answers_options and not self._stopped:
            self._silent = SILENT_INVITES - 1
            self.up = self._was_up = True

    def _cancel(self) -> None:
        for timer in (self._timer, self._trial):
            if timer is not None:
                timer.cancel()
