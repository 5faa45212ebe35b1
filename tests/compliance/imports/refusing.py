"""Lists of refusals, and the command that takes them in."""

import io
import json
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection

from compliance.models import Refusal
from compliance.numbers import normalise
from compliance.services.person_for_number import known_person

HEADINGS = ["手机号", "范围", "行业", "目的", "来源", "拒绝时间", "凭证"]


def row(number: str, **cells: str) -> list[str]:
    usual = dict(zip(HEADINGS, [number, "", "", "", "", "", ""], strict=True))
    return list((usual | cells).values())


def run_import(path: Path, **options: Any) -> dict[str, Any]:
    out = io.StringIO()
    given: dict[str, Any] = {"by": "compliance"}
    if not {"dry_run", "plan", "apply", "discard"} & options.keys():
        given["yes"] = True
    file = [] if {"apply", "discard"} & options.keys() else [str(path)]
    call_command("refusals_import", *file, **{**given, **options}, json=True, stdout=out)
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def refusal_of(number: str) -> Refusal:
    return Refusal.objects.get(person=known_person(number=normalise(number)))


def staging_tables() -> list[str]:
    """Return the tables that an import has left."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oid::regclass::text FROM pg_class WHERE relname ~ '^import_[0-9]+_'"
        )
        return [name for (name,) in cursor.fetchall() if not name.endswith("_pkey")]
