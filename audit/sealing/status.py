"""How sealing stands, for whoever watches it."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection

_STATUS = """
SELECT extract(epoch FROM clock_timestamp() - sealed_until)::float8, stopped,
    (SELECT count(*) FROM audit_quarantine) - quarantined,
    (SELECT count(*) FROM audit_pending), size,
    coalesce((SELECT max(size) FROM audit_checkpoint AS c
        WHERE c.epoch = s.epoch AND published_at IS NOT NULL), 0),
    epoch, origin
FROM audit_state AS s WHERE id = 1
"""


@dataclass(frozen=True, slots=True)
class SealingStatus:
    """Where sealing stands, by the database's own clock."""

    lag_s: float  # since the instant up to which all is sealed and signed
    stopped: str  # "", "refused" or "quarantine"
    quarantined: int  # entries set aside that nobody has answered for
    pending: int
    size: int
    checkpoint_size: int  # of the newest published checkpoint
    epoch: int
    origin: str

    def as_json(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return asdict(self)


def sealing_status() -> SealingStatus:
    """Read how sealing stands."""
    with connection.cursor() as cursor:
        cursor.execute(_STATUS)
        return SealingStatus(*cursor.fetchone())
