import hashlib
import hmac
import json
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from audit import keys
from audit.commitment import commitment
from audit.models import AuditEntry, AuditPending, AuditPii
from audit.record import AuditWriteError, record
from audit.sealed_text import SealBrokenError
from audit.selectors import entries_holding
from tests.audit.entries import NOW, NUMBER, write, write_about
from tests.everywhere import tables_holding


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
    def test_keeps_value_and_salt_apart_from_the_entry(self) -> None:
        write_about()

        said = json.loads(bytes(AuditEntry.objects.get().body))
        rows = {row.field: row for row in AuditPii.objects.all()}
        assert {name: row.plain for name, row in rows.items()} == {
            "number": NUMBER,
            "name": "张三",
        }
        assert {row.subject for row in rows.values()} == {"person:1"}
        assert said["pii"] == {
            name: commitment(field=name, value=row.plain, salt=bytes(row.salt))
            for name, row in rows.items()
        }

    def test_seals_the_value_to_its_own_salt(self) -> None:
        write_about()

        number, name = AuditPii.objects.order_by("-field")
        assert tables_holding(NUMBER) == tables_holding("张三") == set()
        for altered in (name.value, number.value[:-4], "张三", ""):
            number.value = altered
            with pytest.raises(SealBrokenError):
                _ = number.plain

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
