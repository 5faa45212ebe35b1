"""The client that docs/api.md prints, run as it stands against a served console."""

import subprocess
import sys
from pathlib import Path

import pytest

from compliance import clock
from compliance.models import User
from compliance.services.token_make import token_make

pytestmark = pytest.mark.apt

DOCS = Path(__file__).resolve().parents[2] / "docs" / "api.md"


class TestTheClientOfTheDocs:
    def test_asks_for_a_call_and_says_why_there_is_none(
        self, console: str, tmp_path: Path
    ) -> None:
        source = DOCS.read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
        program = tmp_path / "client.py"
        program.write_text(source, encoding="utf-8")
        token = token_make(
            user=User.objects.get(username="supervisor"),
            hours=1,
            scopes=["leads:read", "dial-requests"],
            actor="svc:test",
            now=clock.read(),
        )

        done = subprocess.run(
            [sys.executable, "-I", str(program), console, token, "spring-course"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

        assert done.stderr == ""
        assert len(source.splitlines()) <= 35
        assert done.stdout.startswith("409 "), done.stdout  # no line is up beside this console
        assert "\u7ebf\u8def" in done.stdout or "\u5750\u5e2d" in done.stdout
