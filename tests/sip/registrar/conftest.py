"""A registrar for each file, and whoever writes to it."""

from collections.abc import Iterator

import pytest

from tests.sip.peers import MutePeer
from tests.sip.registrar.asking import Peers
from tests.sip.registrar.process import Registrar


@pytest.fixture(scope="module")
def registrar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    process = Registrar(tmp_path_factory.mktemp("registrar"))
    yield process.port
    process.stop()


@pytest.fixture
def peers() -> Iterator[Peers]:
    opened: list[MutePeer] = []

    def at(host: str) -> MutePeer:
        opened.append(MutePeer(host=host))
        return opened[-1]

    yield at
    for peer in opened:
        peer.close()
