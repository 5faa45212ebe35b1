"""Files as one ZIP with a manifest; the same files give the same bytes on every machine."""

import hashlib
import io
import zipfile
from collections.abc import Mapping

from compliance.evidence.rows import json_bytes

LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the earliest that the format knows
MANIFEST = "manifest.json"
_READABLE = 0o644 << 16


def archive(files: Mapping[str, bytes]) -> bytes:
    """Return a ZIP of `files` and a manifest of their SHA-256; nothing in it tells the time.

    Stored and not compressed: what a compressor writes depends on its version.
    """
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    whole = {**files, MANIFEST: json_bytes({"files": digests, "version": 1})}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression=zipfile.ZIP_STORED) as packed:
        for name in sorted(whole):
            entry = zipfile.ZipInfo(name, date_time=LONG_AGO)
            entry.create_system = 3
            entry.external_attr = _READABLE
            packed.writestr(entry, whole[name])
    return out.getvalue()
