"""A log for tests: its own folders, its own clock, and ways to look at it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from audit import checkpoint
from audit.checkpoint import Checkpoint
from audit.merkle import consistency_path, consistency_roots, leaf_hash, root
from audit.models import AuditCheckpoint, AuditEntry, AuditLeaf, AuditState
from audit.note import opened, verifier_of
from audit.record import Entry, record_many
from audit.sealing.reached import Reached, pass_by
from audit.sealing.sequencer import Sequencer
from audit.sealing.signer import Signer
from audit.sealing.state import begin_log
from audit.sealing.tiles import Tiles
from audit.sealing_keys import log_keys, log_public_keys
from tests.audit.entries import NOW

# Somebody else's entry: another identifier, other bytes, the code of the first.
FORGED = """
    INSERT INTO audit_entry (eid, ts, tenant, action, actor, object, outcome, body, mac, kid)
    SELECT overlay(eid::text placing 'abcdefabcdef' from 25)::uuid, ts, tenant, action, actor,
    'lead:forged', outcome, body || ' '::bytea, mac, kid FROM audit_entry LIMIT 1
"""


@dataclass
class Log:
    """One sequencer with its signer and its drop folder."""

    folder: Path
    seconds: float = 0.0  # what its clock shows

    @property
    def signer_folder(self) -> Path:
        return self.folder / "signer"

    @property
    def published(self) -> Path:
        return self.folder / "published"

    def signer(self, *, reached: Reached = pass_by) -> Signer:
        return Signer(folder=self.signer_folder, keys=log_keys, reached=reached)

    def sequencer(
        self, *, sign_seconds: float = 10, batch: int = 5000, reached: Reached = pass_by
    ) -> Sequencer:
        begin_log()
        return Sequencer(
            signer=self.signer(reached=reached),
            publish_to=self.published,
            sign_seconds=sign_seconds,
            batch=batch,
            reached=reached,
            monotonic=lambda: self.seconds,
        )

    def seal(self) -> AuditState:
        """Seal, sign and publish all that waits."""
        self.sequencer().drain()
        return AuditState.objects.get()

    def newest(self) -> Checkpoint:
        """Return what the drop folder's newest note says, its signature checked."""
        return said_by((self.published / "checkpoint").read_bytes())


def said_by(note: bytes) -> Checkpoint:
    """Return the checkpoint of a note that a log key has signed."""
    origin = note.decode().partition("\n")[0]
    known = [verifier_of(origin, key) for key in log_public_keys()]
    return checkpoint.parsed(opened(note, known).text)


def sealed_ids() -> list[int]:
    rows = AuditLeaf.objects.order_by("leaf_index")
    assert [row.leaf_index for row in rows] == list(range(len(rows)))
    return [row.entry_id for row in rows]


def assert_sound(log: Log) -> None:
    """Check what is always true: the tree is that of the entries, the checkpoints those of it."""
    bodies = dict(AuditEntry.objects.values_list("id", "body"))
    leaves = [leaf_hash(bytes(bodies[entry])) for entry in sealed_ids()]
    stored = [bytes(leaf.leaf_hash) for leaf in AuditLeaf.objects.order_by("leaf_index")]
    assert stored == leaves
    state = AuditState.objects.get()
    assert state.size == len(leaves)
    assert bytes(state.root) == root(leaves)
    assert_checkpoints(leaves, epoch=state.epoch)


def assert_checkpoints(leaves: list[bytes], *, epoch: int = 1) -> None:
    """Check that every checkpoint is one of this tree, and each extends the one before it."""
    before: Checkpoint | None = None
    node = Tiles.at(len(leaves)).node
    for row in AuditCheckpoint.objects.filter(epoch=epoch).order_by("size"):
        found = said_by(bytes(row.note))
        assert found.size == row.size <= len(leaves)
        assert found.root == root(leaves[: row.size])
        if before is not None:
            path = consistency_path(before.size, found.size, node)
            assert consistency_roots(before.size, found.size, before.root, path) == found.root
        before = found


def mended(sql: str, values: list[Any] | None = None) -> None:
    """Do what an administrator of the database can do, past every guard."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('session_replication_role')")
        for table in ("audit_leaf", "audit_tile", "audit_state", "audit_checkpoint"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql, values)


@contextmanager
def stopping_at(step: str) -> Iterator[Callable[[str], None]]:
    """Give a `reached` that ends the block when the step is reached."""

    def reached(name: str) -> None:
        if name == step:
            raise StoppedError(name)

    try:
        yield reached
    except StoppedError:
        return
    raise AssertionError(f"{step} was not reached")


class StoppedError(BaseException):
    """The process has ended here."""


def write_many(count: int) -> list[int]:
    about = [Entry(action="permit.issued", obj=f"lead:{n}", actor="u:17") for n in range(count)]
    record_many(about, now=NOW)
    return list(AuditEntry.objects.order_by("pk").values_list("pk", flat=True))
