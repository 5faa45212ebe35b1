import pytest
from django.db import transaction

from audit.models import AuditEntry, AuditPending, AuditPii
from audit.record import BATCH, AuditWriteError, Entry, record_many
from audit.selectors import entries
from audit.uuid7 import uuid7
from tests.audit.entries import NOW


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

        rows = AuditPii.objects.select_related("entry")
        assert {(row.entry.object, row.subject, row.plain) for row in rows} == {
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
