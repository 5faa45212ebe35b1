"""Kamailio as the edge beside Kamailio that relays whatever comes, under SIPp, taking turns.

Needs Debian's kamailio, its modules, sip-tester and redis-server; without them it says so.
"""

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from benchmarks.report import Comparison, at_least
from compliance.passport_form import INFO, Passport, write
from dialer.edge.configuration import EdgePlace, EdgeTrunk, rendered, sources

ROOT = Path(__file__).resolve().parents[1]
EDGE_FILES, SCENARIOS = ROOT / "deploy" / "edge", ROOT / "benchmarks" / "sipp"
LINE, EDGE, PLAIN, CARRIER, TUNED = (f"127.0.72.{n}" for n in (1, 2, 3, 4, 5))
MEMORY = ("-x", "tlsf", "-X", "tlsf")  # as the edge's unit has it; Kamailio's own is "qm"
REDIS_PORT = 6399
MODULES = "/usr/lib/x86_64-linux-gnu/kamailio/modules/"
CHILDREN = 4
CALLS = 1500  # of a turn: a passport lives for ten seconds
AT_ONCE = 100
STORE_SECONDS = 13  # the store answers nobody before
NEEDED = ("kamailio", "sipp", "redis-server")
RELAY = """#!KAMAILIO
debug=1
log_stderror=yes
children=@CHILDREN@
disable_tcp=yes
auto_aliases=no
listen=udp:@PLAIN@:5060
mpath="@MODULES@"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "siputils.so"
loadmodule "textops.so"
modparam("rr", "enable_full_lr", 1)
request_route {
	if (has_totag()) {
		loose_route();
		t_relay();
		exit;
	}
	record_route();
	$du = "sip:@CARRIER@:5060";
	t_relay();
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    seconds: float
    cpu: float  # of Kamailio, all its processes


def measure(*, server_url: str, rounds: int) -> list[Comparison]:  # noqa: ARG001 - needs none
    """Place the same number of calls through both, one after the other."""
    missing = [name for name in NEEDED if shutil.which(name, path=_path()) is None]
    if missing:
        print(f"edge_kamailio: not measured, there is no {', '.join(missing)}", flush=True)
        return []
    with TemporaryDirectory() as name, _Bench(Path(name)) as bench:
        turns = [[bench.turn(host) for host in (EDGE, PLAIN, TUNED)] for _ in range(rounds)]
    found = [(edge, plain) for edge, plain, _ in turns]
    cpu = [(edge.cpu / CALLS * 1e3, plain.cpu / CALLS * 1e3) for edge, plain in found]
    return [
        Comparison(
            name="Kamailio edge, calls a second beside relaying without a check",
            ours="signature, claims, a mark on the disk, the log; calls/s",
            peer="Kamailio that relays whatever comes, calls/s",
            rounds=[(CALLS / edge.seconds, CALLS / plain.seconds) for edge, plain in found],
            goal=at_least(0.6),
            must=at_least(0.45),
            notes=[
                f"{CALLS} calls a turn, {AT_ONCE} at once, SIPp at both ends",
                "the relay as Debian starts it; the edge as its unit does, with -x tlsf -X tlsf",
            ],
        ),
        Comparison(
            name="Kamailio edge, calls a second beside a relay with the edge's memory manager",
            ours="signature, claims, a mark on the disk, the log; calls/s",
            peer="Kamailio that relays whatever comes, with -x tlsf -X tlsf, calls/s",
            rounds=[(CALLS / edge.seconds, CALLS / tuned.seconds) for edge, _, tuned in turns],
        ),
        Comparison(
            name="Kamailio edge, processor time a call",
            ours="of the edge, ms",
            peer="of the relay, ms",
            rounds=cpu,
        ),
    ]


def _path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin"


class _Bench:
    """Both Kamailios, the store and the carrier, for as long as it lasts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = generate_private_key(SECP256R1())
        self.running: list[subprocess.Popen[bytes]] = []
        self.kamailio: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "_Bench":
        self.folder.chmod(0o755)
        options = ["--port", str(REDIS_PORT), "--dir", str(self.folder), "--save", ""]
        self._run("redis-server", *options, "--appendonly", "yes", "--appendfsync", "always")
        time.sleep(0.5)
        load = ["redis-cli", "-p", str(REDIS_PORT), "FUNCTION", "LOAD", "REPLACE"]
        functions = (EDGE_FILES / "permits.lua").read_text(encoding="utf-8")
        subprocess.run([*load, functions], check=True, capture_output=True)
        self._edge()
        relay = RELAY.replace("@CHILDREN@", str(CHILDREN)).replace("@MODULES@", MODULES)
        relay = relay.replace("@CARRIER@", CARRIER)
        self._start(PLAIN, relay.replace("@PLAIN@", PLAIN))
        self._start(TUNED, relay.replace("@PLAIN@", TUNED), *MEMORY)
        scenario = str(SCENARIOS / "callee.xml")
        self._run("sipp", "-sf", scenario, "-i", CARRIER, "-p", "5060", "-nostdin")
        time.sleep(STORE_SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self.running):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def turn(self, host: str) -> _Turn:
        """Place the calls of one turn; every one has to come through."""
        tokens = self.folder / "tokens.csv"
        now = datetime.now(UTC).replace(microsecond=0)
        lines = [_token(self.key, now) for _ in range(CALLS)]
        tokens.write_text("\n".join(["SEQUENTIAL", *lines]) + "\n", encoding="ascii")
        text = (SCENARIOS / "caller.xml").read_text(encoding="utf-8")
        scenario = self.folder / "caller.xml"
        scenario.write_text(text.replace("CARRIER", CARRIER).replace("INFO", INFO))
        command = ["sipp", f"{host}:5060", "-sf", str(scenario), "-inf", str(tokens)]
        command += ["-i", LINE, "-p", "5060", "-m", str(CALLS), "-l", str(AT_ONCE), "-r", "20000"]
        before, began = self._cpu(host), time.perf_counter()
        done = subprocess.run(
            [*command, "-nostdin", "-timeout", "20"],
            cwd=self.folder,
            capture_output=True,
            check=False,
        )
        elapsed, cpu = time.perf_counter() - began, self._cpu(host) - before
        if done.returncode:
            raise AssertionError(done.stdout.decode()[-2000:])
        return _Turn(seconds=elapsed, cpu=cpu)

    def _edge(self) -> None:
        pem = self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        trunk = EdgeTrunk(
            code="t", host=CARRIER, port=5060, authority=CARRIER,
            carrier_addresses=(CARRIER,), line_addresses=(LINE,),
        )  # fmt: skip
        place = EdgePlace(
            host=EDGE, port=5060, outer_host="", redis_host="127.0.0.1", redis_port=REDIS_PORT,
            folder=str(self.folder), modules=MODULES, children=CHILDREN,
        )  # fmt: skip
        text = rendered(
            (EDGE_FILES / "kamailio.cfg.in").read_text(encoding="utf-8"), place=place,
            trunks=[trunk], public_key=pem.decode(), log_stderr=True,
        )  # fmt: skip
        (self.folder / "sources.list").write_text(sources([trunk]), encoding="utf-8")
        self._start(EDGE, text, *MEMORY)

    def _start(self, host: str, text: str, *more: str) -> None:
        folder = self.folder / host
        folder.mkdir()
        (folder / "kamailio.cfg").write_text(text, encoding="utf-8")
        options = ["-f", str(folder / "kamailio.cfg"), "-Y", str(folder), "-DD", "-E"]
        self.kamailio[host] = self._run("kamailio", *options, "-m", "256", "-M", "16", *more)

    def _run(self, name: str, *options: str) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            [shutil.which(name, path=_path()) or name, *options],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.running.append(process)
        return process

    def _cpu(self, host: str) -> float:
        """Return the processor time of a Kamailio's processes, which are one session."""
        session, ticks = str(self.kamailio[host].pid), 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                fields = stat.read_text().rpartition(") ")[2].split()
                if fields[3] == session:
                    ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


def _token(key: EllipticCurvePrivateKey, now: datetime) -> str:
    passport = Passport(
        permit=str(uuid4()), rulebook="0" * 64, trunk="t", orig="95012345",
        dest="8613800138000", issued_at=now,
    )  # fmt: skip
    return write(passport, key=key).partition(";")[0]
