import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import DatabaseError, DataError, connection, transaction

from audit.models import AuditEntry, AuditPending, AuditPii
from audit.record import AuditWriteError, recording
from audit.round_trips import send_together
from audit.uuid7 import uuid7
from tests.audit.entries import NOW, write, write_about
from tests.audit.fixtures import execute


@pytest.mark.django_db
class TestRecordOnASabotagedTable:
    """Something in the database makes the INSERT vanish; the business must not go on."""

    def test_fails_if_a_trigger_swallows_the_row(self) -> None:
        execute(
            "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN RETURN NULL; END'"
        )
        execute(
            "CREATE TRIGGER swallow BEFORE INSERT ON audit_entry"
            " FOR EACH ROW EXECUTE FUNCTION swallow()"
        )

        with pytest.raises(AuditWriteError, match="took no row"):
            write()
        with pytest.raises(DataError, match="took 0 of 1"), transaction.atomic():
            send_together(recording("permit.issued", obj="permit:1", actor="svc:test", now=NOW))

    def test_fails_if_a_rule_does_nothing_instead(self) -> None:
        execute("CREATE RULE nothing AS ON INSERT TO audit_entry DO INSTEAD NOTHING")

        with pytest.raises(DatabaseError):
            write()

    def test_fails_if_a_trigger_gives_the_entry_another_identifier(self) -> None:
        execute(
            "CREATE FUNCTION rename() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN NEW.eid := left(NEW.eid::text, 14)"
            " || substr(gen_random_uuid()::text, 15); RETURN NEW; END'"
        )
        execute(
            "CREATE TRIGGER rename BEFORE INSERT ON audit_entry"
            " FOR EACH ROW EXECUTE FUNCTION rename()"
        )

        with pytest.raises(AuditWriteError, match="took no row"):
            write()

    def test_fails_if_a_trigger_swallows_the_personal_data(self) -> None:
        execute(
            "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN RETURN NULL; END'"
        )
        execute(
            "CREATE TRIGGER swallow BEFORE INSERT ON audit_pii"
            " FOR EACH ROW EXECUTE FUNCTION swallow()"
        )

        with pytest.raises(AuditWriteError, match="personal"):
            write_about()

    def test_fails_if_the_queue_is_gone(self) -> None:
        execute("DROP TABLE audit_pending")

        with pytest.raises(DatabaseError):
            write()


@pytest.mark.django_db(transaction=True)
class TestRecordInRealTransactions:
    def test_refuses_to_write_outside_one(self) -> None:
        with pytest.raises(AuditWriteError, match="inside atomic"):
            write()

        assert not AuditEntry.objects.exists()

    def test_leaves_one_entry_and_its_place_in_the_queue_on_commit(self) -> None:
        with transaction.atomic():
            write_about()

        assert AuditEntry.objects.count() == AuditPending.objects.count() == 1
        assert AuditPii.objects.count() == 2

    def test_leaves_nothing_on_rollback(self) -> None:
        with transaction.atomic():
            write_about()
            transaction.set_rollback(True)

        assert not AuditEntry.objects.exists()
        assert not AuditPending.objects.exists()
        assert not AuditPii.objects.exists()

    def test_writes_one_entry_if_eight_try_with_one_identifier_at_once(self) -> None:
        eid = uuid7(NOW)
        together = Barrier(8)

        def attempt(_: int) -> uuid.UUID:
            together.wait()
            try:
                with transaction.atomic():
                    return write_about(eid=eid)
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as pool:
            eids = list(pool.map(attempt, range(8)))

        assert eids == [eid] * 8
        assert AuditEntry.objects.count() == AuditPending.objects.count() == 1
        assert AuditPii.objects.count() == 2
