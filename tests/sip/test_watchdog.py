"""A reactor that no longer comes round takes its process with it, and nothing else does."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.watchdog import STALLED, Watchdog
from tests.sip.peers import ROOT, until

PROCESS = """
import threading, time
from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.watchdog import Watchdog
reactor = Reactor()
reactor.start()
Watchdog(reactor=reactor, stall_seconds=0.3).start()
reactor.call_soon(lambda: time.sleep(60))
threading.Event().wait()
"""

IMPATIENT = "from dialer.lines.sip import reactor\nreactor.IDLE_SECONDS = 0.1\n"


@pytest.fixture
def reactor() -> Iterator[Reactor]:
    reactor = Reactor()
    reactor.start()
    yield reactor
    reactor.stop()


class TestWatchdog:
    def test_ends_a_process_whose_reactor_hangs(self) -> None:
        began = time.monotonic()

        ended = subprocess.run(
            [sys.executable, "-c", PROCESS], cwd=ROOT, capture_output=True, timeout=20, check=False
        )

        assert ended.returncode == STALLED == 70
        assert b"Thread" in ended.stderr  # where each of them stood
        assert time.monotonic() - began < 10

    def test_does_not_take_a_process_that_was_stopped_for_one_that_hangs(self) -> None:
        lively = PROCESS.replace("reactor.call_soon(lambda: time.sleep(60))", "print('up')")
        lively = lively.replace(
            "print('up')", "reactor.call_soon(lambda: print('up', flush=True))"
        )
        command = [sys.executable, "-c", f"{IMPATIENT}{lively}"]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"up\n"
            process.send_signal(signal.SIGSTOP)
            time.sleep(0.6)
            process.send_signal(signal.SIGCONT)

            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.3)
            process.kill()

    def test_leaves_a_reactor_alone_that_has_nothing_to_do(
        self, reactor: Reactor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("dialer.lines.sip.reactor.IDLE_SECONDS", 0.1)
        reactor.call_soon(str)
        ended: list[int] = []
        watchdog = Watchdog(reactor=reactor, stall_seconds=0.3, end=ended.append)
        watchdog.start()

        watchdog.join(0.6)

        assert ended == []
        watchdog.stop()
        watchdog.join()

    def test_bears_a_turn_that_takes_less(self, reactor: Reactor) -> None:
        hangs = threading.Event()
        ended: list[int] = []
        watchdog = Watchdog(reactor=reactor, stall_seconds=0.4, end=ended.append)
        reactor.call_soon(lambda: hangs.wait(0.2))
        watchdog.start()

        watchdog.join(0.3)

        assert ended == []
        reactor.call_soon(lambda: hangs.wait(5))
        until(lambda: ended == [STALLED])
        hangs.set()
        watchdog.join()
