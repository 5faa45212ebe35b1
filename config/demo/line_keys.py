"""The keys that a line process gets: what it checks and reads with, nothing that signs.

A line process that could sign permits or passports would not need the gate.
"""

import shutil
from pathlib import Path

from dialer.line_process.signing_keys import SIGNING


def line_keys(*, keys: Path, folder: Path) -> Path:
    """Copy the keys into a folder of their own, anew at each start; return the folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    for file in keys.iterdir():
        if file.is_file() and file.name not in SIGNING:
            shutil.copy2(file, folder / file.name)  # modes too
    return folder
