"""The verifier needs no environment of ours: one file, an older Python, nothing installed."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from audit import verify
from tests.audit.verify.making import LOG, Bundle, filtered_bundle, range_bundle

FILE = Path(verify.__file__)
TREE = ast.parse(FILE.read_text(encoding="utf-8"), feature_version=(3, 8))
INSTALLED = Path.home() / ".pyenv" / "versions"


def _runs(python: str) -> bool:
    """Tell a Python from a shim that has none behind it."""
    return not subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode


def older(minor: int) -> list[str]:
    """Return the Pythons of that version that are here."""
    there = (shutil.which(f"python3.{minor}"), *INSTALLED.glob(f"3.{minor}.*/bin/python"))
    return sorted({str(found) for found in there if found and _runs(str(found))})


def run(
    bundle: Bundle, folder: Path, *arguments: str, python: str = sys.executable
) -> tuple[int, str]:
    """Run a copy of the file, so that nothing beside it could be imported."""
    alone = folder / "alone" / "verify.py"
    alone.parent.mkdir(exist_ok=True)
    shutil.copyfile(FILE, alone)
    told = subprocess.run(
        [python, "-I", "-S", alone, bundle.write(folder / "bundle"), *arguments],
        capture_output=True,
        check=False,
        env={"LC_ALL": "C", "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=folder,
    )
    assert told.stderr == b""
    return told.returncode, told.stdout.decode("utf-8", "replace")


class TestTheVerifier:
    def test_imports_the_standard_library_alone(self) -> None:
        imported = {
            name.partition(".")[0]
            for node in ast.walk(TREE)
            for name in (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
        }

        assert imported <= sys.stdlib_module_names
        assert not imported & {"subprocess", "socket", "urllib", "http", "ssl"}

    def test_exits_0_1_or_2_with_a_sentence_and_never_a_traceback(self, tmp_path: Path) -> None:
        whole = range_bundle(0, 9, 9)
        broken = range_bundle(0, 9, 9)
        del broken.lines[4]

        assert run(whole, tmp_path, "--vkey", LOG.vkey)[0] == 0
        code, told = run(broken, tmp_path, "--vkey", LOG.vkey, "--lang", "en")
        assert (code, told) == (1, "Not verified: Entry 4 (eid ?): It is missing.\n")
        code, told = run(whole, tmp_path, "--lang", "en")
        assert code == 2
        assert "Could not check: the following arguments are required: --vkey" in told
        assert run(whole, tmp_path, "--vkey", "nonsense")[0] == 2
        assert run(whole, tmp_path, "--vkey", LOG.vkey, "--cdr", "/nowhere")[0] == 2

    @pytest.mark.parametrize("minor", [8, 9])
    def test_runs_on_an_older_python(self, tmp_path: Path, minor: int) -> None:
        pythons = older(minor)
        if not pythons:
            pytest.skip(f"Python 3.{minor} is not here.")

        for python in pythons:
            assert run(range_bundle(2, 7, 9), tmp_path, "--vkey", LOG.vkey, python=python)[0] == 0
            filtered = filtered_bundle([2, 4], 9)
            assert run(filtered, tmp_path, "--vkey", LOG.vkey, python=python)[0] == 0

    @pytest.mark.parametrize("name", ["checkpoint", "manifest.json", "entries.jsonl"])
    def test_says_which_file_it_cannot_read(
        self, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        folder = range_bundle(0, 9, 9).write(tmp_path / "bundle")
        (folder / name).unlink()

        assert verify.main([str(folder), "--vkey", LOG.vkey, "--lang", "en"]) == 2
        assert capsys.readouterr().out == f"Could not check: {name} cannot be read.\n"

    def test_speaks_one_language_if_it_is_told_which(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        folder = str(range_bundle(0, 9, 9).write(tmp_path / "bundle"))

        verify.main([folder, "--vkey", LOG.vkey, "--lang", "en"])
        english = capsys.readouterr().out
        verify.main([folder, "--vkey", LOG.vkey, "--lang", "zh"])
        chinese = capsys.readouterr().out

        assert english.isascii()
        assert "核验通过。" in chinese
        assert all(zh and en for zh, en in verify.SENTENCES.values())

    def test_takes_the_key_from_a_file_too(self, tmp_path: Path) -> None:
        (tmp_path / "vkey").write_text(LOG.vkey + "\n")
        folder = str(range_bundle(0, 9, 9).write(tmp_path / "bundle"))

        assert verify.main([folder, "--vkey", str(tmp_path / "vkey")]) == 0
