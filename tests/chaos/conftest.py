"""Folders for whole demos, and leave to talk to their servers."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_socket


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that the embedded servers' own user can reach."""
    made = Path(tempfile.mkdtemp(prefix="yunhu-chaos-"))
    made.chmod(0o755)
    yield made
    if "YUNHU_KEEP" not in os.environ:
        shutil.rmtree(made)


@pytest.fixture(autouse=True, scope="module")
def sockets_of_the_module() -> Iterator[None]:
    """Open sockets to this machine only, from before the first test."""
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    yield
    pytest_socket.disable_socket(allow_unix_socket=True)
