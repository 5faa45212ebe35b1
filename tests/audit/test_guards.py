from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from audit.models import AuditEntry, AuditPending, AuditPii
from audit.record import record
from tests.audit.fixtures import GUARDED, execute

NOW = datetime(2026, 11, 21, 20, 8, 49, tzinfo=UTC)

REFUSED = [
    "UPDATE audit_entry SET outcome = 'ok'",
    "UPDATE audit_entry SET outcome = 'ok' WHERE false",
    "DELETE FROM audit_entry",
    "DELETE FROM audit_entry WHERE false",
    "TRUNCATE audit_entry CASCADE",
    "TRUNCATE audit_entry, audit_pii, audit_pending",
    "MERGE INTO audit_entry e USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
    """
        INSERT INTO audit_entry (eid, ts, tenant, action, actor, object, outcome, body, mac, kid)
        SELECT eid, ts, tenant, action, actor, object, 'denied', body, mac, kid FROM audit_entry
        ON CONFLICT (id, ts) DO UPDATE SET outcome = 'denied'
    """,
    "UPDATE audit_pending SET entry_id = 0",
    "UPDATE audit_pending SET entry_id = 0 WHERE false",
    "TRUNCATE audit_pending",
    "UPDATE audit_pii SET value = 'another'",
    "UPDATE audit_pii SET value = 'another' WHERE false",
    "TRUNCATE audit_pii",
]


def write() -> None:
    record(
        "refusal.recorded",
        obj="refusal:7",
        actor="u:17",
        now=NOW,
        pii={"number": "+8613800138000"},
        subject="person:1",
    )
    execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.django_db
class TestGuards:
    @pytest.mark.parametrize("statement", REFUSED)
    def test_refuse(self, statement: str) -> None:
        write()

        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            execute(statement)

        assert AuditEntry.objects.get().outcome == "ok"
        assert AuditPending.objects.count() == AuditPii.objects.count() == 1

    @pytest.mark.parametrize("statement", REFUSED)
    def test_refuse_with_replication_triggers_off(self, statement: str) -> None:
        write()
        execute("SET LOCAL session_replication_role = replica")

        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            execute(statement)

    def test_refuse_through_the_models(self) -> None:
        write()

        for change in (
            lambda: AuditEntry.objects.update(outcome="error"),
            AuditEntry.objects.get().save,
            lambda: AuditPii.objects.update(value="another"),
        ):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                change()

    def test_refuse_a_chosen_position(self) -> None:
        write()

        with pytest.raises(DatabaseError, match="GENERATED ALWAYS"), transaction.atomic():
            execute(
                "INSERT INTO audit_entry (id, eid, ts, tenant, action, actor, object, outcome,"
                " body, mac, kid) SELECT 7, gen_random_uuid(), ts, tenant, action, actor, object,"
                " outcome, body, mac, kid FROM audit_entry"
            )

    def test_refuse_an_outcome_that_does_not_exist(self) -> None:
        write()

        with pytest.raises(DatabaseError, match="outcome_known"), transaction.atomic():
            execute(
                "INSERT INTO audit_entry (eid, ts, tenant, action, actor, object, outcome,"
                " body, mac, kid) SELECT eid, ts, tenant, action, actor, object,"
                " 'perhaps', body, mac, kid FROM audit_entry"
            )

    def test_speak_chinese_and_english(self) -> None:
        with pytest.raises(DatabaseError, match="只增不改 / The audit trail is append-only"):
            execute("DELETE FROM audit_entry")

    def test_let_the_sequencer_take_from_the_queue(self) -> None:
        write()

        assert execute("DELETE FROM audit_pending") == 1

    def test_let_personal_data_be_erased(self) -> None:
        write()

        assert execute("DELETE FROM audit_pii WHERE subject = 'person:1'") == 1


@pytest.fixture
def writer(db: None) -> None:
    """Be a role that has been granted what the application needs, and no more."""
    execute("CREATE ROLE audit_test_writer")
    execute(
        "GRANT SELECT, INSERT (eid, ts, tenant, action, actor, object, outcome, body, mac, kid)"
        " ON audit_entry TO audit_test_writer"
    )
    execute("GRANT SELECT, INSERT ON audit_pii TO audit_test_writer")
    execute("SET LOCAL ROLE audit_test_writer")


@pytest.mark.usefixtures("writer")
class TestARoleThatMayOnlyAdd:
    def test_records_and_so_fills_the_queue_that_it_cannot_touch(self) -> None:
        write()

        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            execute("SELECT 1 FROM audit_pending")
        execute("RESET ROLE")
        assert AuditPending.objects.get().entry == AuditEntry.objects.get()

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE audit_entry SET outcome = 'ok'",
            "DELETE FROM audit_entry",
            "TRUNCATE audit_entry",
            "INSERT INTO audit_pending (entry_id) VALUES (1)",
            "DELETE FROM audit_pending",
            "UPDATE audit_pii SET value = ''",
            "DELETE FROM audit_pii",
            "SET LOCAL session_replication_role = replica",
            "ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_deny",
            "DROP TRIGGER audit_entry_deny ON audit_entry",
            "CREATE RULE nothing AS ON INSERT TO audit_entry DO INSTEAD NOTHING",
            """
                INSERT INTO audit_entry (
                    id, eid, ts, tenant, action, actor, object, outcome, body, mac, kid
                ) OVERRIDING SYSTEM VALUE
                SELECT 7, gen_random_uuid(), ts, tenant, action, actor, object, outcome, body,
                mac, kid FROM audit_entry
            """,
        ],
    )
    def test_cannot(self, statement: str) -> None:
        write()

        with (
            pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
            transaction.atomic(),
        ):
            execute(statement)

    def test_cannot_borrow_the_function_that_fills_the_queue(self) -> None:
        execute("CREATE TEMPORARY TABLE mine (id bigint)")

        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            execute(
                "CREATE TRIGGER mine AFTER INSERT ON mine"
                " FOR EACH ROW EXECUTE FUNCTION audit_entry_queue()"
            )


@pytest.mark.django_db(transaction=True)
class TestTheFlushBetweenTests:
    @pytest.mark.parametrize("turn", [1, 2])
    def test_leaves_an_empty_trail_with_its_guards_on(self, turn: int) -> None:
        assert not AuditEntry.objects.exists()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgenabled = 'A' AND tgname = ANY(%s)",
                [list(GUARDED.values())],
            )
            assert {name for (name,) in cursor.fetchall()} == set(GUARDED.values())

        with transaction.atomic():
            write()
