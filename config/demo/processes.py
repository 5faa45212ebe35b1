"""The processes of the demo: carrier, sequencer, line, worker, beat, agents, console, player."""

import contextlib
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from config.child import Process
from config.commands import VAR
from config.sentences import SentenceError

ROOT = VAR.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the demo's processes meet."""

    carrier_port: int
    carrier_records: Path
    carrier_script: Path
    phones_port: int
    phones_records: Path
    line_keys: Path  # a folder; whoever asks the gate has more of them
    console_port: int | None  # None: no console


def free_port(*, kind: socket.SocketKind) -> int:
    """Return a port on the loopback interface that is free now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def console_port(*, wanted: int) -> int:
    """Return the wanted TCP port, or say in one sentence that it is taken."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError as error:
            raise SentenceError(
                zh=f"端口 {wanted} 已被占用：请加 --port 0 或换一个端口。",
                en=f"Port {wanted} is taken: add --port 0, or name another port.",
            ) from error
        port: int = probe.getsockname()[1]
        return port


def demo_processes(
    *,
    places: Places,
    environ: Mapping[str, str],
    role_urls: Mapping[str, str],
    trunk: str,
    line_ready: Callable[[], bool],
) -> list[Process]:
    """Return the processes in the order in which they start.

    `role_urls` is for those that are not the application: the database as their roles see it.

    The line process is the one that is waited for: those before it start beside it, and nothing
    is dialled without it. Whoever plays recordings has time until there is one.
    """
    found = [
        _carrier(places),
        _phones(places),
        Process(
            name="sequencer",
            zh="封存进程",
            en="The sequencer",
            argv=_manage("audit_sequencer"),
            env={**environ, **role_urls},
            folder=ROOT,
            forked=True,
        ),
        _celery("worker", zh="任务进程", en="The worker", environ=environ),
        Process(
            name="agents",
            zh="模拟话务员",
            en="Practice agents",
            argv=_manage("practice_agents"),
            env=environ,
            folder=ROOT,
            forked=True,
        ),
        _celery("beat", zh="调度进程", en="The schedule", environ=environ),
        Process(
            name="lines",
            zh="线路进程",
            en="The line process",
            argv=_manage("run_lines", trunk),
            env={**environ, "KEYS_DIR": str(places.line_keys)},
            ready=line_ready,
            folder=ROOT,
            forked=True,
        ),
    ]
    if places.console_port is not None:
        found = [_console(places, environ), *found, _player(environ)]
    return found


def _manage(*words: str) -> list[str]:
    return [sys.executable, str(ROOT / "manage.py"), *words]


def _carrier(places: Places) -> Process:
    return Process(
        name="carrier",
        zh="回环运营商",
        en="The loopback carrier",
        argv=[
            *(sys.executable, "-m", "dialer.lines.carrier"),
            *("--port", str(places.carrier_port)),
            *("--records", str(places.carrier_records)),
            *("--script", str(places.carrier_script)),
        ],
        folder=ROOT,
        forked=True,
        ready=places.carrier_records.exists,
    )


def _phones(places: Places) -> Process:
    return Process(
        name="phones",
        zh="模拟话机",
        en="The practice phones",
        argv=[
            *(sys.executable, "-m", "dialer.lines.seat.practice_phones"),
            *("--port", str(places.phones_port)),
            *("--records", str(places.phones_records)),
            "--demo",
        ],
        folder=ROOT,
        forked=True,
        ready=places.phones_records.exists,
    )


def _celery(role: str, *, zh: str, en: str, environ: Mapping[str, str]) -> Process:
    apps = {"worker": "config", "beat": "config.beat"}
    words = {
        # Ticks are short and wait for the database; threads share one process's memory.
        "worker": ["--pool=threads", "--concurrency=3", "--without-gossip", "--without-mingle"],
        "beat": ["--max-interval=1", "--pidfile="],
    }
    return Process(
        name=role,
        zh=zh,
        en=en,
        argv=[
            sys.executable,
            "-m",
            "celery",
            "-A",
            apps[role],
            role,
            *words[role],
            "-l",
            "WARNING",
        ],
        env=environ,
        folder=ROOT,
        forked=True,
    )


def _console(places: Places, environ: Mapping[str, str]) -> Process:
    return Process(
        name="console",
        zh="控制台",
        en="The console",
        argv=[
            *(sys.executable, "-m", "uvicorn", "config.asgi:application"),
            *("--host", "127.0.0.1", "--port", str(places.console_port)),
            *("--lifespan", "off", "--no-access-log", "--log-level", "warning"),
            *("--timeout-graceful-shutdown", "2"),
        ],
        env={**environ, "YUNHU_DATABASE": "pool"},
        folder=ROOT,
        forked=True,
        ready=lambda: _answers(f"http://127.0.0.1:{places.console_port}/"),
    )


def _player(environ: Mapping[str, str]) -> Process:
    """Return the only process that is told where the key is that opens recordings."""
    return Process(
        name="player",
        zh="录音播放进程",
        en="The player of recordings",
        argv=_manage("recording_player"),
        env=environ,
        folder=ROOT,
        forked=True,
    )


def _answers(url: str) -> bool:
    with contextlib.suppress(OSError), urlopen(url, timeout=2) as page:  # noqa: S310 - our own  # nosec B310
        return bool(page.status)
    return False
