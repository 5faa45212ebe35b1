"""The desks' commands, run as their people run them."""

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

DIGEST = ("--sha256", "ab" * 32)
TWO = ("--author", "author", "--approver", "approver")


def run(*args: str) -> dict[str, Any]:
    """Return what a command tells; the last line is one JSON object."""
    out = io.StringIO()
    call_command(*args, "--json", stdout=out)
    told: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return told


def refused(*args: str) -> int:
    """Return the exit code of a command that does nothing."""
    with pytest.raises(CommandError) as caught:
        run(*args)
    return caught.value.returncode
