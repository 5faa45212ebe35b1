"""Put a bug into one function, wherever it is named, and ask which alarms tell of it."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

from audit import verify
from audit.sealing_keys import log_public_keys
from audit.tree_check import tree_findings
from tests.audit.attacks.alarms import alarms
from tests.audit.attacks.attacker import Attacker, Level
from tests.audit.attacks.scene import Scene, build
from tests.audit.attacks.table import TABLE, Row
from tests.audit.sealing import Log


def plant(patch: pytest.MonkeyPatch, module: ModuleType, name: str, wrong: object) -> None:
    """Let `wrong` be what `name` of the module means, in every module of ours that imported it.

    Not in the verifier, which shares nothing with us.
    """
    right = getattr(module, name)
    for one in list(sys.modules.values()):
        ours = one.__name__.startswith("audit") and one is not verify
        if ours and getattr(one, name, None) is right:
            patch.setattr(one, name, wrong)


def told(folder: Path) -> set[str]:
    scene = build(folder / "log")
    return alarms(scene, scene.log, bundle=folder / "bundle")


def row(name: str) -> Row:
    (found,) = (one for one in TABLE if one.name == name)
    return found


def missed(folder: Path, name: str, level: Level) -> set[str]:
    """Return the alarms of the fault table's row that do not ring."""
    scene: Scene = build(folder / "log")
    row(name).do(Attacker(level, scene.log))
    return set(row(name).caught(level)) - alarms(scene, scene.log, bundle=folder / "bundle")


def tree_alarms(log: Log) -> set[tuple[str, str]]:
    found = tree_findings(keys=log_public_keys(), published=log.published)
    return {(one.what, one.check.name) for one in found}
