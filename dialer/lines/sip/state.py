"""Whether one trunk may carry calls now, and why not: address, health, account, a pause."""

from collections.abc import Callable

from dialer.lines.base import NoteAlarm
from dialer.lines.sip.addresses import Addresses
from dialer.lines.sip.config import TrunkConfig
from dialer.lines.sip.health import LineHealth, Probe
from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.registration import Registration, SendRegister
from dialer.lines.sip.turned_away import TurnedAway


class TrunkState:
    """Runs on the reactor's thread; `up` and `reason` may be read from any."""

    def __init__(
        self,
        *,
        config: TrunkConfig,
        reactor: Reactor,
        probe: Probe,
        register: SendRegister,
        alarm: NoteAlarm,
    ) -> None:
        """Be down until the trunk is open and its carrier is found and heard."""
        self.open = False
        self.addresses = Addresses(config=config, reactor=reactor, on_change=self._moved)
        self.turned_away = TurnedAway(most=config.most_turned_away, tell=alarm)
        self.health = LineHealth(reactor=reactor, probe=probe, on_down=self.addresses.failed)
        self.registration: Registration | None = None
        if config.register:
            self.registration = Registration(reactor=reactor, send=register)
        self._begun = False

    @property
    def up(self) -> bool:
        """Whether calls may be placed now."""
        return self.open and self.reason == ""

    @property
    def reason(self) -> str:
        """Why no call may be placed, for people; nothing if one may."""
        registration = self.registration
        if self.addresses.reason:
            return self.addresses.reason
        if self.turned_away.paused:
            return "线路已暂停 The line is paused"
        if not self.health.up:
            return "运营商没有应答 The carrier does not answer"
        if registration is not None and not registration.registered:
            code = registration.refused_code
            said = f" ({code})" if code is not None else ""
            return f"尚未注册 Not registered{said}"
        return ""

    def begin(self) -> None:
        """Find the carrier, then ask whether it is there, then register."""
        self.addresses.start()

    def heard(self) -> None:
        """Note that the address in use answers."""
        self.addresses.heard()
        self.health.heard()

    def contact_changed(self) -> None:
        """Register anew: the carrier reaches us elsewhere."""
        if self.registration is not None:
            self.registration.start()

    def leave(self, *, then: Callable[[], None]) -> None:
        """Take the registration back, and go on when that is heard."""
        if self.registration is None:
            then()
        else:
            self.registration.stop(then=then)

    def stop(self) -> None:
        """Ask nothing more."""
        self.addresses.stop()
        self.health.stop()

    def _moved(self) -> None:
        registration = self.registration
        if self.addresses.current is None:
            self.health.lost()
            if registration is not None:
                registration.lost()
        elif not self._begun:
            self._begun = True
            self.health.start()
            if registration is not None:
                registration.start()
        else:
            self.health.moved()
            if registration is not None:
                registration.lost()
                registration.start()
