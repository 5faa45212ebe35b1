"""The folder in which every checkpoint is published: look that the newest is there, unchanged.

Whoever fetches from it holds copies that we cannot change; an empty folder would hold nobody.
"""

from pathlib import Path

from audit.anchors.anchored import Anchored, AnchorError, Published


def anchor_file(published: Published, *, folder: Path) -> Anchored:
    """Confirm that the drop folder holds the checkpoint.

    :raises AnchorError: if it does not, or holds another one under its name
    """
    path = folder / "checkpoints" / f"{published.epoch}-{published.size}"
    try:
        there = path.read_bytes()
    except OSError as error:
        why = error.strerror
        raise AnchorError(
            zh=f"{path} 不可读：{why}", en=f"{path} cannot be read: {why}"
        ) from error
    if there != published.note:
        raise AnchorError(zh=f"{path} 中是另一个检查点", en=f"{path} holds another checkpoint")
    return Anchored(reference=str(path))
