"""An administrator of the database, at three levels of what else is in that hand.

L1 edits rows, with every guard off. L2 also recomputes every hash, tile and state, and removes
the checkpoints that no longer match. L3 also holds the log key and the keys of the entries, and
owns the signer's account and the drop folder.
"""

import shutil
import uuid
from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from django.conf import settings
from django.db import connection

from audit import checkpoint, keys, note
from audit.body import Entry, body
from audit.commitment import key_id, mac
from audit.merkle import leaf_hash, root
from audit.models import AuditCheckpoint, AuditEntry, AuditLeaf, AuditState
from audit.sealing.tiles import grown
from audit.uuid7 import uuid7
from tests.audit.attacks.scene import at
from tests.audit.sealing import Log

EMPTY = "UPDATE audit_state SET size = 0, root = sha256('')"


class Level(IntEnum):
    """What the attacker has."""

    L1 = 1
    L2 = 2
    L3 = 3


class Attacker:
    """Whoever holds the superuser's password of the database."""

    def __init__(self, level: Level, log: Log) -> None:
        self.level = level
        self._log = log
        self._guards_off()
        self.order = list(
            AuditLeaf.objects.order_by("leaf_index").values_list("entry_id", flat=True)
        )

    def execute(self, sql: str, values: Sequence[Any] = ()) -> int:
        with connection.cursor() as cursor:
            cursor.execute(sql, list(values))
            return int(cursor.rowcount)

    def rewrite(self, entry_id: int, old: str, new: str, columns: str = "") -> None:
        """Replace words of an entry's body, and its columns to match; L3 makes the code anew."""
        entry = AuditEntry.objects.get(pk=entry_id)
        said = bytes(entry.body).replace(old.encode(), new.encode())
        assert said != bytes(entry.body)
        self.execute("UPDATE audit_entry SET body = %s WHERE id = %s", [said, entry_id])
        if columns:
            self.execute(f"UPDATE audit_entry SET {columns} WHERE id = %s", [entry_id])
        self._code(entry_id)

    def forge(self, number: int) -> int:
        """Insert an entry that nobody recorded; return its id. It is queued as any other."""
        eid, now = uuid7(at(number)), at(number)
        entry = Entry(action="refusal.lifted", obj=f"refusal:{number}", actor="u:17")
        said = body(entry, eid=eid, now=now, tenant=settings.AUDIT_TENANT, salts={})
        columns = "eid, ts, tenant, action, actor, object, outcome, body, mac, kid"
        key = keys.secret("audit-mac")
        code = mac(body=said, key=key if self.level == Level.L3 else uuid.uuid4().bytes * 2)
        what = [entry.action, entry.actor, entry.obj, entry.outcome]
        values: list[Any] = [eid, now, settings.AUDIT_TENANT, *what, said, code, key_id(key)]
        with connection.cursor() as cursor:
            places = ", ".join(["%s"] * len(values))
            cursor.execute(
                f"INSERT INTO audit_entry ({columns}) VALUES ({places}) RETURNING id", values
            )
            return int(cursor.fetchone()[0])

    def delete(self, ids: Sequence[int]) -> None:
        """Remove entries, wherever they stand in the queue."""
        for table, column in (
            ("audit_pii", "entry_id"),
            ("audit_pending", "entry_id"),
            ("audit_entry", "id"),
        ):
            self.execute(f"DELETE FROM {table} WHERE {column} = ANY(%s)", [list(ids)])

    def place(self, order: Sequence[int]) -> None:
        """Give the entries these places, each with the hash that it has now."""
        self.order = list(order)
        bodies = dict(AuditEntry.objects.values_list("id", "body"))
        self.execute("DELETE FROM audit_leaf")
        for index, entry in enumerate(self.order):
            leaf = leaf_hash(bytes(bodies[entry]))
            self.execute("INSERT INTO audit_leaf VALUES (%s, %s, %s)", [index, entry, leaf])

    def cover_up(self, *, always: bool = False) -> None:
        """Do what the level allows so that the database belongs together again."""
        if self.level >= Level.L2 or always:
            self._recompute()
        if self.level == Level.L3:
            self._sign_again()

    def _recompute(self) -> None:
        there = set(AuditEntry.objects.values_list("id", flat=True))
        self.place([entry for entry in self.order if entry in there])
        leaves = [bytes(one.leaf_hash) for one in AuditLeaf.objects.order_by("leaf_index")]
        self.execute("DELETE FROM audit_tile")
        for (level, idx), tile in dict(grown({}, size=0, leaves=leaves)).items():
            self.execute("INSERT INTO audit_tile VALUES (%s, %s, %s)", [level, idx, tile])
        size_and_root = [len(leaves), root(leaves)]
        self.execute("UPDATE audit_state SET size = %s, root = %s", size_and_root)
        for row in AuditCheckpoint.objects.all():
            told = checkpoint.parsed(note.parsed(bytes(row.note))[0])
            if told.size > len(leaves) or told.root != root(leaves[: told.size]):
                self.execute("DELETE FROM audit_checkpoint WHERE size = %s", [row.size])

    def _sign_again(self) -> None:
        """Make the signer forget, and sign and publish what there is now."""
        self.execute("DELETE FROM audit_checkpoint")
        shutil.rmtree(self._log.signer_folder)
        shutil.rmtree(self._log.published)
        if AuditState.objects.get().size:
            self._log.sequencer().finish()

    def _code(self, entry_id: int) -> None:
        if self.level == Level.L3:
            said = bytes(AuditEntry.objects.get(pk=entry_id).body)
            code = mac(body=said, key=keys.secret("audit-mac"))
            self.execute("UPDATE audit_entry SET mac = %s WHERE id = %s", [code, entry_id])

    def _guards_off(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(
                "SELECT tgrelid::regclass::text, tgname FROM pg_trigger JOIN pg_proc"
                " ON pg_proc.oid = tgfoid WHERE proname = 'audit_deny'"
            )
            guards = cursor.fetchall()
            cursor.execute(
                "; ".join(f"ALTER TABLE {table} DISABLE TRIGGER {name}" for table, name in guards)
            )
