"""The embedded PostgreSQL: its data folder, its process, and when it is ready."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg

from config.child import Process, user_arguments
from config.sentences import SentenceError
from config.services.binaries import postgres_folder
from config.services.home import Home
from config.services.ports import LOOPBACK, free_port

OWNER = "yunhu"
DATABASE = "yunhu"
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",  # its path may have 107 bytes, and a checkout may lie deep
    "max_connections": "100",
    "shared_buffers": "64MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Statements and key values may hold a person's data; a log file is not the place for it.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


class DatabaseFolderError(SentenceError):
    """The data folder cannot be made or is still in use."""


def postgres_process(home: Home) -> tuple[str, Process]:
    """Make the data folder if need be. Return the database's URL and the process that serves it.

    :raises SentenceError: if this machine cannot run it
    """
    folder = postgres_folder(account=home.account, beside=home.path.parent)
    data = home.path / f"pg{_major(folder)}"
    if not data.exists():
        _initialise(folder=folder, data=data, home=home)
    _end_predecessor(data)
    port = free_port()
    url = f"postgresql://{OWNER}:{home.password}@{LOOPBACK}:{port}"
    options = [f"--{name}={value}" for name, value in SETTINGS.items()]
    process = Process(
        name="database",
        zh="数据库",
        en="The database",
        argv=[str(folder / "bin" / "postgres"), "-D", str(data), "-p", str(port), *options],
        env={"HOME": str(home.path), "LC_ALL": "C", "TZ": "UTC"},
        folder=home.path,
        user=home.account,
        stop_signal=signal.SIGINT,  # fast shutdown: end sessions, checkpoint, exit
        stop_seconds=20,
        ready=lambda: _ready(url),
    )
    return f"{url}/{DATABASE}", process


def _ready(url: str) -> bool:
    """Tell whether our own server answers, and make the database the first time."""
    try:
        with psycopg.connect(f"{url}/postgres", connect_timeout=2, autocommit=True) as connection:
            known = connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
            if known.rowcount == 0:
                connection.execute(f"CREATE DATABASE {DATABASE}")
    except psycopg.OperationalError:
        return False
    return True


def _major(folder: Path) -> str:
    """Return the major version: another one cannot read this one's data."""
    output = subprocess.check_output([folder / "bin" / "postgres", "--version"], text=True)
    found = re.search(r"(\d+)\.", output)
    return found.group(1) if found else "unknown"


def _initialise(*, folder: Path, data: Path, home: Home) -> None:
    """Make the data folder under another name first, so that a half-made one is never used."""
    half = data.with_suffix(".half")
    shutil.rmtree(half, ignore_errors=True)
    secret = home.path / "initial-password"
    secret.touch(mode=0o600)
    secret.write_text(home.password)
    home.give(secret)
    made = subprocess.run(
        [
            folder / "bin" / "initdb",
            *("-D", half, "-U", OWNER, "--auth=scram-sha-256", f"--pwfile={secret}"),
            *("--encoding=UTF8", "--locale=C"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        ],
        check=False,
        cwd="/",
        env={"HOME": str(home.path), "PATH": os.defpath, "LC_ALL": "C"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **user_arguments(home.account),
    )
    secret.unlink()
    if made.returncode != 0:
        last = made.stdout.strip().splitlines()[-1:]
        raise DatabaseFolderError(
            zh=f"无法建立数据库文件夹 {data}（{' '.join(last)}）："
            "请检查磁盘空间，或设置 DATABASE_URL。",
            en=f"The database folder {data} could not be made ({' '.join(last)}): check the disk, "
            "or set DATABASE_URL.",
        )
    half.rename(data)


def _end_predecessor(data: Path) -> None:
    """Wait out a server that lost its supervisor; we hold the folder's lock, so it has none."""
    file = data / "postmaster.pid"
    for _ in range(200):
        pid = _pid_in(file)
        if pid is None or not _alive(pid):
            return  # PostgreSQL itself clears the file of a dead server
        if f"-D {data} " not in _command(pid):
            file.unlink()  # the number was given to somebody else: PostgreSQL would refuse
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
        time.sleep(0.05)
    raise DatabaseFolderError(
        zh=f"上一次的数据库仍在使用 {data}：请等它结束后再试。",
        en=f"An earlier database server still uses {data}: try again when it has ended.",
    )


def _pid_in(file: Path) -> int | None:
    try:
        return int(file.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _command(pid: int) -> str:
    """Return the process's command line, its words separated by spaces."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:  # not Linux
        done = subprocess.run(
            ["/bin/ps", "-o", "args=", "-p", str(pid)], check=False, capture_output=True, text=True
        )
        return done.stdout
