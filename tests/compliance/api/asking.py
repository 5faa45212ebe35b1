"""Asks as the command does, about somebody known and about a stranger."""

import io
import json
from typing import Any

from django.core.management import call_command

KNOWN, STRANGER = "13800138000", "13911112223"
NOON = "2026-03-11T12:30+08:00"


def command(number: str, **options: Any) -> tuple[int, dict[str, Any]]:
    """Run the command; return its exit code and what it printed."""
    out = io.StringIO()
    code = 0
    try:
        call_command(
            "can_i_call", number, campaign="spring-course", json=True, stdout=out, **options
        )
    except SystemExit as leaving:
        code = int(str(leaving.code))
    return code, json.loads(out.getvalue())
