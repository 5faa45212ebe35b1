from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from audit.models import AuditEntry, AuditPii
from audit.receipts.matching import unmatched
from audit.receipts.receipt import Receipt
from audit.record import Entry, record_many
from tests.audit.entries import NOW, write, write_about
from tests.audit.fixtures import execute, guards_off


def receipts() -> list[Receipt]:
    return [
        Receipt.of(eid=one.eid, ts=one.ts, body=bytes(one.body))
        for one in AuditEntry.objects.order_by("pk")
    ]


@pytest.mark.django_db
class TestUnmatched:
    def test_are_none_while_every_entry_is_there(self) -> None:
        record_many(
            [Entry(action="permit.expired", obj=f"lead:{n}", actor="u:1") for n in range(1002)],
            now=NOW,
        )

        assert list(unmatched(receipts())) == []

    def test_are_none_after_lawful_erasure(self) -> None:
        write_about()
        AuditPii.objects.all().delete()

        assert list(unmatched(receipts())) == []

    @pytest.mark.parametrize(
        ("statement", "changed"),
        [
            ("DELETE FROM audit_entry WHERE object = 'lead:2'", False),
            ("UPDATE audit_entry SET body = body || ' '::bytea WHERE object = 'lead:2'", True),
            ("UPDATE audit_entry SET ts = ts + interval '1 us' WHERE object = 'lead:2'", False),
        ],
    )
    def test_name_the_entry_that_was(self, statement: str, *, changed: bool) -> None:
        write()
        eid = write(obj="lead:2")
        told = receipts()
        guards_off()
        assert execute(statement) == 1

        (found,) = unmatched(told)

        assert (found.receipt.eid, found.changed) == (eid, changed)
        assert str(eid) in str(found)


@pytest.mark.django_db
class TestAuditCheckReceipts:
    @pytest.fixture
    def log(self, settings: Settings, tmp_path: Path) -> Path:
        path = tmp_path / "receipts"
        settings.AUDIT_RECEIPTS = f"file:{path}"
        write()
        path.write_text("".join(f"db1 yunhu: {one.line()}\n" for one in receipts()))
        return path

    def test_is_content(self, log: Path) -> None:
        call_command("audit_check", "--receipts")
        call_command("audit_check", "--receipts", str(log))

    def test_fails_for_an_entry_that_is_gone(
        self, log: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        guards_off()
        execute("DELETE FROM audit_entry")

        with pytest.raises(CommandError, match="1 findings in 1 receipts"):
            call_command("audit_check", "--receipts")

        assert "有回执而无条目 / the entry was committed and is gone" in capsys.readouterr().out

    def test_fails_where_none_are_kept(self, settings: Settings) -> None:
        settings.AUDIT_RECEIPTS = "none"

        with pytest.raises(CommandError, match="no receipts are kept"):
            call_command("audit_check", "--receipts")
