"""Write entries until killed; say of each what became of it, once that is certain.

The file gets a line for each entry: `+` and its eid after the commit has been acknowledged, `-`
and its eid before it is rolled back.
"""

import os
import random
import time
from datetime import UTC, datetime

from django.db import Error as DatabaseError
from django.db import connection, transaction

from audit.record import record


def main(path: str, seed: str) -> None:
    """Go on for ever."""
    chance = random.Random(seed)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    while True:
        action = "kill_switch.engaged" if chance.random() < 0.01 else "permit.issued"
        try:
            with transaction.atomic():
                eid = record(action, obj="lead:1", actor="svc:writer", now=datetime.now(UTC))
                time.sleep(chance.choice((0, 0, 0, 0.002, 0.05)))
                if chance.random() < 0.1:
                    os.write(file, f"- {eid}\n".encode())
                    transaction.set_rollback(True)
                    continue
            os.write(file, f"+ {eid}\n".encode())
        except DatabaseError:  # it died: what became of this entry, nobody said
            connection.close()
            time.sleep(0.05)
