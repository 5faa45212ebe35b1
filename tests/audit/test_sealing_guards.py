from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from audit.merkle import EMPTY_ROOT
from audit.models import (
    AuditCheckpoint,
    AuditLeaf,
    AuditQuarantine,
    AuditState,
    AuditTile,
)
from tests.audit.fixtures import execute

NOW = datetime(2026, 11, 21, 20, 8, 49, tzinfo=UTC)

REFUSED = [
    "UPDATE audit_leaf SET leaf_hash = ''",
    "DELETE FROM audit_leaf WHERE false",
    "TRUNCATE audit_leaf",
    "DELETE FROM audit_checkpoint WHERE false",
    "TRUNCATE audit_checkpoint",
    "UPDATE audit_checkpoint SET note = '', published_at = now()",
    "UPDATE audit_checkpoint SET size = 8, published_at = now()",
    "UPDATE audit_checkpoint SET epoch = 2, published_at = now()",
    "UPDATE audit_checkpoint SET signed_at = now(), published_at = now()",
    "UPDATE audit_checkpoint SET published_at = NULL",
    "UPDATE audit_quarantine SET reason = ''",
    "DELETE FROM audit_quarantine",
    "TRUNCATE audit_quarantine",
    "DELETE FROM audit_tile",
    "TRUNCATE audit_tile",
    "DELETE FROM audit_state",
    "TRUNCATE audit_state",
]


def fill() -> None:
    AuditLeaf.objects.create(leaf_index=0, entry_id=1, leaf_hash=b"h")
    AuditCheckpoint.objects.create(epoch=1, size=1, note=b"note", signed_at=NOW)
    AuditQuarantine.objects.create(entry_id=7, reason="mac", at=NOW)
    AuditTile.objects.create(level=0, idx=0, hashes=b"h")


@pytest.mark.django_db
class TestGuardsOfSealing:
    @pytest.mark.parametrize("role", ["origin", "replica"])
    @pytest.mark.parametrize("statement", REFUSED)
    def test_refuse(self, statement: str, role: str) -> None:
        fill()
        execute(f"SET LOCAL session_replication_role = {role}")

        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            execute(statement)

    def test_let_a_checkpoint_be_marked_published_once(self) -> None:
        fill()

        assert execute("UPDATE audit_checkpoint SET published_at = now()") == 1
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            execute("UPDATE audit_checkpoint SET published_at = now() + interval '1 s'")

    def test_let_a_tile_grow(self) -> None:
        fill()

        assert execute("UPDATE audit_tile SET hashes = hashes || hashes") == 1

    def test_keep_two_leaves_off_one_place_and_two_places_off_one_entry(self) -> None:
        fill()

        for place, entry in ((0, 2), (1, 1)):
            with pytest.raises(IntegrityError), transaction.atomic():
                AuditLeaf.objects.create(leaf_index=place, entry_id=entry, leaf_hash=b"h")


@pytest.mark.django_db
class TestStateOfSealing:
    def test_is_there_from_the_beginning_and_is_that_of_an_empty_tree(self) -> None:
        state = AuditState.objects.get()

        assert (state.epoch, state.origin, state.size, state.stopped) == (1, "", 0, "")
        assert bytes(state.root) == EMPTY_ROOT

    def test_is_one_row(self) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            AuditState.objects.create(id=2, origin="", root=b"", sealed_until=NOW)

    def test_knows_why_it_stopped(self) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            AuditState.objects.update(stopped="tea")
