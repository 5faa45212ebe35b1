"""The verifier, called as its command line is."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audit import verify
from tests.audit.verify.making import LOG, Bundle

Check = Callable[..., dict[str, Any]]


@pytest.fixture
def check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Check:
    """Write the bundle, check it, return what `--json` says."""

    def checked(bundle: Bundle, *arguments: str, vkeys: tuple[str, ...] = (LOG.vkey,)) -> Any:
        folder = bundle.write(tmp_path / "bundle")
        given = [part for vkey in vkeys for part in ("--vkey", vkey)]
        code = verify.main([str(folder), *given, *arguments, "--json"])
        told = capsys.readouterr().out
        facts = json.loads(told.splitlines()[-1])
        assert facts["exit"] == code
        return facts | {"told": told}

    return checked
