import hashlib
import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command

from audit.models import AuditEntry
from compliance.models import ContactList, Person
from compliance.numbers import normalise
from compliance.services.person_for_number import unsaved_person
from dialer.models import Lead
from tests.compliance.imports.files import write_text
from tests.compliance.imports.house import NOW, House, everything_stored, recorded, row_counts
from tests.dialer.imports.lists import GOOD, NUMBERS
from tests.dialer.imports.run import SOURCE, run_import, stored_leads


def entry(action: str) -> AuditEntry:
    return AuditEntry.objects.get(action=action)


class TestLeadsImport:
    def test_makes_every_person_due_now_in_the_order_of_the_file(
        self, house: House, good: Path
    ) -> None:
        run_import(good)

        assert [number for number, _, _ in stored_leads()] == [f"+86{one}" for one in NUMBERS]
        assert set(Lead.objects.values_list("state", "due_at")) == {("waiting", NOW)}

    def test_stores_a_person_as_every_other_way_does(self, house: House, good: Path) -> None:
        run_import(good)

        fields = ("number_index", "masked", "number_class", "provinces", "places_version")
        for number in NUMBERS:
            expected = unsaved_person(number=normalise(number), now=NOW)
            stored = Person.objects.get(number_index=expected.number_index)
            assert [getattr(stored, name) for name in fields[1:]] == [
                getattr(expected, name) for name in fields[1:]
            ]

    def test_changes_nothing_the_second_time(self, house: House, good: Path) -> None:
        run_import(good)
        before = row_counts()

        again = run_import(good)

        assert row_counts() == before
        assert (again["changed"], again["added"], again["known"]) == (False, 0, 4)

    def test_says_that_nothing_changed(self, house: House, good: Path) -> None:
        run_import(good)
        out = io.StringIO()

        call_command(
            "leads_import", str(good), campaign="spring-course", list="官网三月",
            by="supervisor", yes=True, stdout=out,
        )  # fmt: skip

        assert "什么都没有改变" in out.getvalue()
        assert "nothing was changed" in out.getvalue()

    def test_adds_only_who_is_new(self, house: House, good: Path, tmp_path: Path) -> None:
        run_import(good)
        more = write_text(tmp_path / "more.csv", [*GOOD, ["新", "17700001234"]])

        done = run_import(more)

        assert (done["added"], done["known"]) == (1, 4)
        assert Lead.objects.count() == Person.objects.count() == 5

    def test_leaves_a_lead_that_was_tried_as_it_is(self, house: House, good: Path) -> None:
        run_import(good)
        Lead.objects.update(state=Lead.State.DONE, due_at=NOW + timedelta(days=3), attempts=2)

        run_import(good)

        assert set(Lead.objects.values_list("state", "attempts")) == {("done", 2)}

    def test_is_on_the_record_with_the_digest_of_its_file(self, house: House, mixed: Path) -> None:
        run_import(mixed)

        said = entry("leads.imported").body
        declared = ContactList.objects.get(name="官网三月")
        assert entry("leads.imported").object == f"list:{declared.pk}"
        assert hashlib.sha256(mixed.read_bytes()).hexdigest().encode() in bytes(said)
        assert b'"added":1,' in bytes(said)
        assert b'"rejected":{"consecutive":4,"duplicate":1' in bytes(said)

    def test_records_a_list_of_which_nothing_was_accepted(
        self, house: House, tmp_path: Path
    ) -> None:
        rows = [["手机号"], *[[f"1380013{n:04d}"] for n in range(20)]]

        done = run_import(write_text(tmp_path / "range.csv", rows))

        assert done["rejected_by_code"] == {"consecutive": 20}
        assert entry("leads.imported").outcome == "denied"
        assert Person.objects.count() == 0

    def test_changes_nothing_in_a_dry_run(self, house: House, mixed: Path) -> None:
        before = row_counts()

        done = run_import(mixed, dry_run=True)

        assert row_counts() == recorded(before, "import.discarded")
        assert (done["changed"], done["added"], done["rejected"]) == (False, 1, 8)

    def test_refuses_a_reference_longer_than_the_record(
        self, house: House, tmp_path: Path
    ) -> None:
        rows = [["手机号", "客户编号"], ["13800138000", "K" * 65], ["13911112223", "K" * 64]]

        done = run_import(write_text(tmp_path / "long.csv", rows))

        assert (done["added"], done["rejected_by_code"]) == (1, {"long_text": 1})

    def test_takes_landlines_only_when_asked(self, house: House, tmp_path: Path) -> None:
        path = write_text(tmp_path / "fixed.csv", [["电话"], ["021-87654321"]])

        assert run_import(path)["rejected_by_code"] == {"landline": 1}
        assert run_import(path, landlines=True)["added"] == 1


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class TestTheProgressBar:
    def test_shows_on_a_terminal(
        self, house: House, good: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        terminal = _Terminal()
        monkeypatch.setattr("sys.stderr", terminal)

        run_import(good)

        assert "导入 importing" in terminal.getvalue()
        assert "0/4" in terminal.getvalue()

    def test_stays_out_of_pipes(
        self, house: House, good: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        run_import(good)

        assert capfd.readouterr().err == ""


class TestAFullNumber:
    def test_shows_nowhere(
        self,
        house: House,
        mixed: Path,
        capfd: pytest.CaptureFixture[str],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        caplog.set_level("DEBUG")
        for options in ({"json": True}, {}):
            call_command(
                "leads_import", str(mixed), campaign="spring-course", list="名单",
                by="supervisor", yes=True, **SOURCE, **options,
            )  # fmt: skip

        told = "".join(capfd.readouterr()) + caplog.text + everything_stored()
        name_as_bytes = "张三".encode().decode("latin-1")
        for private in ("13800138000", "87654321", "18600002001", "张三", name_as_bytes):
            assert private not in told
        assert "138****8000" in told
