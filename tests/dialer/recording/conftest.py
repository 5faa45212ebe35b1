"""Recorders that run, and the short times of a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dialer.recording import recorders
from tests.dialer.recording.studio import Studio


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    studio = Studio(tmp_path / "recordings")
    studio.recorders.start()
    yield studio
    studio.recorders.stop()


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a gap be one after 0.4 s, and be looked for every 20 ms."""
    monkeypatch.setattr("dialer.recording.file_recorder.GAP_SECONDS", 0.4)
    monkeypatch.setattr("dialer.recording.file_recorder.STALE_SECONDS", 0.1)
    monkeypatch.setattr(recorders, "WATCH_SECONDS", 0.02)
    monkeypatch.setattr(recorders, "TURN_SECONDS", 0.02)
    monkeypatch.setattr(recorders, "LOOK_SECONDS", 0.05)
