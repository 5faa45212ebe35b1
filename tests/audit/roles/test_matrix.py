"""Who may do what: tried by each role over a connection of its own, on real PostgreSQL."""

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from audit.roles import APP, ERASURE, MIGRATOR, SEQUENCER
from tests.audit.roles.conftest import Connect

ENTRY = "eid, ts, tenant, action, actor, object, outcome, body, mac, kid"
MONTH = "audit_entry_default"

CHANGES = [
    "UPDATE audit_entry SET outcome = 'ok'",
    "DELETE FROM audit_entry",
    "TRUNCATE audit_entry",
    f"UPDATE {MONTH} SET outcome = 'ok'",
    f"DELETE FROM {MONTH}",
    f"TRUNCATE {MONTH}",
    f"INSERT INTO {MONTH} ({ENTRY}) SELECT {ENTRY} FROM audit_entry",
    "UPDATE audit_entry_2026_11 SET outcome = 'ok'",
    "UPDATE audit_leaf SET leaf_index = 0",
    "DELETE FROM audit_leaf",
    "TRUNCATE audit_leaf",
    "DELETE FROM audit_checkpoint",
    "TRUNCATE audit_checkpoint",
    "DELETE FROM audit_tile",
    "DELETE FROM audit_state",
    "DELETE FROM audit_quarantine",
    "UPDATE audit_pending SET entry_id = 0",
    "TRUNCATE audit_pending",
    "UPDATE audit_pii SET value = ''",
    "TRUNCATE audit_pii",
    "UPDATE compliance_refusal SET everywhere = false",
    "DELETE FROM compliance_refusal",
    "TRUNCATE compliance_refusal CASCADE",
    "UPDATE compliance_decision SET verdict = 'allow'",
    "DELETE FROM compliance_decision",
    "DELETE FROM compliance_permit",
    "TRUNCATE compliance_permit CASCADE",
    "DELETE FROM compliance_consent",
    "TRUNCATE compliance_consent CASCADE",
]
OWNING = [
    "ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_deny",
    "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
    f"ALTER TABLE {MONTH} DISABLE TRIGGER audit_partition_deny",
    "DROP TRIGGER audit_entry_queue ON audit_entry",
    "DROP TABLE audit_entry",
    f"ALTER TABLE audit_entry DETACH PARTITION {MONTH}",
    "ALTER TABLE audit_entry ALTER COLUMN id DROP IDENTITY",
    "CREATE RULE nothing AS ON INSERT TO audit_entry DO INSTEAD NOTHING",
    (
        "CREATE TRIGGER swallow BEFORE INSERT ON audit_entry FOR EACH ROW"
        " EXECUTE FUNCTION suppress_redundant_updates_trigger()"
    ),
    (
        "CREATE OR REPLACE FUNCTION audit_deny() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NULL; END'"
    ),
    "ALTER TABLE audit_entry OWNER TO CURRENT_USER",
    "ALTER TABLE compliance_refusal DISABLE TRIGGER append_only",
    "ALTER DEFAULT PRIVILEGES FOR ROLE yunhu_owner GRANT ALL ON TABLES TO PUBLIC",
    "SELECT audit_partition_make('2150-01-01')",
    "SELECT setval('audit_entry_id_seq', 7)",
    "CREATE TABLE public.audit_entries (id bigint)",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
]
CHOOSE = (
    f"INSERT INTO audit_entry (id, {ENTRY}) OVERRIDING SYSTEM VALUE"
    f" SELECT 7, {ENTRY} FROM audit_entry"
)
SUPERUSERS = [
    "SET session_replication_role = replica",
    "COPY audit_entry TO PROGRAM 'cat'",
    "COPY audit_entry TO '/dev/null'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT lo_import('/etc/passwd')",
    "CREATE ROLE another SUPERUSER",
    "SET SESSION AUTHORIZATION yunhu_owner",
]
NOT_THE_OWNERS = [  # a login of the application's could not do these, and is not the owner
    "CREATE TEMPORARY TABLE audit_entry (id bigint)",
    "CREATE SCHEMA mine",
    "SET ROLE yunhu_owner",
    "SET ROLE yunhu_migrator",
    "INSERT INTO audit_pending (entry_id) VALUES (7)",
    CHOOSE,
]
ONLY_OTHERS = {  # what one of them may do is refused to the rest
    APP: [
        "DELETE FROM audit_pii",
        "DELETE FROM audit_pending",
        "INSERT INTO audit_leaf (leaf_index, entry_id, leaf_hash) VALUES (0, 1, '')",
        "INSERT INTO audit_tile (level, idx, hashes) VALUES (0, 0, '')",
        "UPDATE audit_state SET sealed_until = now()",
        "INSERT INTO audit_checkpoint (epoch, size, note, signed_at) VALUES (1, 1, '', now())",
        "INSERT INTO audit_key (kid, kind, public, from_size) VALUES ('k', 'log', '', 0)",
        "UPDATE audit_anchor SET status = 'ok'",
        "UPDATE compliance_licence SET expires_on = '2099-01-01'",
        "DELETE FROM compliance_licence",
        "UPDATE compliance_mandate SET valid_until = '2099-01-01'",
        "DELETE FROM compliance_mandate",
        "UPDATE compliance_trunk SET sub_leased = false",
        "UPDATE compliance_trunk SET max_calls = 1000",
        "UPDATE compliance_user SET role = 'administrator' WHERE username = 'agent'",
        "UPDATE compliance_user SET username = 'another' WHERE username = 'agent'",
        "UPDATE compliance_user SET is_superuser = true WHERE username = 'agent'",
        "DELETE FROM django_migrations",
        "TRUNCATE dialer_lead CASCADE",
    ],
    SEQUENCER: [
        "SELECT value FROM audit_pii",
        "DELETE FROM audit_pii",
        "UPDATE audit_checkpoint SET note = ''",
        "SELECT 1 FROM compliance_person",
        "INSERT INTO compliance_refusal DEFAULT VALUES",
        "UPDATE compliance_killswitch SET released_at = now()",
    ],
    ERASURE: [
        (
            "INSERT INTO audit_pii (entry_id, field, subject, blind_index, value, salt)"
            " VALUES (1, 'name', 'person:1', '', '', '')"
        ),
        "SELECT 1 FROM audit_pending",
        "UPDATE audit_state SET sealed_until = now()",
        "SELECT 1 FROM compliance_person",
    ],
}


def attempt(link: psycopg.Connection[object], statement: str) -> None:
    with link.cursor() as cursor:
        cursor.execute(statement.encode())


class TestALogin:
    @pytest.mark.parametrize("role", [APP, SEQUENCER, ERASURE])
    @pytest.mark.parametrize("statement", [*CHANGES, *OWNING, *SUPERUSERS, *NOT_THE_OWNERS])
    def test_is_refused(self, connect: Connect, role: str, statement: str) -> None:
        with pytest.raises(InsufficientPrivilege):
            attempt(connect(role), statement)

    @pytest.mark.parametrize(
        ("role", "statement"),
        [(role, one) for role, all_of in ONLY_OTHERS.items() for one in all_of],
    )
    def test_is_refused_what_is_another_role_s(
        self, connect: Connect, role: str, statement: str
    ) -> None:
        with pytest.raises(InsufficientPrivilege):
            attempt(connect(role), statement)

    @pytest.mark.parametrize(
        ("role", "statement"),
        [
            (APP, "SELECT audit_partitions_ahead(26)"),
            (APP, "UPDATE compliance_mandate SET ended_on = NULL"),
            (APP, "UPDATE compliance_user SET role = role, password = 'x'"),
            (APP, "CREATE UNLOGGED TABLE yunhu_import.import_1_staged (line int)"),
            (SEQUENCER, "DELETE FROM audit_pending"),
            (SEQUENCER, "UPDATE audit_checkpoint SET published_at = now()"),
            (SEQUENCER, "UPDATE audit_state SET sealed_until = now()"),
            (ERASURE, "DELETE FROM audit_pii WHERE subject = 'person:1'"),
        ],
    )
    def test_may_do_its_own_work(self, connect: Connect, role: str, statement: str) -> None:
        attempt(connect(role), statement)

    @pytest.mark.parametrize("role", [APP, SEQUENCER, ERASURE])
    def test_may_add_an_entry_and_it_is_queued(self, connect: Connect, role: str) -> None:
        link = connect(role)

        attempt(
            link,
            f"INSERT INTO audit_entry ({ENTRY}) SELECT (left(eid::text, 14)"
            " || substr(gen_random_uuid()::text, 15))::uuid, ts, tenant, action, actor, object,"
            " outcome, body, mac, kid FROM audit_entry RETURNING id",
        )


class TestTheOwner:
    """By way of `yunhu_migrator`; nobody logs in as the owner itself."""

    def test_cannot_log_in(self, connect: Connect) -> None:
        found = connect("").execute("SELECT rolname FROM pg_roles WHERE rolcanlogin").fetchall()

        assert ("yunhu_owner",) not in found

    @pytest.mark.parametrize("statement", [*CHANGES, *SUPERUSERS])
    def test_is_refused(self, connect: Connect, statement: str) -> None:
        with pytest.raises(InsufficientPrivilege):
            attempt(connect(MIGRATOR), statement)

    @pytest.mark.parametrize("statement", OWNING)
    def test_is_not_refused_what_an_owner_may(self, connect: Connect, statement: str) -> None:
        """What docs/threat-model.md says of it."""
        attempt(connect(MIGRATOR), statement)


class TestTheSuperuser:
    @pytest.mark.parametrize("statement", CHANGES[:3])
    def test_is_refused_while_the_guards_are_on(self, connect: Connect, statement: str) -> None:
        with pytest.raises(InsufficientPrivilege, match="append-only"):
            attempt(connect(""), statement)

    @pytest.mark.parametrize("statement", CHANGES[:3])
    def test_is_refused_even_as_a_replica(self, connect: Connect, statement: str) -> None:
        link = connect("")
        attempt(link, "SET session_replication_role = replica")

        with pytest.raises(InsufficientPrivilege, match="append-only"):
            attempt(link, statement)

    def test_is_not_refused_once_they_are_off(self, connect: Connect) -> None:
        """The checks of tests/audit/attacks tell what becomes of it."""
        link = connect("")
        attempt(link, "ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_deny")

        attempt(link, "UPDATE audit_entry SET body = ''")
