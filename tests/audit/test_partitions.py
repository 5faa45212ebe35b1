"""The months of the trail, on real PostgreSQL: what holds for the whole holds for each of them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from audit.models import AuditEntry, AuditPending
from audit.record import AuditWriteError, record
from audit.uuid7 import uuid7
from tests.audit.entries import NOW
from tests.audit.fixtures import execute, guards_off

pytestmark = pytest.mark.django_db

FAR = datetime(2199, 1, 1, tzinfo=UTC)
COLUMNS = "eid, ts, tenant, action, actor, object, outcome, body, mac, kid"


def write(at: datetime = NOW) -> None:
    record("permit.issued", obj="lead:1", actor="u:17", now=at)


def month_of(at: datetime) -> str:
    (name,) = rows(f"SELECT tableoid::regclass::text FROM audit_entry WHERE ts = '{at}'")
    return str(name)


def rows(sql: str) -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [row[0] for row in cursor.fetchall()]


@pytest.fixture
def later() -> str:
    """Make one more month, after all those that were made ahead, and return its name."""
    (name,) = rows("SELECT audit_partition_make('2150-02-01')")
    return str(name)


class TestAMonth:
    def test_takes_the_entries_of_its_month_by_utc(self, later: str) -> None:
        first = datetime(2150, 2, 1, tzinfo=UTC)
        last = datetime(2150, 3, 1, tzinfo=UTC) - timedelta(microseconds=1)
        for at in (first, last, first - timedelta(microseconds=1)):
            write(at)

        assert month_of(first) == month_of(last) == later == "audit_entry_2150_02"
        assert month_of(first - timedelta(microseconds=1)) == "audit_entry_default"

    def test_that_nobody_made_never_makes_an_entry_fail(self) -> None:
        write(FAR)

        assert month_of(FAR) == "audit_entry_default"
        assert AuditPending.objects.get().entry == AuditEntry.objects.get()

    @pytest.mark.parametrize("table", ["audit_entry_default", "audit_entry_2150_02"])
    @pytest.mark.parametrize("role", ["origin", "replica"])
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE {} SET outcome = 'ok'",
            "UPDATE {} SET outcome = 'ok' WHERE false",
            "DELETE FROM {}",
            "TRUNCATE {}",
            f"INSERT INTO {{}} ({COLUMNS}) SELECT {COLUMNS} FROM audit_entry",
            f"INSERT INTO {{}} (id, {COLUMNS}) OVERRIDING SYSTEM VALUE TABLE audit_entry",
        ],
    )
    def test_refuses_whoever_names_it(
        self, later: str, table: str, role: str, statement: str
    ) -> None:
        write(FAR)
        write(datetime(2150, 2, 2, tzinfo=UTC))
        execute(f"SET LOCAL session_replication_role = {role}")

        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            execute(statement.format(table))

    def test_queues_its_entries_even_as_a_replica(self, later: str) -> None:
        execute("SET LOCAL session_replication_role = replica")

        write()
        write(datetime(2150, 2, 2, tzinfo=UTC))
        write(FAR)

        assert AuditPending.objects.count() == 3

    def test_has_every_index_and_guard_of_the_first(self, later: str) -> None:
        sql = "SELECT replace({0}, '{1}', '') FROM {2} WHERE {3} = '{1}'{4} ORDER BY 1"
        for of in (
            ("indexdef", "pg_indexes", "tablename", ""),
            (
                "tgname::text || tgenabled::text || tgtype::text",
                "pg_trigger",
                "tgrelid::regclass::text",
                "",
            ),
            ("conname::text || contype::text", "pg_constraint", "conrelid::regclass::text", ""),
        ):
            what, catalogue, named, more = of
            one, other = (
                rows(sql.format(what, name, catalogue, named, more))
                for name in (later, "audit_entry_2026_12")
            )

            assert one == other != []


class TestOneIdentifier:
    def test_is_of_one_entry_at_most_whatever_month_the_second_names(self) -> None:
        eid = uuid7(NOW)
        record("permit.issued", obj="lead:1", actor="u:17", now=NOW, eid=eid)
        other = f"SELECT eid, {{}}, {COLUMNS.split(', ', 2)[2]} FROM audit_entry"

        for ts, why in (
            ("ts", "duplicate key"),
            ("ts + interval '1 us'", "duplicate key"),
            ("ts + interval '1 ms'", "duplicate key"),  # of the same month
            ("ts + interval '31 days'", "not of the millisecond"),
        ):
            with pytest.raises(DatabaseError, match=why), transaction.atomic():
                execute(f"INSERT INTO audit_entry ({COLUMNS}) {other.format(ts)}")

    def test_of_another_millisecond_is_refused_before_the_database_is_asked(self) -> None:
        with pytest.raises(AuditWriteError, match="is not of 2026-11-21T20:08:49"):
            record(
                "permit.issued",
                obj="lead:1",
                actor="u:17",
                now=NOW,
                eid=uuid7(NOW + timedelta(milliseconds=1)),
            )


class TestMonthsAhead:
    def test_are_there_for_two_years(self) -> None:
        assert rows("SELECT audit_partitions_ahead(24)") == []

    def test_are_made_once(self) -> None:
        made = rows("SELECT audit_partitions_ahead(26)")

        assert len(made) == 2
        assert rows("SELECT audit_partitions_ahead(26)") == []

    def test_are_not_made_over_entries_that_came_before_them(self) -> None:
        write(FAR)

        assert rows("SELECT audit_partition_make('2199-01-01')") == [None]
        assert month_of(FAR) == "audit_entry_default"

    def test_of_any_number_are_not_made(self) -> None:
        assert len(rows("SELECT audit_partitions_ahead(1000)")) == 60 - 24


class TestTheOwner:
    def test_can_still_alter_a_month_once_the_guards_are_off(self) -> None:
        """What the grants are for: `audit_entry` belongs to a role that nobody logs in as."""
        write()
        guards_off()

        assert execute("UPDATE audit_entry SET outcome = 'error'") == 1
