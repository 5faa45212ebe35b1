"""Several trunks in one process: one reactor carries them all, one thread looks after each."""

import logging
import threading
from collections.abc import Sequence

from django.db import connections

from dialer.line_process.ownership import TrunkTakenError
from dialer.line_process.process import LineProcess
from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.sweep import Sweep
from dialer.lines.sip.watchdog import Watchdog

log = logging.getLogger(__name__)


class LineHost:
    """Runs line processes that share a reactor until it is told to stop."""

    def __init__(self, *, processes: Sequence[LineProcess], reactor: Reactor) -> None:
        """Prepare to run; nothing is owned yet."""
        self._processes = processes
        self._reactor = reactor
        self._sweep = Sweep(reactor=reactor)
        self._watchdog = Watchdog(reactor=reactor)
        self._failed: list[BaseException] = []

    def stop(self) -> None:
        """Finish: no new call on any trunk, and the live ones get their time."""
        for process in self._processes:
            process.stop()

    def run(self) -> None:
        """Serve all the trunks, or none: whoever is to serve another one starts another process.

        If one of them cannot be served any more, the others finish what they have, so that the
        supervisor starts them all anew.

        :raises TrunkTakenError: if another process owns one of the trunks, now or later
        """
        self._own_all()
        self._sweep.start()
        self._reactor.start()
        self._watchdog.start()
        try:
            self._serve()
        finally:
            self._watchdog.stop()
            self._reactor.stop()
            self._sweep.stop()
        if self._failed:
            raise self._failed[0]

    def _own_all(self) -> None:
        for place, process in enumerate(self._processes):
            try:
                process.own()
            except BaseException:
                for earlier in self._processes[:place]:
                    earlier.disown()
                raise

    def _serve(self) -> None:
        threads = [
            threading.Thread(target=self._serve_one, args=(process,), name=f"trunk-{place}")
            for place, process in enumerate(self._processes)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _serve_one(self, process: LineProcess) -> None:
        try:
            process.run()
        except BaseException as error:
            if not isinstance(error, TrunkTakenError):
                log.exception("a trunk is no longer served")
            self._failed.append(error)
        finally:
            connections.close_all()
            if self._failed:
                self.stop()
