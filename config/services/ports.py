"""TCP ports on the loopback interface."""

import random
import socket

from config.sentences import SentenceError

LOOPBACK = "127.0.0.1"
# Below Linux's and macOS's ephemeral ranges: no outgoing connection can sit on one of these
# while a server is being restarted.
FIRST, LAST = 20_000, 29_999
TRIES = 200


class PortTakenError(SentenceError):
    """Somebody else listens where we were told to."""


def free_port() -> int:
    """Return a port that nobody listens on now.

    :raises PortTakenError: if none is found
    """
    dice = random.SystemRandom()
    for _ in range(TRIES):
        port = dice.randint(FIRST, LAST)
        if is_free(port):
            return port
    raise PortTakenError(
        zh=f"{LOOPBACK} 上 {FIRST} 到 {LAST} 之间没有空闲端口：请关闭一些程序后再试。",
        en=f"No port between {FIRST} and {LAST} is free on {LOOPBACK}: stop some programs and "
        "try again.",
    )


def require_free(port: int, *, option: str) -> int:
    """Return the port that a person asked for, if nobody else has it.

    :raises PortTakenError: naming the option to change
    """
    if is_free(port):
        return port
    raise PortTakenError(
        zh=f"端口 {port} 已被别的程序占用：请用 {option} 指定另一个端口。",
        en=f"Port {port} is taken by another program: name another one with {option}.",
    )


def is_free(port: int) -> bool:
    """Tell whether a server could listen on the port of the loopback interface."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True
