"""The addresses of one trunk: asked for again when they run out, changed when one fails."""

import logging
import threading
from collections.abc import Callable
from functools import partial

from dialer.lines.sip.config import TrunkConfig
from dialer.lines.sip.dns import (
    DEFAULT_PORT,
    Address,
    Found,
    NoAddressError,
    NoAnswerError,
    Question,
    find,
    literal,
)
from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.timers import Timer

logger = logging.getLogger(__name__)

LEAST_TTL_SECONDS = 5.0  # a name with a time to live of 0 is not asked for without a pause
MOST_TTL_SECONDS = 3600.0
AGAIN_SECONDS = 5.0  # after a question that nobody answered
STALE_SECONDS = 600.0  # how long addresses go on to be used while no name server answers


class Addresses:
    """Runs on the reactor's thread; `current`, `knows` and `reason` may be read from any."""

    def __init__(
        self, *, config: TrunkConfig, reactor: Reactor, on_change: Callable[[], None]
    ) -> None:
        """Tell `on_change` whenever `current` is another, also when it is none."""
        self.current: Address | None = None
        self.reason = ""
        self._config = config
        self._reactor = reactor
        self._on_change = on_change
        self._all: tuple[Address, ...] = ()
        self._tried = 0  # addresses that failed since one was last heard
        self._asking = False
        self._stopped = False
        self._timer: Timer | None = None
        self._stale: Timer | None = None
        host, port = config.next_hop
        if address := literal(host):
            self._all = ((address, port or DEFAULT_PORT),)
            self.current = self._all[0]

    def start(self) -> None:
        """Find the trunk's addresses; where it has a name, that takes a while."""
        if self.current is not None:
            self._on_change()
        else:
            self.reason = _both("正在解析运营商域名", "Looking the carrier's name up")
            self._ask()

    def stop(self) -> None:
        """Ask no more."""
        self._stopped = True
        self._cancel()

    def knows(self, host: str) -> bool:
        """Say whether the host is one of the trunk's."""
        return any(host == address for address, _ in self._all)

    def heard(self) -> None:
        """Note that the current address answers."""
        self._tried = 0

    def failed(self) -> bool:
        """Go on to the next address, and ask whether there are others by now.

        Return False once all have failed since one was last heard.
        """
        if literal(self._config.next_hop[0]) is None:
            self._ask()
        self._tried += 1
        if self.current is None or self._tried >= len(self._all):
            self._tried = 0
            self._go_to_next()
            return False
        self._go_to_next()
        return True

    def _go_to_next(self) -> None:
        if self.current is None or len(self._all) < 2:  # noqa: PLR2004 - there is no other
            return
        at = self._all.index(self.current) if self.current in self._all else -1
        self._go_to(self._all[(at + 1) % len(self._all)])

    def _go_to(self, address: Address | None) -> None:
        if address != self.current:
            self.current = address
            self._on_change()

    def _ask(self) -> None:
        """Ask on a thread of its own; one question at a time."""
        if self._asking or self._stopped:
            return
        self._asking = True
        self._cancel_timer()
        name = f"dns-{self._config.code}"
        threading.Thread(target=self._look_up, name=name, daemon=True).start()

    def _look_up(self) -> None:
        """Ask, and hand the answer to the reactor: nothing else here runs beside it."""
        config = self._config
        host, port = config.next_hop
        question = Question(host=host, port=port, ipv6=config.ipv6, servers=config.name_servers)
        try:
            found = find(question)
        except NoAddressError as error:
            self._reactor.call_soon(partial(self._nowhere, str(error)))
        except NoAnswerError as error:
            self._reactor.call_soon(partial(self._unanswered, str(error)))
        except Exception:  # whatever the library may trip over, the trunk asks again
            logger.exception("Trunk %s: its name could not be looked up.", config.code)
            self._reactor.call_soon(partial(self._unanswered, "The look-up failed."))
        else:
            self._reactor.call_soon(partial(self._found, found))

    def _found(self, found: Found) -> None:
        self._cancel()
        self._asking, self.reason = False, ""
        self._again(min(max(found.ttl_seconds, LEAST_TTL_SECONDS), MOST_TTL_SECONDS))
        if self._stopped:
            return
        self._all = found.addresses
        if self.current not in self._all:
            self._tried = 0
            self._go_to(self._all[0])

    def _nowhere(self, said: str) -> None:
        """Those who know the name say that it leads nowhere: neither do our calls."""
        self._asking = False
        self._again(AGAIN_SECONDS)
        self._lose(_both(f"运营商域名 {self._config.next_hop[0]} 没有地址", said))

    def _unanswered(self, said: str) -> None:
        """Nobody can say: what was known last is used for a while (RFC 8767)."""
        self._asking = False
        self._again(AGAIN_SECONDS)
        sentence = _both(f"域名服务器无法解析 {self._config.next_hop[0]}", said)
        if self.current is None:
            self._lose(sentence)
        elif self._stale is None:
            logger.warning("Trunk %s: %s", self._config.code, sentence)
            self._stale = self._reactor.call_later(STALE_SECONDS, lambda: self._lose(sentence))

    def _lose(self, sentence: str) -> None:
        if self.reason != sentence:
            logger.error("Trunk %s: %s", self._config.code, sentence)
        self.reason = sentence
        self._all = ()
        self._go_to(None)

    def _again(self, seconds: float) -> None:
        self._cancel_timer()
        if not self._stopped:
            self._timer = self._reactor.call_later(seconds, self._ask)

    def _cancel(self) -> None:
        self._cancel_timer()
        if self._stale is not None:
            self._stale.cancel()
            self._stale = None

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


def _both(zh: str, en: str) -> str:
    return f"{zh} {en}"
