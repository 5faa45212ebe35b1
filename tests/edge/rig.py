"""The production edge for tests: real Kamailio, its store, and bare UDP sockets about it."""

import re
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import ClassVar

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dialer.edge.configuration import EdgePlace, EdgeTrunk, rendered, sources
from dialer.lines.sip.packet import Packet, read_packet
from tests.sip.kamailio import ProxyProcess
from tests.sip.peers import PASSPORT_KEY, ROOT, until
from tests.sip.sipp.process import listens

LINE, EDGE, CARRIER, STRANGER = (f"127.0.71.{n}" for n in (1, 2, 3, 9))
PORT = 5060
TEMPLATES = ROOT / "deploy" / "edge"
MODULES = "/usr/lib/x86_64-linux-gnu/kamailio/modules/"
START_SECONDS = 30
STORE_SECONDS = 13  # the store answers nobody before (permits.lua)


class Store:
    """Redis as redis.conf has it, with the edge's functions."""

    def __init__(self, folder: Path) -> None:
        server = shutil.which("redis-server") or shutil.which("valkey-server")
        assert server is not None, "apt install redis-server"
        self._server = server
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.start()
        self.ask("FUNCTION", "LOAD", "REPLACE", (TEMPLATES / "permits.lua").read_text())

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        options += ["--appendonly", "yes", "--appendfsync", "always", "--save", ""]
        self.process = subprocess.Popen(
            [self._server, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.began = time.monotonic()
        until(self._answers)

    def ready(self) -> None:
        """Wait until it has been up for long enough to be asked."""
        time.sleep(max(0.0, self.began + STORE_SECONDS - time.monotonic()))

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=10)

    def ask(self, *words: str) -> str:
        command = ["redis-cli", "-p", str(self.port), "--raw", *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def log(self) -> list[dict[str, str]]:
        """Return what the edge has told, in its order."""
        lines = self.ask("XRANGE", "yunhu:edge:log", "-", "+").split("\n")
        entries: list[dict[str, str]] = []
        fields = iter(lines)
        for line in fields:
            if re.fullmatch(r"[0-9]+-[0-9]+", line):
                entries.append({})
            elif entries and line:
                entries[-1][line] = next(fields, "")
        return entries

    def _answers(self) -> bool:
        command = ["redis-cli", "-p", str(self.port), "ping"]
        return subprocess.run(command, capture_output=True, check=False).stdout == b"PONG\n"


class Edge(ProxyProcess):
    """Kamailio with the configuration that `manage.py edge_config` writes."""

    host = EDGE

    def __init__(
        self, folder: Path, store: Store, *, children: int = 2, template: str = ""
    ) -> None:
        self.folder = folder
        self.log = folder / "kamailio.log"
        place = EdgePlace(
            host=EDGE,
            port=PORT,
            outer_host="",
            redis_host="127.0.0.1",
            redis_port=store.port,
            folder=str(folder),
            modules=MODULES,
            children=children,
        )
        trunks = [
            _trunk("test", CARRIER, LINE),
            _trunk("other", "127.0.71.4", "127.0.71.5"),
        ]
        key = PASSPORT_KEY.public_key()
        pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        text = rendered(
            template or (TEMPLATES / "kamailio.cfg.in").read_text(encoding="utf-8"),
            place=place,
            trunks=trunks,
            public_key=pem.decode(),
            log_stderr=True,
        )
        (folder / "kamailio.cfg").write_text(text, encoding="utf-8")
        (folder / "sources.list").write_text(sources(trunks), encoding="utf-8")
        self.start()

    def start(self) -> None:
        kamailio = shutil.which("kamailio") or "/usr/sbin/kamailio"
        run = self.folder / "run"
        run.mkdir(exist_ok=True)
        command = [kamailio, "-f", str(self.folder / "kamailio.cfg"), "-DD", "-E"]
        command += ["-Y", str(run), "-m", "64", "-M", "8", "-x", "tlsf", "-X", "tlsf"]
        self.run(command, said=self.log)
        until(self._listens, seconds=START_SECONDS)

    def _listens(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()[-2000:]
        return self.is_bound()

    def is_bound(self) -> bool:
        return listens(PORT, host=self.host)


def _trunk(code: str, carrier: str, line: str) -> EdgeTrunk:
    return EdgeTrunk(
        code=code,
        host=carrier,
        port=PORT,
        authority=carrier,
        carrier_addresses=(carrier,),
        line_addresses=(line,),
    )


class End:
    """A UDP socket at one end of the edge, that sends and hears what the test says."""

    calls: ClassVar[set[str]] = set()  # of this test; what comes of an earlier one is passed over

    def __init__(self, host: str, port: int = PORT) -> None:
        self.host = host
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, port))
        self.port: int = self.socket.getsockname()[1]

    def __enter__(self) -> "End":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def say(self, text: str) -> None:
        self.calls.update(re.findall(r"^Call-ID: ([^\r]*)", text, re.MULTILINE))
        self.socket.sendto(text.encode(), (EDGE, PORT))

    def hear(self, *, seconds: float = 3.0) -> Packet | None:
        """Return the next packet but a 100, or None if there is none in time."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                packet = read_packet(self.socket.recv(65_535))
            except TimeoutError:
                return None
            if packet.code != 100 and packet.call_id in self.calls:
                return packet
        return None

    def expect(self, *, code: int | None = None, method: str = "") -> Packet:
        packet = self.hear()
        assert packet is not None, "Nothing came."
        assert code in {None, packet.code}, packet
        assert method in {"", packet.method}, packet
        return packet

    def quiet(self, *, seconds: float = 0.2) -> bool:
        return self.hear(seconds=seconds) is None
