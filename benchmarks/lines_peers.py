"""The other ends of the lines' benchmarks: SIPp answers the calls, a talker speaks in them."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CARRIER, CALLER = "127.0.9.4", "127.0.9.8"
PATIENCE_SECONDS = 10.0


def sipp() -> str | None:
    """Return where SIPp is, or None."""
    return shutil.which("sipp")


def on_core(core: int) -> list[str]:
    """Return what keeps a command on one core, where there is more than one."""
    cores = sorted(os.sched_getaffinity(0))
    return ["taskset", "-c", str(cores[core % len(cores)])] if len(cores) > 1 else []


@contextmanager
def answering(*, media_port: int) -> Iterator[int]:
    """Run SIPp as the callee of every call, with audio at `media_port`; yield its SIP port."""
    with tempfile.TemporaryDirectory() as folder:
        text = _run([_sipp(), "-sd", "uas"])
        scenario = Path(folder) / "uas.xml"
        scenario.write_text(text.replace("[media_port]", str(media_port)), encoding="ascii")
        port = _free_port(CARRIER)
        command = [*on_core(1), _sipp(), "-sf", str(scenario), "-i", CARRIER, "-p", str(port)]
        process = subprocess.Popen(
            [*command, "-nostdin"],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_bound(port)
            yield port
        finally:
            process.kill()
            process.wait()


class Talking:
    """A talker while it talks, and afterwards what it found."""

    def __init__(self) -> None:
        command = [*on_core(1), sys.executable, "-m", "benchmarks.lines_talker", "--host", CARRIER]
        self.found: dict[str, Any] = {}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def stop(self) -> None:
        """Let it finish and tell."""
        said, _ = self._process.communicate()
        self.found = json.loads(said)


def call(*, port: int, **options: float) -> dict[str, float]:
    """Run the driver's process and return what it prints."""
    command = [*on_core(0), sys.executable, "-m", "benchmarks.lines_caller"]
    command += ["--host", CARRIER, "--port", str(port)]
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    found: dict[str, float] = json.loads(_run(command).splitlines()[-1])
    return found


def sipp_calls(*, port: int, calls: int, rate: float) -> float:
    """Have SIPp place the calls; return the processor time of each in ms."""
    command = [*on_core(0), _sipp(), "-sn", "uac", f"{CARRIER}:{port}", "-i", CALLER]
    command += ["-p", str(_free_port(CALLER)), "-r", f"{rate:g}", "-m", str(calls)]
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [*command, "-d", "0", "-l", str(calls), "-nostdin"],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return (usage.ru_utime + usage.ru_stime) * 1000 / calls


def _sipp() -> str:
    found = sipp()
    if found is None:
        raise FileNotFoundError("SIPp is missing: apt-get install sip-tester")
    return found


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in {0, 99}:
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
    return done.stdout


def _free_port(host: str) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind((host, 0))
        return int(free.getsockname()[1])


def _wait_bound(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not re.search(f":{port:04X} ", Path("/proc/net/udp").read_text(encoding="ascii")):
        if time.monotonic() > deadline:
            raise TimeoutError("SIPp did not start.")
        time.sleep(0.02)
