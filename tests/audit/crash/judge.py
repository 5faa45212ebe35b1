"""Say what became of a log after everything was killed: one JSON object.

`python -m tests.audit.crash.judge FILE …`: the files are those of the writers.
"""

import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import django


def main(paths: list[str]) -> None:
    """Hold what the writers know against what the database has, and the log against itself."""
    django.setup()
    from audit.models import AuditEntry, AuditLeaf
    from audit.sealing.status import sealing_status

    lines = [line.split() for path in paths for line in Path(path).read_text().splitlines()]
    committed = {eid for sign, eid in lines if sign == "+"}
    rolled_back = {eid for sign, eid in lines if sign == "-"}
    entries = {str(eid): pk for pk, eid in AuditEntry.objects.values_list("pk", "eid").iterator()}
    leaves = list(AuditLeaf.objects.order_by("leaf_index").values_list("leaf_index", "entry_id"))
    sealed = {entry for _, entry in leaves}
    status = sealing_status()
    judged = {
        "acknowledged": len(committed),
        "rolled_back": len(rolled_back),
        "entries": len(entries),
        "lost": len(committed - entries.keys()) + len(set(entries.values()) - sealed),
        "duplicate": len(leaves) - len(sealed) + len(lines) - len(committed | rolled_back),
        "phantom": len(rolled_back & entries.keys()) + len(sealed - set(entries.values())),
        "gaps": sum(place != index for place, (index, _) in enumerate(leaves)),
        "pending": status.pending,
        "stopped": status.stopped,
        "quarantined": status.quarantined,
        **_checkpoints(status.size),
    }
    sys.stdout.write(json.dumps(judged) + "\n")


def _checkpoints(size: int) -> dict[str, Any]:
    from django.conf import settings

    from audit.merkle import consistency_path, consistency_roots
    from audit.sealing.tiles import Tiles
    from audit.sealing_keys import log_public_keys
    from audit.tree_check import tree_findings
    from tests.audit.sealing import said_by

    folder = Path(settings.AUDIT_PUBLISH_DIR)
    said = [said_by(path.read_bytes()) for path in (folder / "checkpoints").iterdir()]
    said.sort(key=lambda one: one.size)
    node = Tiles.at(size).node
    inconsistent = 0
    for older, newer in pairwise(said):
        path = consistency_path(older.size, newer.size, node)
        found = consistency_roots(older.size, newer.size, older.root, path)
        inconsistent += found != newer.root
    findings = tree_findings(keys=log_public_keys(), published=folder)
    return {
        "size": size,
        "published": len(said),
        "newest": said[-1].size,
        "inconsistent": inconsistent,
        "findings": [f"{one.what} {one.check.name}" for one in findings][:20],
    }


if __name__ == "__main__":
    main(sys.argv[1:])
