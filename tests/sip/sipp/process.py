"""SIPp as a process: start it, ask it how a call went, kill it, start it again."""

import shutil
import signal
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.sip.peers import HOST, until


def free_port(host: str = HOST) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((host, 0))
        port: int = sock.getsockname()[1]
        return port


def listens(port: int, *, host: str = "", table: Path = Path("/proc/net/udp")) -> bool:
    """Tell whether somebody has opened the port, at the address if one is given."""
    packed = "".join(f"{int(part):02X}" for part in reversed(host.split("."))) if host else ""
    return f"{packed}:{port:04X} " in table.read_text(encoding="ascii")


class SippProcess:
    """A carrier whose callees do what the table says; `scenario` is `scenario.written` of rows."""

    def __init__(
        self,
        folder: Path,
        scenario: str,
        *,
        host: str = HOST,
        port: int = 0,  # 0: any free one
        options: tuple[str, ...] = (),
        inside: Sequence[str] = (),  # the words before its command, if it runs in another place
    ) -> None:
        self.folder = folder
        self.host = host
        self.port = port or free_port(host)
        self._inside = inside
        self.log = folder / "verdicts.log"
        self._options = options
        (folder / "carrier.xml").write_text(scenario, encoding="utf-8")
        self.start()

    def start(self) -> None:
        sipp = shutil.which("sipp")
        assert sipp is not None, "apt install sip-tester"
        command = [*self._inside, sipp, "-sf", "carrier.xml", "-i", self.host, "-mi", self.host]
        command += ["-p", str(self.port), "-nostdin", "-recv_timeout", "15000"]
        command += ["-trace_logs", "-log_file", "verdicts.log"]
        command += ["-trace_err", "-error_file", "errors.log", *self._options]
        with (self.folder / "said.txt").open("wb") as said:
            self.process = subprocess.Popen(
                command, cwd=self.folder, stdout=said, stderr=subprocess.STDOUT
            )
        until(self._listens)
        assert self.process.poll() is None, self.complaints()

    def _listens(self) -> bool:
        """Tell whether the port is open here, or in the network of its own that it runs in."""
        return self.process.poll() is not None or listens(
            self.port, table=Path(f"/proc/{self.process.pid}/net/udp")
        )

    def verdict(self, call_id: str) -> str:
        """Return what SIPp has logged of the call: "done NAME", "bad -", or nothing yet."""
        found = [line for line in self._logged() if line.endswith(f" {call_id}")]
        return found[-1].removesuffix(f" {call_id}") if found else ""

    def complaints(self) -> str:
        """Return what SIPp found wrong."""
        said = (self.folder / "errors.log", self.folder / "said.txt")
        return "\n".join(path.read_text(errors="replace")[:4000] for path in said if path.exists())

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=10)

    def _logged(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []
