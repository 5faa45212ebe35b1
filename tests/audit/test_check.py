from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from audit.check import findings, orphans
from audit.models import AuditEntry, AuditPii
from audit.record import record
from audit.selectors import entries, verify_macs
from tests.audit.fixtures import execute, guards_off

NOW = datetime(2026, 11, 21, 20, 8, 49, 123456, tzinfo=UTC)

FORGED = """
    INSERT INTO audit_entry (eid, ts, tenant, action, actor, object, outcome, body, mac, kid)
    SELECT (left(eid::text, 14) || substr(gen_random_uuid()::text, 15))::uuid,
    ts, tenant, action, actor, 'refusal:4', outcome,
    convert_to(replace(convert_from(body, 'UTF8'), 'refusal:2', 'refusal:4'), 'UTF8'), mac, kid
    FROM audit_entry WHERE object = 'refusal:2'
"""

# What an administrator of the database does to the entry about refusal:2, and what tells.
TAMPERED = {
    "UPDATE audit_entry SET body = body || ' '::bytea {}": {"mac", "body"},
    "UPDATE audit_entry SET body = 'nonsense' {}": {"mac", "body", "projection", "personal"},
    "UPDATE audit_entry SET body = '[]' {}": {"mac", "projection", "personal"},
    "UPDATE audit_entry SET mac = '' {}": {"mac"},
    "UPDATE audit_entry SET kid = 'another' {}": {"mac"},
    "UPDATE audit_entry SET ts = ts - interval '1 us' {}": {"projection"},
    "UPDATE audit_entry SET action = 'consent.recorded' {}": {"projection"},
    "UPDATE audit_entry SET actor = 'u:18' {}": {"projection"},
    "UPDATE audit_entry SET outcome = 'denied' {}": {"projection"},
    "UPDATE audit_entry SET tenant = 'another' {}": {"projection"},
    "UPDATE audit_entry SET eid = gen_random_uuid() {}": {"projection"},
    """
        UPDATE audit_entry SET actor = 'u:18',
        body = convert_to(replace(convert_from(body, 'UTF8'), '"u:17"', '"u:18"'), 'UTF8') {}
    """: {"mac"},
    """
        UPDATE audit_pii SET value = '+8613900139000'
        WHERE entry_id = (SELECT id FROM audit_entry {})
    """: {"personal"},
    """
        INSERT INTO audit_pii
        SELECT id, 'name', 'person:1', '', 'x', sha256('') FROM audit_entry {}
    """: {"personal"},
    "DELETE FROM audit_pending WHERE entry_id = (SELECT id FROM audit_entry {})": {"queue"},
}


def write() -> None:
    for n in (1, 2, 3):
        record(
            "refusal.recorded",
            obj=f"refusal:{n}",
            actor="u:17",
            now=NOW + timedelta(seconds=n),
            pii={"number": f"+861380013800{n}"},
            subject=f"person:{n}",
        )


@pytest.mark.django_db
class TestFindings:
    def test_are_none_for_what_was_recorded(self) -> None:
        write()

        assert list(findings(entries())) == []
        assert list(orphans()) == []

    def test_are_none_after_lawful_erasure(self) -> None:
        write()
        AuditPii.objects.filter(subject="person:2").delete()

        assert list(findings(entries())) == []

    @pytest.mark.parametrize(("statement", "checks"), TAMPERED.items())
    def test_name_the_entry_that_was_tampered_with(self, statement: str, checks: set[str]) -> None:
        write()
        guards_off()
        touched = AuditEntry.objects.get(object="refusal:2").pk

        assert execute(statement.format("WHERE object = 'refusal:2'")) == 1

        found = list(findings(entries()))
        assert {finding.entry_id for finding in found} == {touched}
        assert {finding.check.name for finding in found} == checks

    def test_name_an_entry_that_was_written_past_the_application(self) -> None:
        write()
        execute(FORGED)

        forged = AuditEntry.objects.get(object="refusal:4").pk
        found = {(finding.entry_id, finding.check.name) for finding in findings(entries())}
        assert found == {(forged, "mac"), (forged, "projection")}

    def test_name_a_queued_entry_that_is_gone(self) -> None:
        write()
        guards_off()
        gone = AuditEntry.objects.get(object="refusal:2").pk
        execute("DELETE FROM audit_pii")
        execute("DELETE FROM audit_entry WHERE object = 'refusal:2'")

        assert [(finding.entry_id, finding.check.name) for finding in orphans()] == [
            (gone, "entry")
        ]


@pytest.mark.django_db
class TestVerifyMacs:
    def test_returns_the_entries_that_were_not_written_here(self) -> None:
        write()
        guards_off()
        execute("UPDATE audit_entry SET mac = sha256(body) WHERE object = 'refusal:3'")

        assert verify_macs(entries()) == [AuditEntry.objects.get(object="refusal:3").pk]
        assert verify_macs(entries(obj="refusal:1")) == []


@pytest.mark.django_db
class TestEntries:
    def test_narrow_by_everything_given(self) -> None:
        write()
        record("user.logged_in", obj="user:4", actor="u:4", now=NOW)

        assert [entry.object for entry in entries(actor="u:4")] == ["user:4"]
        assert [entry.object for entry in entries(obj="refusal:2")] == ["refusal:2"]
        assert [entry.object for entry in entries(action="user.logged_in")] == ["user:4"]
        assert [entry.object for entry in entries(since=NOW + timedelta(seconds=2))] == [
            "refusal:2",
            "refusal:3",
        ]
        assert not entries(obj="refusal:2", actor="u:4").exists()

    def test_can_be_narrowed_further(self) -> None:
        write()

        later = entries().by("u:17").of("refusal.recorded").since(NOW + timedelta(seconds=3))
        assert [entry.object for entry in later] == ["refusal:3"]
        assert later.about("refusal:1").count() == 0


@pytest.mark.django_db
class TestAuditCheck:
    def test_says_that_all_is_well(self, capsys: pytest.CaptureFixture[str]) -> None:
        write()

        call_command("audit_check")

        assert capsys.readouterr().out == "3 条均正常 / all 3 entries are well\n"

    def test_fails_and_names_the_entry_in_both_languages(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        write()
        guards_off()
        execute("UPDATE audit_entry SET mac = '' WHERE object = 'refusal:2'")

        with pytest.raises(CommandError, match="1 findings in 3 entries"):
            call_command("audit_check")

        bad = AuditEntry.objects.get(object="refusal:2").pk
        said = capsys.readouterr().out
        assert said == (
            f"{bad} mac: 并非由本系统写入，或内容已被改动 / was not written here, or was changed\n"
        )

    def test_can_look_at_one_object(self, capsys: pytest.CaptureFixture[str]) -> None:
        write()
        guards_off()
        execute("UPDATE audit_entry SET mac = '' WHERE object = 'refusal:2'")

        call_command("audit_check", "--object", "refusal:1")

        assert capsys.readouterr().out == "1 条均正常 / all 1 entries are well\n"
