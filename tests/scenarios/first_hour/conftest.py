"""A demo for somebody's first hour, with an edge before its carrier."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.demo import Demo, demo
from tests.edge.rig import Store


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the embedded servers' own user can reach."""
    made = Path(tempfile.mkdtemp(prefix="yunhu-hour-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def store(sockets: None, folder: Path) -> Iterator[Store]:
    """The edge's own store, which has to be up for a while before it is asked."""
    place = folder / "store"
    place.mkdir()
    started = Store(place)
    yield started
    started.kill()


@pytest.fixture
def installed(
    sockets: None, store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Demo]:
    """The demo, as one command starts it on a machine with nothing but Python."""
    monkeypatch.setenv("EDGE_STORES", f"edge1=redis://127.0.0.1:{store.port}/0")
    home = folder / "home-of-the-demo"
    home.mkdir(mode=0o755)
    with demo(home, "--port", "0", "--leads", "240") as running:
        yield running
