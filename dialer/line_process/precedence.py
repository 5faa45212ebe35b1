"""A line process runs before others: each of its calls has a packet to send every 20 ms."""

import os

REAL_TIME = 1  # the lowest; the kernel leaves a twentieth of the time to everybody else


def take_precedence() -> str:
    """Have the threads that are started from now on run first; return what came of it.

    `nice` alone does not do that where the kernel groups processes by their session (sched(7),
    "The autogroup feature"): there it counts among the threads of this process only.
    """
    if not hasattr(os, "sched_setscheduler"):
        return "no real-time priority: the system has none"
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(REAL_TIME))
    except OSError as error:
        return f"no real-time priority ({error.strerror}): let it have one, LimitRTPRIO=1"
    return f"real-time priority {REAL_TIME}"
