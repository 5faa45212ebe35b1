"""Put a bug into one function, wherever it is named."""

import sys
from types import ModuleType

import pytest

from audit import verify


def plant(patch: pytest.MonkeyPatch, module: ModuleType, name: str, wrong: object) -> None:
    """Let `wrong` be what `name` of the module means, in every module of ours that imported it.

    Not in the verifier, which shares nothing with us.
    """
    right = getattr(module, name)
    for one in list(sys.modules.values()):
        ours = one.__name__.startswith("audit") and one is not verify
        if ours and getattr(one, name, None) is right:
            patch.setattr(one, name, wrong)
