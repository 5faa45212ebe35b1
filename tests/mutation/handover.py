"""A module that was run anew in place: everybody meets the new one."""

import sys
from types import ModuleType
from typing import Any

OURS = ("audit", "compliance", "config", "console", "dialer", "tests")


def hand_over(module: ModuleType, before: dict[str, Any]) -> None:
    """Hand what the module holds now to everybody who imported from it what it held before."""
    now = module.__dict__
    new = {id(old): name for name, old in before.items() if now.get(name) is not old}
    for holder in list(sys.modules.values()):
        if holder is module or holder.__name__.partition(".")[0] not in OURS:
            continue
        for name, value in list(vars(holder).items()):
            if new.get(id(value)) == name:
                setattr(holder, name, now[name])
