"""Instants on paper: Beijing time, and said so."""

from datetime import datetime

from compliance.lists.moments import LOCAL


def moment(at: datetime | None) -> str:
    """Write an instant in Beijing time."""
    return "—" if at is None else at.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M:%S")
