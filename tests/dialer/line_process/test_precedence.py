"""A line process runs before others where it may, and says whether it does."""

import subprocess
import sys

ASK = """
import os, threading
from dialer.line_process.precedence import take_precedence
print(take_precedence())
seen = []
thread = threading.Thread(target=lambda: seen.append(os.sched_getscheduler(0) == os.SCHED_RR))
thread.start()
thread.join()
print(seen[0])
"""
FORBID = """
import os, resource
os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
resource.setrlimit(resource.RLIMIT_RTPRIO, (0, 0))
"""


def said(program: str) -> list[str]:
    """Run it in a process of its own: what it takes is not given back."""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


class TestPrecedence:
    def test_is_of_every_thread_or_is_said_not_to_be_had(self) -> None:
        told, real_time = said(ASK)

        assert told.startswith("no real-time priority") is (real_time == "False")

    def test_is_not_had_by_who_may_not(self) -> None:
        give_up = "if os.geteuid() == 0: os.setuid(65534)\nprint(take_"
        told, real_time = said(FORBID + ASK.replace("print(take_", give_up, 1))

        assert "LimitRTPRIO" in told
        assert real_time == "False"
