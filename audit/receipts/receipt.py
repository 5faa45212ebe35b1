"""One receipt: which entry was committed, and the hash that its leaf of the tree must have."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from audit.body import timestamp
from audit.merkle import leaf_hash

LINE = re.compile(
    r"yunhu-receipt/1 (?P<eid>[0-9a-f-]{36})"
    r" (?P<ts>[0-9-]{10}T[0-9:.]{15}Z) (?P<leaf>[0-9a-f]{64})"
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """An entry that was committed. It tells nothing of what the entry says."""

    eid: UUID
    ts: datetime  # UTC instant that the entry states
    leaf: bytes  # its leaf hash, RFC 9162 2.1

    @classmethod
    def of(cls, *, eid: UUID, ts: datetime, body: bytes) -> "Receipt":
        """Return the receipt of an entry with these exact bytes."""
        return cls(eid, ts, leaf_hash(body))

    def line(self) -> str:
        """Return the receipt as the one line of ASCII that every sink keeps."""
        return f"yunhu-receipt/1 {self.eid} {timestamp(self.ts)} {self.leaf.hex()}"


def receipt_in(line: str) -> Receipt | None:
    """Return the receipt that a line of a log holds, whatever stands around it."""
    found = LINE.search(line)
    if found is None:
        return None
    ts = datetime.fromisoformat(found["ts"])
    return Receipt(UUID(found["eid"]), ts, bytes.fromhex(found["leaf"]))
