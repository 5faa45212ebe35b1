"""A trail to which anything may happen, in any order, and what must be true of it then."""

import shutil
from pathlib import Path

from django.db import transaction
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from audit.check import findings, orphans
from audit.models import AuditEntry, AuditLeaf, AuditPending, AuditPii
from audit.receipts.matching import unmatched
from audit.receipts.receipt import Receipt
from audit.sealing.reached import STEPS
from audit.sealing_keys import log_public_keys
from audit.selectors import entries
from audit.tree_check import tree_findings
from tests.audit.attacks.attacker import Attacker, Level
from tests.audit.attacks.scene import write_some
from tests.audit.sealing import Log, StoppedError
from tests.undone import undone

# Each must leave something to find whenever it touches a row.
TAMPERING = (
    "UPDATE audit_entry SET body = body || ' '::bytea WHERE id = {entry}",
    "UPDATE audit_entry SET actor = 'u:18' WHERE id = {entry}",
    "UPDATE audit_entry SET ts = ts - interval '1 us' WHERE id = {entry}",
    "UPDATE audit_entry SET mac = sha256(mac) WHERE id = {entry}",
    "UPDATE audit_entry SET kid = 'x' WHERE id = {entry}",
    "DELETE FROM audit_entry WHERE id = {entry}",
    "DELETE FROM audit_pending WHERE entry_id = {waiting}",
    "UPDATE audit_leaf SET leaf_hash = sha256(leaf_hash) WHERE entry_id = {sealed}",
    "UPDATE audit_leaf SET leaf_index = leaf_index + 1000 WHERE entry_id = {sealed}",
    "DELETE FROM audit_leaf WHERE entry_id = {sealed}",
    "UPDATE audit_tile SET hashes = sha256(hashes)",
    "DELETE FROM audit_tile",
    "UPDATE audit_state SET root = sha256(root)",
    "UPDATE audit_state SET size = size + 1",
    "DELETE FROM audit_checkpoint WHERE published_at IS NOT NULL",
    "UPDATE audit_checkpoint SET size = size + 1000",
    "UPDATE audit_pii SET value = value || '1'",
    "UPDATE audit_pii SET salt = sha256(salt)",
)


class TrailMachine(RuleBasedStateMachine):
    """Record, roll back, seal, crash, erase and tamper."""

    folder: Path  # where the runs keep their signers; the test names it

    @initialize()
    def begin(self) -> None:
        self._block = undone()
        self._block.__enter__()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.log = Log(self.folder)
        self.log.sequencer()  # names the log
        self.number = 0
        self.tampered = False

    def teardown(self) -> None:
        if hasattr(self, "_block"):
            assert bool(self.alarms()) is self.tampered
            self._block.__exit__(None, None, None)

    @rule(count=st.integers(1, 4))
    def record(self, count: int) -> None:
        write_some(self.number, self.number + count)
        self.number += count

    @rule()
    def roll_back(self) -> None:
        with transaction.atomic():
            write_some(self.number, self.number + 1)
            transaction.set_rollback(True)

    @precondition(lambda self: not self.tampered)
    @rule(batch=st.integers(1, 5))
    def seal_step(self, batch: int) -> None:
        self.log.sequencer(batch=batch).step()

    @precondition(lambda self: not self.tampered)
    @rule()
    def checkpoint(self) -> None:
        self.log.seal()

    @precondition(lambda self: not self.tampered)
    @rule(step=st.sampled_from(STEPS), batch=st.integers(1, 5))
    def crash(self, step: str, batch: int) -> None:
        """End the process at a step; the open transaction goes with it."""

        def reached(name: str) -> None:
            if name == step:
                raise StoppedError(name)

        try:
            self.log.sequencer(batch=batch, reached=reached).finish()
        except StoppedError:
            return

    @rule(number=st.integers(0, 40))
    def erase(self, number: int) -> None:
        AuditPii.objects.filter(subject=f"person:{number}").delete()

    @precondition(lambda self: not self.tampered and self.number > 0)
    @rule(statement=st.sampled_from(TAMPERING), place=st.integers(0, 100))
    def tamper(self, statement: str, place: int) -> None:
        chosen = {
            "entry": pick(AuditEntry.objects.values_list("id", flat=True), place),
            "waiting": pick(AuditPending.objects.values_list("entry_id", flat=True), place),
            "sealed": pick(AuditLeaf.objects.values_list("entry_id", flat=True), place),
        }
        self.receipts = [
            Receipt.of(eid=one.eid, ts=one.ts, body=bytes(one.body))
            for one in AuditEntry.objects.all()
        ]
        attacker = Attacker(Level.L1, self.log)
        assume(attacker.execute(statement.format(**chosen)) > 0)
        self.tampered = True

    def alarms(self) -> set[str]:
        told = {one.check.name for one in findings(entries())}
        told |= {one.check.name for one in orphans()}
        found = tree_findings(keys=log_public_keys(), published=self.log.published)
        told |= {one.check.name for one in found}
        return told | {"receipts" for _ in unmatched(getattr(self, "receipts", []))}


def pick(ids: object, place: int) -> int:
    found = sorted(ids)  # type: ignore[call-overload]
    return int(found[place % len(found)]) if found else -1
