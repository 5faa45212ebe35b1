import hashlib
import hmac
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audit import keys
from audit.commitment import commitment
from audit.models import AuditEntry, AuditPending, AuditPii
from audit.record import BATCH, AuditWriteError, Entry, record, record_many
from audit.selectors import entries, entries_holding
from audit.uuid7 import uuid7
from tests.audit.fixtures import execute

NOW = datetime(2026, 11, 21, 20, 8, 49, 123456, tzinfo=UTC)
NUMBER = "+8613800138000"


def write(obj: str = "lead:12345", *, eid: uuid.UUID | None = None, **data: object) -> uuid.UUID:
    return record("permit.issued", obj=obj, actor="u:17", now=NOW, data=data, eid=eid)


def write_about(number: str = NUMBER, *, eid: uuid.UUID | None = None) -> uuid.UUID:
    return record(
        "refusal.recorded",
        obj="refusal:7",
        actor="svc:dialer",
        now=NOW,
        pii={"number": number, "name": "张三"},
        subject="person:1",
        eid=eid,
    )


@pytest.mark.django_db
class TestRecord:
    def test_writes_one_entry_whose_columns_repeat_its_body(self) -> None:
        eid = write(seats=3)

        entry = AuditEntry.objects.get()
        assert json.loads(bytes(entry.body)) == {
            "v": 1,
            "eid": str(eid),
            "ts": "2026-11-21T20:08:49.123456Z",
            "tenant": "operator",
            "action": "permit.issued",
            "actor": "u:17",
            "object": "lead:12345",
            "outcome": "ok",
            "data": {"seats": 3},
            "pii": {},
        }
        assert (entry.eid, entry.ts, entry.tenant, entry.action) == (
            eid,
            NOW,
            "operator",
            "permit.issued",
        )
        assert (entry.actor, entry.object, entry.outcome) == ("u:17", "lead:12345", "ok")

    def test_signs_the_stored_bytes_with_a_key_that_the_database_lacks(self) -> None:
        write()

        entry = AuditEntry.objects.get()
        expected = hmac.new(keys.secret("audit-mac"), bytes(entry.body), hashlib.sha256)
        assert bytes(entry.mac) == expected.digest()

    def test_queues_the_entry_for_sealing(self) -> None:
        write()

        assert AuditPending.objects.get().entry == AuditEntry.objects.get()

    def test_returns_a_time_ordered_identifier(self) -> None:
        assert write().version == 7

    def test_takes_one_round_trip(self) -> None:
        with CaptureQueriesContext(connection) as queries:
            write()

        assert len(queries) == 1

    @pytest.mark.parametrize("outcome", ["ok", "denied", "error"])
    def test_keeps_the_outcome(self, outcome: str) -> None:
        record("access.denied", obj="page:audit", actor="u:1", now=NOW, outcome=outcome)

        assert AuditEntry.objects.get().outcome == outcome

    @pytest.mark.parametrize(
        "changes",
        [
            {"action": "permit.invented"},
            {"now": datetime(2026, 11, 21)},
            {"outcome": "perhaps"},
            {"obj": "lead:13800138000"},
            {"data": {"share": 0.03}},
            {"data": {"called": "13800138000"}},
            {"pii": {"number": NUMBER}},
        ],
    )
    def test_writes_nothing_that_may_not_be_written(self, changes: dict[str, object]) -> None:
        usual = {"action": "permit.issued", "obj": "lead:1", "actor": "u:1", "now": NOW}

        with pytest.raises(AuditWriteError), transaction.atomic():
            record(**(usual | changes))  # type: ignore[arg-type]

        assert not AuditEntry.objects.exists()

    def test_undoes_the_business_change_even_if_the_error_is_swallowed(self) -> None:
        with transaction.atomic():
            Group.objects.create(name="changed without a record")
            with suppress(AuditWriteError):
                record("permit.invented", obj="lead:1", actor="u:1", now=NOW)

        assert not Group.objects.exists()


@pytest.mark.django_db
class TestRecordOfPersonalData:
    def test_keeps_plaintext_and_salt_apart_from_the_entry(self) -> None:
        write_about()

        said = json.loads(bytes(AuditEntry.objects.get().body))
        rows = {row.field: row for row in AuditPii.objects.all()}
        assert {name: row.value for name, row in rows.items()} == {
            "number": NUMBER,
            "name": "张三",
        }
        assert {row.subject for row in rows.values()} == {"person:1"}
        assert said["pii"] == {
            name: commitment(field=name, value=row.value, salt=bytes(row.salt))
            for name, row in rows.items()
        }

    def test_gives_every_field_of_every_entry_its_own_salt(self) -> None:
        write_about()
        write_about()

        assert len({bytes(row.salt) for row in AuditPii.objects.all()}) == 4

    def test_shows_the_number_in_no_column_of_the_entry(self) -> None:
        write_about()

        columns = AuditEntry.objects.values().get()
        assert b"refusal:7" in columns["body"]
        assert "13800138000" not in repr(columns)

    def test_is_found_by_its_value_until_it_is_erased(self) -> None:
        eid = write_about()
        write_about("+8613900139000")

        assert [entry.eid for entry in entries_holding(value=NUMBER)] == [eid]

        AuditPii.objects.filter(entry__eid=eid).delete()
        assert not entries_holding(value=NUMBER).exists()

    def test_leaves_the_same_entry_when_it_is_erased(self) -> None:
        write_about()
        before = AuditEntry.objects.values().get()

        AuditPii.objects.filter(subject="person:1").delete()

        assert AuditEntry.objects.values().get() == before
        assert not AuditPii.objects.exists()


@pytest.mark.django_db
class TestRecordAgain:
    def test_adds_nothing_to_the_same_entry(self) -> None:
        eid = write(seats=3)

        assert write(seats=3, eid=eid) == eid
        assert AuditEntry.objects.count() == AuditPending.objects.count() == 1

    def test_adds_nothing_to_the_same_personal_data(self) -> None:
        eid = write_about()

        assert write_about(eid=eid) == eid
        assert AuditPii.objects.count() == 2

    @pytest.mark.parametrize("change", [{"seats": 4}, {"obj": "lead:1"}, {"more": 1}])
    def test_refuses_another_entry_under_the_same_identifier(
        self, change: dict[str, object]
    ) -> None:
        eid = write(seats=3)

        with pytest.raises(AuditWriteError, match="says otherwise"), transaction.atomic():
            write(**({"seats": 3, "eid": eid} | change))  # type: ignore[arg-type]

        assert AuditEntry.objects.count() == 1

    def test_refuses_another_instant_under_the_same_identifier(self) -> None:
        eid = write()
        later = NOW + timedelta(microseconds=1)

        with pytest.raises(AuditWriteError, match="says otherwise"):
            record("permit.issued", obj="lead:12345", actor="u:17", now=later, eid=eid)

    def test_refuses_other_personal_data_under_the_same_identifier(self) -> None:
        eid = write_about()

        with pytest.raises(AuditWriteError, match="says otherwise"):
            write_about("+8613900139000", eid=eid)


@pytest.mark.django_db
class TestRecordMany:
    def test_writes_every_entry_in_order_over_several_statements(self) -> None:
        wanted = [f"lead:{n}" for n in range(BATCH * 2 + 1)]
        batch = [Entry(action="permit.expired", obj=obj, actor="svc:dialer") for obj in wanted]

        eids = record_many(batch, now=NOW)

        written = list(entries(action="permit.expired").values_list("eid", "object"))
        assert written == list(zip(eids, wanted, strict=True))
        assert AuditPending.objects.count() == len(wanted)

    def test_gives_each_entry_its_own_personal_data(self) -> None:
        batch = [
            Entry(
                action="refusal.recorded",
                obj=f"refusal:{n}",
                actor="u:1",
                pii={"number": f"+86138001380{n:02}"},
                subject=f"person:{n}",
            )
            for n in range(20)
        ]

        record_many(batch, now=NOW)

        rows = AuditPii.objects.values_list("entry__object", "subject", "value")
        assert set(rows) == {
            (f"refusal:{n}", f"person:{n}", f"+86138001380{n:02}") for n in range(20)
        }

    def test_writes_none_if_one_is_refused(self) -> None:
        good = Entry(action="permit.expired", obj="lead:1", actor="u:1")
        bad = Entry(action="permit.invented", obj="lead:1", actor="u:1")

        with pytest.raises(AuditWriteError), transaction.atomic():
            record_many([good, bad], now=NOW)

        assert not AuditEntry.objects.exists()

    def test_adds_only_what_is_new(self) -> None:
        first = Entry(action="permit.expired", obj="lead:1", actor="u:1", eid=uuid7(NOW))
        second = Entry(action="permit.expired", obj="lead:2", actor="u:1", eid=uuid7(NOW))
        record_many([first], now=NOW)

        record_many([first, second], now=NOW)

        assert set(entries().values_list("object", flat=True)) == {"lead:1", "lead:2"}
        assert AuditEntry.objects.count() == 2

    def test_refuses_one_identifier_twice_in_a_batch(self) -> None:
        eid = uuid7(NOW)
        batch = [
            Entry(action="permit.expired", obj=obj, actor="u:1", eid=eid)
            for obj in ("lead:1", "lead:2")
        ]

        with pytest.raises(AuditWriteError, match="twice"):
            record_many(batch, now=NOW)

    def test_writes_nothing_for_an_empty_batch(self) -> None:
        assert record_many([], now=NOW) == []


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

    def test_fails_if_a_rule_does_nothing_instead(self) -> None:
        execute("CREATE RULE nothing AS ON INSERT TO audit_entry DO INSTEAD NOTHING")

        with pytest.raises(DatabaseError):
            write()

    def test_fails_if_a_trigger_gives_the_entry_another_identifier(self) -> None:
        execute(
            "CREATE FUNCTION rename() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN NEW.eid := gen_random_uuid(); RETURN NEW; END'"
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
