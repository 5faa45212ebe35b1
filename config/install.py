"""Fill a virtual environment from the lock file with whichever installer this machine has."""

import importlib.util
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from config.sentences import SentenceError

PIP_WITH_PYTHON_OPTION = (22, 3)
STRAY_SETTINGS = ("PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PYTHONHOME", "PYTHONPATH")
RARELY_IMPORTED = r"/(tests|lexers|gis|locale)/"
UNREACHABLE = (
    "NewConnectionError",
    "NameResolutionError",
    "ConnectTimeout",
    "Connection refused",
    "Failed to fetch",
    "ProxyError",
    "SSLError",
)
MISSING = re.compile(
    r"No matching distribution found for (\S+)"
    r"|Because (\S+) has no (?:wheels|usable wheels|versions|solution)"
    r"|Because (\S+) was not found"
)


def create_environment(*, venv: Path, python: str) -> None:
    """Make an empty virtual environment; pip is not needed in it, so Debian's `venv` is enough.

    :raises SentenceError: if this Python cannot make one
    """
    made = _run([python, "-m", "venv", "--without-pip", str(venv)])
    if made.returncode != 0:
        raise SentenceError(
            zh="这个 Python 无法建立虚拟环境：请安装完整的 Python"
            "（Debian 或 Ubuntu：apt install python3-venv），然后再试。",
            en="This Python cannot make a virtual environment: install a complete one "
            "(Debian or Ubuntu: apt install python3-venv), then run the command again.",
        )


def install_requirements(*, venv: Path, python: str, requirements: Path, log: Path) -> None:
    """Install exactly what the lock file names, by hash, from wheels only.

    :raises SentenceError: saying what is missing and what to do
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    output = ""
    for installer in _installers(venv=venv, python=python):
        done = _run([*installer, "--require-hashes", "-r", str(requirements)], folder=venv)
        output = f"$ {' '.join(installer)}\n{done.stdout}"
        log.write_text(output, encoding="utf-8")
        if done.returncode == 0:
            return
    raise explain(output=output, log=log)


def compile_packages(*, venv: Path, bytecode: Mapping[str, str]) -> None:
    """Compile what was installed, once and on all cores, before many processes import it at once.

    What cannot be compiled or kept now is compiled when it is imported.
    """
    compiler = [str(venv / "bin" / "python"), "-m", "compileall", "-qq", "-j", "0"]
    _run([*compiler, "-x", RARELY_IMPORTED, str(venv / "lib")], more=bytecode)


def explain(*, output: str, log: Path) -> SentenceError:
    """Turn an installer's output into one sentence."""
    missing = MISSING.search(output)
    if "DO NOT MATCH THE HASHES" in output or "Hash mismatch" in output:
        return SentenceError(
            zh=f"下载的软件包与锁定文件的校验值不符，没有安装：请检查软件源，详见 {log}。",
            en=f"A downloaded package is not the one that the lock file names, so it was not "
            f"installed: check your package index; details in {log}.",
        )
    if any(word in output for word in UNREACHABLE):
        return SentenceError(
            zh=f"无法连接 Python 软件源：请检查网络，或用 PIP_INDEX_URL 指定镜像；详见 {log}。",
            en=f"The Python package index cannot be reached: check the network, or name a mirror "
            f"in PIP_INDEX_URL; details in {log}.",
        )
    if missing:
        name = next(filter(None, missing.groups()))
        here = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
        return SentenceError(
            zh=f"软件源没有适用于本机（{here}）的 {name}：请换用 glibc 2.28 以上的 Linux、"
            f"macOS，或换用收录它的软件源；详见 {log}。",
            en=f"The package index has no wheel of {name} for this machine ({here}): use Linux "
            f"with glibc 2.28 or later, macOS, or an index that has it; details in {log}.",
        )
    return SentenceError(
        zh=f"安装依赖失败：请看 {log} 的最后几行。",
        en=f"Installing the requirements failed: see the last lines of {log}.",
    )


def _installers(*, venv: Path, python: str) -> list[list[str]]:
    target = str(venv / "bin" / "python")
    found = []
    if uv := shutil.which("uv"):
        found.append([uv, "pip", "install", "--python", target, "--only-binary", ":all:"])
    # --no-compile: `compile_packages` does it on all cores
    arguments = ["install", "--no-input", "--no-compile", "--only-binary", ":all:"]
    if _pip_version(python) >= PIP_WITH_PYTHON_OPTION:
        found.append([python, "-m", "pip", "--python", target, *arguments])
    elif _with_own_pip(target):
        found.append([target, "-m", "pip", *arguments])
    if not found:
        raise SentenceError(
            zh="这个 Python 既没有 pip 也没有 ensurepip：请安装其一"
            "（Debian 或 Ubuntu：apt install python3-pip），然后再试。",
            en="This Python has neither pip nor ensurepip: install one of them "
            "(Debian or Ubuntu: apt install python3-pip), then run the command again.",
        )
    return found


def _pip_version(python: str) -> tuple[int, ...]:
    answer = _run([python, "-m", "pip", "--version"])
    version = re.match(r"pip (\d+)\.(\d+)", answer.stdout)
    return tuple(map(int, version.groups())) if version and answer.returncode == 0 else ()


def _with_own_pip(target: str) -> bool:
    if importlib.util.find_spec("ensurepip") is None:
        return _pip_version(target) > ()
    return _run([target, "-m", "ensurepip"]).returncode == 0


def _run(
    argv: list[str], *, folder: Path | None = None, more: Mapping[str, str] = MappingProxyType({})
) -> "subprocess.CompletedProcess[str]":
    environ = {k: v for k, v in os.environ.items() if k not in STRAY_SETTINGS} | {**more}
    environ |= {"PIP_REQUIRE_VIRTUALENV": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return subprocess.run(
        argv,
        check=False,
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
