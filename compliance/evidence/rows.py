"""Records as plain JSON values, whatever columns they have or will have."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import models

from compliance.rulebook.codec import instant_text

SECRET = ("receipt", "receipt_sha256", "password")


def row_data(row: models.Model, *, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return every column of a record but what is sealed or a secret."""
    hidden = (*SECRET, *without)
    return {
        field.attname: plain(getattr(row, field.attname))
        for field in row._meta.concrete_fields  # noqa: SLF001 - Django documents it
        if field.attname not in hidden and not field.attname.endswith("_sealed")
    }


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it: instants in UTC, bytes in hexadecimal."""
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date | UUID):
        return str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def json_bytes(value: Any) -> bytes:
    """Return a value as JSON that a person can read; equal values give equal bytes."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1)
    return f"{text}\n".encode()
