"""Erasing takes the data and leaves every proof."""

import io
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from audit import keys
from audit.check import findings
from audit.commitment import blind_index
from audit.models import AuditEntry, AuditPii
from audit.privacy.erasing import Spare, UnknownBasisError, erase, reapply
from audit.privacy.erasure_list import ErasureListError, read
from audit.record import record
from audit.selectors import entries_holding
from tests.audit.entries import NOW, NUMBER, write_about
from tests.everywhere import tables_holding

LATER = NOW + timedelta(days=3)


@pytest.fixture(autouse=True)
def fresh_list(db: None, tmp_path: Path, settings: Settings) -> None:
    settings.AUDIT_ERASURES = str(tmp_path / "erasures.jsonl")


def bodies() -> list[tuple[int, bytes, bytes]]:
    rows = AuditEntry.objects.order_by("pk").values_list("pk", "body", "mac")
    return [(pk, bytes(body), bytes(mac)) for pk, body, mac in rows]


class TestErase:
    def test_leaves_the_value_nowhere_in_the_database(self) -> None:
        write_about()
        index = blind_index(value=NUMBER, key=keys.secret("number-index"))
        salt = bytes(AuditPii.objects.get(field="number").salt)
        assert tables_holding(salt) == tables_holding(index) == {"audit_pii"}

        erase(subject="person:1", basis="pipl47.3", actor="u:9", now=LATER)

        for said in (NUMBER, NUMBER.removeprefix("+86"), "张三", index, salt):
            assert tables_holding(said) == set()
        assert not entries_holding(value=NUMBER).exists()

    def test_changes_no_entry_and_no_check(self) -> None:
        write_about()
        before = bodies()

        erase(subject="person:1", basis="pipl47.3", actor="u:9", now=LATER)

        assert bodies()[: len(before)] == before
        assert list(findings(AuditEntry.objects.all())) == []

    def test_is_recorded_by_surrogate_reason_and_count(self) -> None:
        write_about()

        erased = erase(subject="person:1", basis="pipl47.3", actor="u:9", now=LATER)

        entry = AuditEntry.objects.of("privacy.erased").get()
        assert (entry.object, entry.actor) == ("person:1", "u:9")
        assert json.loads(bytes(entry.body))["data"] == {
            "basis": "pipl47.3",
            "fields": 2,
            "entries": 1,
        }
        assert (erased.fields, erased.entries) == (2, 1)

    def test_leaves_what_others_are_the_subject_of(self) -> None:
        write_about()
        record(
            "user.logged_in",
            obj="u:3",
            actor="u:3",
            now=NOW,
            pii={"address": "192.0.2.7"},
            subject="u:3",
        )

        erase(subject="u:3", basis="pipl47.1", actor="u:9", now=LATER)

        assert set(AuditPii.objects.values_list("subject", flat=True)) == {"person:1"}

    def test_finds_a_value_under_another_subject_too(self) -> None:
        write_about()

        erase(subject="person:2", basis="pipl47.3", actor="u:9", now=LATER, values=[NUMBER])

        assert set(AuditPii.objects.values_list("field", flat=True)) == {"name"}

    @pytest.mark.parametrize(("since", "fields"), [(NOW, 0), (NOW + timedelta(seconds=1), 2)])
    def test_spares_what_is_inside_its_floor_also_when_done_again(
        self, since: datetime, fields: int
    ) -> None:
        write_about()  # about refusal:7
        spare = Spare(kind="refusal", since=since)
        kept()

        erased = erase(subject="person:1", basis="pipl47.3", actor="u:9", now=LATER, spare=spare)

        assert erased.fields == fields
        AuditPii.objects.all().delete()
        restored()
        assert sum(one.fields for one in reapply(actor="svc:restore", now=LATER)) == fields

    def test_needs_a_reason_of_the_law(self) -> None:
        write_about()

        with pytest.raises(UnknownBasisError):
            erase(subject="person:1", basis="because", actor="u:9", now=LATER)

        assert AuditPii.objects.count() == 2

    def test_erases_nothing_that_could_not_be_erased_again(self, tmp_path: Path) -> None:
        write_about()
        settings.AUDIT_ERASURES = str(tmp_path)  # a folder

        with pytest.raises(ErasureListError):
            erase(subject="person:1", basis="pipl47.3", actor="u:9", now=LATER)

        assert AuditPii.objects.count() == 2
        assert not AuditEntry.objects.of("privacy.erased").exists()


def restored() -> None:
    """Bring back what was erased, as a backup does."""
    AuditPii.objects.bulk_create(_kept)


_kept: list[AuditPii] = []


def kept() -> None:
    _kept[:] = list(AuditPii.objects.all())


class TestReapply:
    def test_erases_again_what_a_backup_brought_back(self) -> None:
        write_about()
        kept()
        erase(subject="person:1", basis="pipl47.3", actor="u:9", now=LATER)
        restored()

        (again,) = reapply(actor="svc:restore", now=LATER)

        assert again.fields == 2
        assert tables_holding(NUMBER) == set()
        entry = AuditEntry.objects.of("privacy.erased").last()
        assert entry is not None
        assert json.loads(bytes(entry.body))["data"]["first_erased_at"].startswith("2026-11-24")

    def test_finds_values_again_without_holding_them(self) -> None:
        write_about()
        kept()
        erase(subject="person:2", basis="pipl47.3", actor="u:9", now=LATER, values=[NUMBER])
        AuditPii.objects.all().delete()
        restored()

        reapply(actor="svc:restore", now=LATER)

        assert not entries_holding(value=NUMBER).exists()
        assert NUMBER[3:] not in Path(settings.AUDIT_ERASURES).read_text()

    def test_leaves_what_was_written_after_the_erasure(self) -> None:
        erase(subject="person:1", basis="pipl47.3", actor="u:9", now=NOW - timedelta(seconds=1))
        write_about()

        assert reapply(actor="svc:restore", now=LATER) == []
        assert AuditPii.objects.count() == 2

    def test_does_nothing_twice(self) -> None:
        write_about()
        erase(subject="person:1", basis="pipl47.3", actor="u:9", now=LATER)

        assert reapply(actor="svc:restore", now=LATER) == []
        assert AuditEntry.objects.of("privacy.erased").count() == 1

    def test_stops_at_a_line_that_is_none(self) -> None:
        Path(settings.AUDIT_ERASURES).write_text("{}\n")

        with pytest.raises(ErasureListError, match=":1:"):
            list(read())


class TestCommand:
    def run(self, *words: str) -> dict[str, object]:
        out = io.StringIO()
        call_command("audit_erase", *words, "--json", stdout=out)
        said: dict[str, object] = json.loads(out.getvalue())
        return said

    def test_erases_and_says_how_much(self) -> None:
        write_about()

        said = self.run("--subject", "person:1", "--basis", "pipl47.3", "--by", "u:9")

        assert said["fields"] == 2
        assert self.run("--reapply", "--by", "svc:restore") == {"erased": [], "fields": 0}

    def test_needs_a_basis(self) -> None:
        with pytest.raises(CommandError, match="--basis"):
            self.run("--subject", "person:1", "--by", "u:9")

    def test_refuses_a_subject_that_is_a_number(self) -> None:
        with pytest.raises(CommandError, match="telephone number") as refused:
            self.run("--subject", "person:13800138000", "--basis", "pipl47.3", "--by", "u:9")

        assert refused.value.returncode == 4
