"""The first start: an environment made from the lock file, or one sentence."""

import ast
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from config.bootstrap import STAMP, stamp_of
from config.install import explain

ROOT = Path(__file__).resolve().parents[2]
BASE_PYTHON = str(
    Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
)
COMMANDS = '''
"""What a start runs once it has its environment."""
import sys


def run(argv: list[str]) -> int:
    import greeting
    print(sys.prefix, greeting.WORD, *argv[1:])
    return 7
'''


def make_wheel(folder: Path, *, version: str = "1.0", word: str = "hello") -> str:
    """Put a small wheel into the folder and return its line in a lock file."""
    wheel = folder / f"greeting-{version}-py3-none-any.whl"
    info = f"greeting-{version}.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("greeting.py", f"WORD = {word!r}\n")
        archive.writestr("greeting_later.py", "")  # imported by nobody
        archive.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: greeting\nVersion: {version}\n"
        )
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return f"greeting=={version} --hash=sha256:{digest}\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with the real bootstrap, one small requirement and a command that shows it."""
    root = tmp_path / "checkout"
    (root / "config").mkdir(parents=True)
    for name in ("__init__", "bootstrap", "install", "sentences"):
        shutil.copy(ROOT / "config" / f"{name}.py", root / "config")
    shutil.copy(ROOT / "manage.py", root)
    (root / "config" / "commands.py").write_text(COMMANDS)
    (root / "requirements.txt").write_text(make_wheel(tmp_path))
    return root


def start(root: Path, *, python: str = BASE_PYTHON, **more: str) -> "subprocess.Popen[str]":
    """Start `manage.py greet` as a person would, with no index but the small wheels."""
    stray = ("PIP_", "YUNHU_", "PYTHON")
    environ = {k: v for k, v in os.environ.items() if not k.startswith(stray)}
    environ |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(root.parent), "PIP_CONFIG_FILE": "/"}
    environ |= {"PATH": "/usr/bin:/bin"} | more
    return subprocess.Popen(
        [python, "manage.py", "greet", "you"],
        cwd=root,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


class TestStampOf:
    def test_changes_with_the_pins(self, tmp_path: Path) -> None:
        file = tmp_path / "requirements.txt"
        file.write_text("a==1\n")
        first = stamp_of(requirements=file)

        file.write_text("a==2\n")

        assert stamp_of(requirements=file) != first

    def test_changes_with_python(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        file = tmp_path / "requirements.txt"
        file.write_text("a==1\n")
        first = stamp_of(requirements=file)

        monkeypatch.setattr(sys, "version_info", (3, 99, 0))

        assert stamp_of(requirements=file) != first


class TestStart:
    def test_installs_once_and_passes_on_arguments_and_exit_code(self, checkout: Path) -> None:
        first = finish(start(checkout))
        second = finish(start(checkout))

        assert first[:2] == (7, f"{checkout / '.venv'} hello greet you\n")
        assert "Setting up the environment" in first[2]
        assert second == (7, first[1], "")
        assert list((checkout / ".venv").rglob("greeting_later.*.pyc"))  # all is compiled at once

    @pytest.mark.long
    def test_installs_again_when_the_pins_change(self, checkout: Path) -> None:
        finish(start(checkout))
        line = make_wheel(checkout.parent, version="2.0", word="good day")
        (checkout / "requirements.txt").write_text(line)

        code, out, _ = finish(start(checkout))

        assert (code, "good day" in out) == (7, True)

    @pytest.mark.long
    def test_makes_a_half_made_environment_anew(self, checkout: Path) -> None:
        finish(start(checkout))
        (checkout / ".venv" / STAMP).write_text("installing")
        (module,) = (checkout / ".venv").rglob("greeting.py")
        module.unlink()  # pip believes that the package is there

        assert finish(start(checkout))[0] == 7

    @pytest.mark.long
    def test_may_happen_twice_at_once(self, checkout: Path) -> None:
        both = [start(checkout), start(checkout)]

        ends = [finish(process) for process in both]

        assert [code for code, _, _ in ends] == [7, 7]
        assert sum("Setting up" in err for _, _, err in ends) == 1

    @pytest.mark.long
    def test_keeps_bytecode_in_a_folder_of_ours_where_it_may_not_lie_beside_the_source(
        self, checkout: Path
    ) -> None:
        assert finish(start(checkout, PYTHONDONTWRITEBYTECODE="1"))[0] == 7

        assert list((checkout / "var" / "pycache").rglob("greeting_later.*.pyc"))
        assert not (checkout / "config" / "__pycache__").exists()

    @pytest.mark.parametrize("how", ["switched off", "another environment"])
    def test_leaves_a_prepared_interpreter_alone(self, checkout: Path, how: str) -> None:
        (checkout / "greeting.py").write_text("WORD = 'mine'\n")
        off = how == "switched off"

        end = finish(
            start(
                checkout,
                python=BASE_PYTHON if off else sys.executable,
                YUNHU_BOOTSTRAP="off" if off else "",
            )
        )

        assert (end[0], "mine" in end[1]) == (7, True)
        assert not (checkout / ".venv").exists()

    def test_never_deletes_an_environment_that_somebody_made(self, checkout: Path) -> None:
        (checkout / ".venv" / "bin").mkdir(parents=True)
        (checkout / ".venv" / "pyvenv.cfg").write_text("version = 2.7.18\n")

        code, _, err = finish(start(checkout))

        assert code == 2
        assert "was not made by Yunhu" in err
        assert (checkout / ".venv" / "pyvenv.cfg").read_text() == "version = 2.7.18\n"


class TestSentence:
    """Every failure ends with exit code 2 and says in both languages what to do."""

    def said(self, checkout: Path) -> str:
        code, out, err = finish(start(checkout))
        lines = [line for line in err.splitlines() if "Setting up" not in line]
        assert (code, out, len(lines)) == (2, "", 2)
        assert not lines[0].isascii()
        return lines[1]

    def test_names_the_missing_wheel(self, checkout: Path) -> None:
        line = make_wheel(checkout.parent).replace("greeting", "no-such-wheel")
        (checkout / "requirements.txt").write_text(line)

        assert "no wheel of no-such-wheel==1.0" in self.said(checkout)

    @pytest.mark.long
    def test_names_a_package_that_is_not_the_locked_one(self, checkout: Path) -> None:
        (checkout / "requirements.txt").write_text("greeting==1.0 --hash=sha256:" + "0" * 64)

        assert "not the one that the lock file names" in self.said(checkout)
        assert not list((checkout / ".venv").rglob("greeting.py"))

    def test_names_what_cannot_be_written(self, checkout: Path) -> None:
        (checkout / "var").touch()

        assert f"{checkout / 'var' / 'run'} cannot be written" in self.said(checkout)

    def test_names_an_index_out_of_reach(self, tmp_path: Path) -> None:
        output = (
            "WARNING: Retrying ... NewConnectionError ... Connection refused\n"
            "ERROR: No matching distribution found for celery==5.7.0\n"
        )

        assert "cannot be reached" in explain(output=output, log=tmp_path).en

    def test_sends_to_the_log_what_it_does_not_know(self, tmp_path: Path) -> None:
        assert str(tmp_path / "log") in explain(output="boom", log=tmp_path / "log").en


class TestManage:
    def test_can_be_read_by_the_python_that_is_too_old(self) -> None:
        ast.parse((ROOT / "manage.py").read_text(), feature_version=(3, 6))

    def test_names_the_version_that_it_needs(self) -> None:
        code = (
            "import sys; sys.version_info = (3, 9, 2);"
            "exec(compile(open('manage.py').read(), 'manage.py', 'exec'))"
        )

        done = subprocess.run(
            [sys.executable, "-c", code], check=False, capture_output=True, text=True, cwd=ROOT
        )

        assert done.returncode == 2
        assert "needs Python 3.11 or later and this is 3.9" in done.stderr
