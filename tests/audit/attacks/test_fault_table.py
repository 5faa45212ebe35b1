"""Every attack at three levels: exactly what catches it, and that nothing else cries wolf."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker, Settings

from tests.audit.attacks.alarms import alarms
from tests.audit.attacks.attacker import Attacker, Level
from tests.audit.attacks.scene import Scene, build
from tests.audit.attacks.table import TABLE, Row
from tests.audit.sealing import Log
from tests.undone import undone


@pytest.fixture(scope="module")
def _scene(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Scene]:
    """Make the trail once; what each attack does to it is taken back."""
    with django_db_blocker.unblock(), undone():
        yield build(tmp_path_factory.mktemp("trail"))


@pytest.fixture
def scene(_scene: Scene, db: None) -> Scene:
    return _scene


@pytest.fixture
def log(scene: Scene, tmp_path: Path, settings: Settings) -> Log:
    """A copy of the signer's and the drop folder, for one attack."""
    shutil.copytree(scene.log.folder, tmp_path / "log")
    return Log(tmp_path / "log")


class TestAttack:
    @pytest.mark.parametrize("level", Level, ids=lambda level: level.name)
    @pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
    def test_is_told_by(
        self, scene: Scene, log: Log, tmp_path: Path, row: Row, level: Level
    ) -> None:
        row.do(Attacker(level, log))

        assert alarms(scene, log, bundle=tmp_path / "bundle") == row.caught(level)
