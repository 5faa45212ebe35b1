"""The edge before the demo's carrier: Kamailio with what `manage.py edge_config` writes."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.chaos.demo import ROOT, Demo
from tests.edge.rig import PORT, Edge, Store
from tests.sip.peers import sdp

LINE, EDGE = "127.0.73.1", "127.0.73.2"


def manage(demo: Demo, *words: str) -> str:
    """Run a command on the demo's records; return what it said."""
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=demo.environ() | demo.servers(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class DemoEdge(Edge):
    """Kamailio between the demo's line and its carrier."""

    host = EDGE

    def __init__(self, folder: Path) -> None:
        self.folder, self.log = folder, folder / "kamailio.log"
        self.start()


@contextmanager
def edge_before(demo: Demo, *, store: Store, folder: Path) -> Iterator[DemoEdge]:
    """Put the edge before the carrier, as docs/edge.md says, and have the line go through it."""
    shown = json.loads(manage(demo, "trunk_endpoint", "show", "--json").splitlines()[-1])
    (endpoint,) = shown["endpoints"]
    manage(
        demo,
        *("trunk_endpoint", "set", "loopback", "--host", "127.0.0.1", "--by", "owner"),
        *("--port", str(endpoint["port"]), "--local-host", LINE, "--edge-host", EDGE),
    )
    manage(
        demo,
        *("edge_config", f"--out={folder}", f"--folder={folder}", "--children=2"),
        *(f"--redis=127.0.0.1:{store.port}", "--log-stderr"),
    )
    store.ready()
    edge = DemoEdge(folder)
    try:
        os.kill(demo.pids()["lines"], signal.SIGTERM)  # the supervisor starts it again
        yield edge
    finally:
        with suppress(ProcessLookupError):
            edge.stop()


def answer_to_an_invite(*, number: str, source: str, to: tuple[str, int] = (EDGE, PORT)) -> str:
    """Send an INVITE from this host, past everything of ours; return the final status line."""
    body = sdp(4000)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind((source, 0))
        sender.settimeout(5)
        own = sender.getsockname()[1]
        call = f"straight-{own}@{source}"
        lines = [
            f"INVITE sip:{number}@127.0.0.1 SIP/2.0",
            f"Via: SIP/2.0/UDP {source}:{own};branch=z9hG4bK{own};rport",
            "Max-Forwards: 70",
            f"From: <sip:9512301@127.0.0.1>;tag=straight{own}",
            f"To: <sip:{number}@127.0.0.1>",
            f"Call-ID: {call}",
            "CSeq: 1 INVITE",
            f"Contact: <sip:me@{source}:{own}>",
            "P-Asserted-Identity: <sip:9512301@127.0.0.1>",
            "Content-Type: application/sdp",
            f"Content-Length: {len(body)}",
        ]
        sender.sendto("\r\n".join([*lines, "", body]).encode(), to)
        while True:
            status = sender.recv(65_535).decode().partition("\r\n")[0]
            if not status.startswith("SIP/2.0 1"):
                return status
