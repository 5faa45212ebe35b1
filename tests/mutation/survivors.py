"""The mutants that no test kills, each named with why."""

import tomllib
from pathlib import Path

FILE = Path(__file__).with_suffix(".toml")
Key = tuple[str, str, str, str]


def named() -> dict[Key, str]:
    """Return why each named mutant lives: nobody could tell it from the true code, or what else.

    :raises ValueError: if one is named twice or without a reason
    """
    found: dict[Key, str] = {}
    for row in tomllib.loads(FILE.read_text(encoding="utf-8")).get("survivor", []):
        key = (row["module"], row["function"], row["was"], row["becomes"])
        if key in found or not row["why"]:
            raise ValueError(f"{key} is named twice, or without saying why it lives.")
        found[key] = row["why"]
    return found
