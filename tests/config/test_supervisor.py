"""The supervisor, with real processes."""

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from config.child import LOG_BYTES, Account, Process
from config.supervisor import NotReadyError, Supervisor

ROOT = Path(__file__).resolve().parents[2]
SLEEP = ("/bin/sleep", "60")
DEADLINE_SECONDS = 8.0


def alive(pid: int) -> bool:
    """Tell whether a process runs (one that has ended but is not yet reaped does not)."""
    done = subprocess.run(
        ["/bin/sh", "-c", 'grep -q "^State:.[^ZX]" /proc/$0/status', str(pid)],
        check=False,
        stderr=subprocess.DEVNULL,
    )
    return done.returncode == 0


def soon(condition: Callable[[], bool]) -> bool:
    """Return True as soon as the condition holds, False at the deadline."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def before_deadline() -> Callable[[], bool]:
    """Return a condition that holds when the time is up, to end a loop that waits in vain."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    return lambda: time.monotonic() > deadline


def python(name: str, code: str, **options: object) -> Process:
    return Process(name=name, argv=[sys.executable, "-S", "-c", code], **options)  # type: ignore[arg-type]


def supervisor(tmp_path: Path, *processes: Process, heard: list[str] | None = None) -> Supervisor:
    lines = heard if heard is not None else []
    return Supervisor(processes=processes, say=lines.append, log_dir=tmp_path, pid_dir=tmp_path)


class TestStart:
    def test_waits_for_each_before_it_starts_the_next(self, tmp_path: Path) -> None:
        ready = tmp_path / "ready"
        slow = python(
            "slow",
            f"import pathlib, time; time.sleep(0.3); pathlib.Path({str(ready)!r}).touch();"
            "time.sleep(60)",
            ready=ready.exists,
        )
        check = (
            f"import os, time; print(os.path.exists({str(ready)!r}), flush=True); time.sleep(60)"
        )
        next_one = python("next", check, ready=lambda: bool((tmp_path / "next.log").read_text()))

        with supervisor(tmp_path, slow, next_one) as running:
            assert running.start()

            assert set(running.pids()) == {"slow", "next"}
            assert (tmp_path / "next.log").read_text() == "True\n"

    def test_says_who_was_not_ready_and_leaves_nothing_behind(self, tmp_path: Path) -> None:
        first = Process(name="first", argv=SLEEP)
        never = python(
            "never",
            "import time; print('no licence', flush=True); time.sleep(60)",
            ready=lambda: False,
            ready_seconds=0.5,
        )
        running = supervisor(tmp_path, first, never)

        with pytest.raises(NotReadyError, match=r"never was not ready .* \(last line: no lic"):
            running.start()

        assert running.pids() == {}
        assert not list(tmp_path.glob("*.pid"))

    def test_gives_up_on_what_dies_again_and_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("config.supervisor.TRIES", 2)
        broken = Process(name="broken", argv=["/bin/false"], ready=lambda: False)

        with pytest.raises(NotReadyError, match="broken"):
            supervisor(tmp_path, broken).start()

    def test_is_a_sentence_when_the_program_is_missing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("config.supervisor.TRIES", 1)
        missing = Process(name="missing", argv=["/nonexistent"], ready=lambda: True)
        heard: list[str] = []

        with pytest.raises(NotReadyError, match="missing"):
            supervisor(tmp_path, missing, heard=heard).start()

        assert "cannot be started" in heard[0]

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root changes users")
    def test_changes_the_user(self, tmp_path: Path) -> None:
        nobody = Account(name="nobody", uid=65534, gid=65534)
        process = Process(name="who", argv=SLEEP, user=nobody, folder=Path("/"))

        with supervisor(tmp_path, process) as running:
            running.start()

            assert Path(f"/proc/{running.pids()['who']}").stat().st_uid == 65534

    def test_keeps_the_log_private_and_of_bounded_size(self, tmp_path: Path) -> None:
        (tmp_path / "loud.log").write_bytes(b"x" * (LOG_BYTES + 1))

        with supervisor(tmp_path, Process(name="loud", argv=SLEEP)) as running:
            running.start()

        assert (tmp_path / "loud.log").stat().st_size == 0
        assert (tmp_path / "loud.log").stat().st_mode & 0o777 == 0o600


class TestRunUntil:
    def test_restarts_what_was_killed(self, tmp_path: Path) -> None:
        heard: list[str] = []
        process = Process(name="worker", argv=SLEEP, zh="工作进程", en="The worker")

        with supervisor(tmp_path, process, heard=heard) as running:
            running.start()
            first = running.pids()["worker"]
            os.kill(first, signal.SIGKILL)
            late = before_deadline()
            running.run_until(lambda: running.pids().get("worker", first) != first or late())

            second = running.pids()["worker"]
            assert second != first
            assert alive(second)
            assert (tmp_path / "worker.pid").read_text() == f"{second}\n"
            assert (
                "工作进程意外退出（SIGKILL），将重新启动 · The worker died (SIGKILL)" in heard[1]
            )

    def test_ends_the_orphans_of_what_was_killed(self, tmp_path: Path) -> None:
        code = "import os, time; print(os.fork() or '', flush=True); time.sleep(60)"
        process = python(
            "pool", code, ready=lambda: any((tmp_path / "pool.log").read_text().split())
        )
        with supervisor(tmp_path, process) as running:
            running.start()
            orphan = int((tmp_path / "pool.log").read_text().split()[0])
            assert alive(orphan)

            os.kill(running.pids()["pool"], signal.SIGKILL)
            late = before_deadline()
            running.run_until(lambda: not alive(orphan) or late())

            assert not alive(orphan)

    def test_waits_longer_after_every_death(self, tmp_path: Path) -> None:
        running = supervisor(tmp_path, Process(name="broken", argv=["/bin/false"]))
        heard: list[float] = []
        running._say = lambda line: heard.append(time.monotonic())
        with running:
            running.start()
            late = before_deadline()
            running.run_until(lambda: len(heard) >= 5 or late())

        gaps = [after - before for before, after in itertools.pairwise(heard[1:5])]
        assert gaps[0] < gaps[1] < gaps[2]

    def test_ends_at_a_signal(self, tmp_path: Path) -> None:
        def ask() -> bool:
            os.kill(os.getpid(), signal.SIGTERM)
            return False

        former = signal.getsignal(signal.SIGTERM)
        with supervisor(tmp_path, Process(name="worker", argv=SLEEP)) as running:
            running.start()

            assert running.run_until(ask) is False
            assert running.asked_to_stop

        assert signal.getsignal(signal.SIGTERM) is former


class TestStop:
    def test_goes_in_reverse_order(self, tmp_path: Path) -> None:
        code = (
            "import pathlib, signal, sys\n"
            "def end(*_):\n"
            f"    with open({str(tmp_path / 'order')!r}, 'a') as f: f.write(NAME)\n"
            "    sys.exit()\n"
            "signal.signal(signal.SIGTERM, end)\n"
            "print('ready', flush=True)\n"
            "signal.pause()\n"
        )
        processes = [
            python(
                name,
                code.replace("NAME", repr(name)),
                ready=lambda name=name: bool((tmp_path / f"{name}.log").read_text()),
            )
            for name in ("a", "b", "c")
        ]
        with supervisor(tmp_path, *processes) as running:
            running.start()

        assert (tmp_path / "order").read_text() == "cba"
        assert running.pids() == {}

    def test_ends_what_will_not_listen(self, tmp_path: Path) -> None:
        process = Process(
            name="deaf",
            argv=["/bin/sh", "-c", "trap '' TERM; echo on; while :; do sleep 1; done"],
            ready=lambda: bool((tmp_path / "deaf.log").read_text()),
            stop_seconds=0.2,
        )
        with supervisor(tmp_path, process) as running:
            running.start()
            pid = running.pids()["deaf"]

        assert not alive(pid)


class TestSupervisorKilled:
    SCRIPT = (
        "import pathlib, sys\n"
        "from config.child import Account, Process\n"
        "from config.supervisor import Supervisor\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "user = Account(name='nobody', uid=65534, gid=65534) if sys.argv[2] == '0' else None\n"
        "s = Supervisor(processes=[Process(name='own', argv=['/bin/sleep', '60']),\n"
        "    Process(name='other', argv=['/bin/sleep', '60'], user=user, folder='/')],\n"
        "    say=print, log_dir=folder, pid_dir=folder)\n"
        "s.start(); (folder / 'up').touch(); s.run_until(lambda: False)\n"
    )

    @pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
    def test_takes_every_child_with_it(self, tmp_path: Path) -> None:
        parent = subprocess.Popen(
            [sys.executable, "-c", self.SCRIPT, str(tmp_path), str(os.geteuid())],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        assert soon((tmp_path / "up").exists)
        pids = [int(file.read_text()) for file in tmp_path.glob("*.pid")]
        assert len(pids) == 2
        assert all(map(alive, pids))

        parent.kill()
        parent.wait()

        assert soon(lambda: not any(map(alive, pids)))
