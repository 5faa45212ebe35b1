"""Make `.venv` from the lock file and change into it; the standard library alone runs this."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from config.install import compile_packages, create_environment, install_requirements
from config.sentences import SentenceError, both

ROOT = Path(__file__).resolve().parent.parent
SWITCH = "YUNHU_BOOTSTRAP"  # "off": this interpreter already has the requirements
STAMP = "yunhu-stamp"
INSTALLING = "installing"


def main(argv: list[str]) -> int:
    """Run one command of manage.py in the prepared environment and return its exit code."""
    try:
        ensure_environment(root=ROOT)
        from config.commands import run  # noqa: PLC0415 (needs what was just installed)

        return run(argv)
    except SentenceError as problem:
        sys.stdout.flush()
        sys.stderr.write(f"{problem}\n")
        return 2


def ensure_environment(*, root: Path) -> None:
    """Return only where the locked requirements are installed; else install and start again there.

    :raises SentenceError: if the environment cannot be made
    """
    venv = root / ".venv"
    inside = Path(sys.prefix).resolve() == venv.resolve()
    if os.environ.get(SWITCH) == "off" or (sys.prefix != sys.base_prefix and not inside):
        return
    wanted = stamp_of(requirements=root / "requirements.txt")
    if inside and _read(venv / STAMP) in {wanted, ""}:  # "": made by hand, and used on purpose
        return
    if _read(venv / STAMP) != wanted:
        _build(root=root, venv=venv, wanted=wanted)
    _change_into(venv / "bin" / "python")


def stamp_of(*, requirements: Path) -> str:
    """Return the digest that changes when the pins or this Python change."""
    version = ".".join(map(str, sys.version_info[:3]))
    return hashlib.sha256(requirements.read_bytes() + version.encode()).hexdigest()


def _build(*, root: Path, venv: Path, wanted: str) -> None:
    try:
        with _alone(root / "var" / "run" / "bootstrap.lock"):
            if _read(venv / STAMP) == wanted:  # another start has just finished it
                return
            _say(
                zh="正在准备运行环境（首次约半分钟）……",
                en="Setting up the environment (about half a minute the first time)",
            )
            python = _base_python()
            if not _keep(venv):
                shutil.rmtree(venv, ignore_errors=True)
                create_environment(venv=venv, python=python)
            (venv / STAMP).write_text(INSTALLING)
            install_requirements(
                venv=venv,
                python=python,
                requirements=root / "requirements.txt",
                log=root / "var" / "log" / "bootstrap.log",
            )
            compile_packages(venv=venv, bytecode=_bytecode(os.environ, root=root))
            (venv / STAMP).write_text(wanted)
    except OSError as problem:
        raise _cannot_write(root=root, problem=problem) from problem


def _keep(venv: Path) -> bool:
    """Tell whether the environment can be brought up to date rather than made anew."""
    if not venv.exists():
        return False
    stamp = _read(venv / STAMP)
    if (venv / "bin" / "python").exists() and _same_python(venv):
        return stamp != INSTALLING  # an interrupted installation may have left half a package
    if stamp:
        return False
    raise SentenceError(
        zh=f"{venv} 不是本程序建立的，且与当前 Python 不符：请将它改名或删除，然后再试。",
        en=f"{venv} was not made by Yunhu and is for another Python: rename or delete it, "
        "then run the command again.",
    )


def _same_python(venv: Path) -> bool:
    minor = f"{sys.version_info[0]}.{sys.version_info[1]}."
    lines = _read(venv / "pyvenv.cfg").splitlines()
    return any(line.replace(" ", "").startswith(f"version={minor}") for line in lines)


def _base_python() -> str:
    if sys.prefix == sys.base_prefix:
        return sys.executable
    minor = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return str(Path(sys.base_prefix) / "bin" / f"python{minor}")


def _change_into(python: Path) -> None:
    """Start the same command again with the environment's interpreter; never returns."""
    sys.stdout.flush()
    environ = {**os.environ, SWITCH: "off"}  # off: whatever happens, never a second time
    environ |= _bytecode(os.environ, root=python.parents[2])
    os.execve(python, [str(python), *sys.orig_argv[1:]], environ)  # noqa: S606


def _bytecode(environ: Mapping[str, str], *, root: Path) -> dict[str, str]:
    """Let Python keep what it compiled in our own folder where it may not do so beside the source.

    Images of containers often forbid that; then each of the demo's and the tests' processes would
    compile a thousand modules again.
    """
    if not environ.get("PYTHONDONTWRITEBYTECODE") or environ.get("PYTHONPYCACHEPREFIX"):
        return {}
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(root / "var" / "pycache")}


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let one start at a time through; a killed one frees the lock by dying."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say(zh="另一个启动正在准备环境，等待中……", en="Waiting for another start's set-up")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _cannot_write(*, root: Path, problem: OSError) -> SentenceError:
    what = problem.filename or root
    return SentenceError(
        zh=f"无法写入 {what}（{problem.strerror}）："
        f"请把整个文件夹复制到可写且有 1 GB 空间的地方，"
        f"或自行安装 requirements.txt 并设 {SWITCH}=off。",
        en=f"{what} cannot be written ({problem.strerror}): copy the folder to a place that you "
        f"can write and that has 1 GB free, or install requirements.txt yourself and set "
        f"{SWITCH}=off.",
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


def _say(*, zh: str, en: str) -> None:
    sys.stderr.write(both(zh=zh, en=en) + "\n")
    sys.stderr.flush()
