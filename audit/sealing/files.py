"""Write a file whole and on disk, or not at all."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from audit.keys import sync_folder


def write_whole(path: Path, content: bytes, *, mode: int) -> None:
    """Put `content` in the place of whatever `path` was; a crash leaves the one or the other."""
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    sync_folder(path.parent)
