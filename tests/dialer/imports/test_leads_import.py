import hashlib
import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEntry
from compliance.imports.outcome import ImportRefusedError, Watcher
from compliance.imports.rows import ImportFile
from compliance.lists import LEAD_COLUMNS, ListFileError
from compliance.models import ContactList, Person
from compliance.services.filing_pause import filing_close, filing_pause
from compliance.services.list_choose import ListChoice
from dialer.models import Lead
from dialer.services.leads_import import leads_import
from tests.compliance.imports.files import write_text
from tests.compliance.imports.house import NOW, House, everything_stored, row_counts
from tests.dialer.imports.run import SOURCE, run_import, stored_leads

NUMBERS = ("13800138000", "13911112223", "15012345678", "18600001111")
GOOD = [["姓名", "手机号"], *[[f"王{n}", number] for n, number in enumerate(NUMBERS)]]
MIXED = [
    ["姓名", "手机号"],
    ["张三", "13800138000"],
    ["李四", "1.38E+10"],
    ["王五", "1381"],
    ["赵六", "021-87654321"],
    ["钱七", "13800138000"],
    *[["孙", f"1860000200{n}"] for n in range(4)],
]


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return write_text(tmp_path / "good.csv", GOOD)


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    return write_text(tmp_path / "mixed.csv", MIXED)


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
        from compliance.numbers import normalise
        from compliance.services.person_for_number import unsaved_person

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
            by="supervisor", stdout=out,
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
        declared = ContactList.objects.get()
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

        assert row_counts() == before
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


class TestARejectFile:
    def test_can_be_corrected_and_imported_again(self, house: House, mixed: Path) -> None:
        first = run_import(mixed)
        rejects = Path(first["reject_file"])
        text = rejects.read_text("utf-8-sig")

        rejects.write_text(
            text.replace("1.38E+10", "13700001111").replace("1381,", "13700003333,"), "utf-8-sig"
        )
        second = run_import(rejects)

        assert (first["rejected"], second["added"]) == (8, 2)
        assert "+8613700001111" in [number for number, _, _ in stored_leads()]

    def test_names_line_and_reason_in_both_languages(self, house: House, mixed: Path) -> None:
        done = run_import(mixed)

        shown = {one["line"]: one for one in done["rejects"]}
        assert shown[3]["code"] == "scientific"
        assert "科学计数法" in shown[3]["zh"]
        assert "scientific notation" in shown[3]["en"]

    def test_is_readable_by_its_owner_only(self, house: House, mixed: Path) -> None:
        rejects = Path(run_import(mixed)["reject_file"])

        assert rejects.stat().st_mode & 0o777 == 0o600

    def test_never_overwrites_what_somebody_corrected(self, house: House, mixed: Path) -> None:
        corrected = Path(run_import(mixed)["reject_file"])
        corrected.write_text("corrected by hand")

        again = Path(run_import(mixed)["reject_file"])

        assert corrected.read_text() == "corrected by hand"
        assert again != corrected

    def test_is_written_once_for_the_same_rejects(self, house: House, mixed: Path) -> None:
        first = run_import(mixed)["reject_file"]

        assert run_import(mixed)["reject_file"] == first
        assert len(list(mixed.parent.glob("*rejects*"))) == 1

    def test_does_not_exist_without_rejects(self, house: House, good: Path) -> None:
        assert run_import(good)["reject_file"] is None
        assert list(good.parent.iterdir()) == [good]

    def test_does_not_take_the_place_of_a_file(self, house: House, mixed: Path) -> None:
        before = row_counts()

        with pytest.raises(CommandError, match="not overwritten"):
            run_import(mixed, rejects=mixed)

        assert row_counts() == before


class _StopError(Exception):
    """Something breaks in the middle of an import."""


class TestAnImportThatBreaks:
    @pytest.mark.parametrize("stop_at", [1, 3, 9])
    def test_leaves_nothing(self, house: House, mixed: Path, stop_at: int) -> None:
        before = row_counts()
        seen = 0

        def stop() -> None:
            nonlocal seen
            seen += 1
            if seen == stop_at:
                raise _StopError

        with (
            pytest.raises(_StopError),
            ImportFile(path=mixed, columns=LEAD_COLUMNS) as file,
        ):
            self._import(house, file, Watcher(on_row=stop))

        assert row_counts() == before

    def test_leaves_nothing_if_the_record_cannot_be_written(
        self, house: House, good: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = row_counts()

        def broken(*_: object, **__: object) -> None:
            raise _StopError

        monkeypatch.setattr("dialer.services.leads_import.record_import", broken)
        with pytest.raises(_StopError), ImportFile(path=good, columns=LEAD_COLUMNS) as file:
            self._import(house, file, Watcher())

        assert row_counts() == before

    def test_leaves_no_reject_file(
        self, house: House, mixed: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: object, **__: object) -> None:
            raise _StopError

        monkeypatch.setattr("dialer.services.leads_import.record_import", broken)
        with pytest.raises(_StopError):
            run_import(mixed)

        assert list(mixed.parent.iterdir()) == [mixed]

    def test_leaves_nothing_if_the_file_changes_meanwhile(self, house: House, good: Path) -> None:
        before = row_counts()

        def grow() -> None:
            with good.open("a") as file:
                file.write("\n李,13712345678\n")

        with (
            pytest.raises(ListFileError),
            ImportFile(path=good, columns=LEAD_COLUMNS) as file,
        ):
            self._import(house, file, Watcher(on_row=grow))

        assert row_counts() == before

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            "姓名,手机号\n".encode(),
            "姓名,手机号\n张三,13800138000\n李四,1391111".encode() + b"\xe5\xbc",
            b"PK\x03\x04 not a workbook",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old excel",
            "姓名,邮箱\n张三,a@b.cn\n".encode(),
        ],
    )
    def test_changes_nothing_for_a_broken_file(
        self, house: House, tmp_path: Path, content: bytes
    ) -> None:
        path = tmp_path / "broken.csv"
        path.write_bytes(content)
        before = row_counts()

        with pytest.raises(CommandError, match=r"[\u4e00-\u9fff].*[A-Za-z]{3}"):
            run_import(path)

        assert row_counts() == before
        assert list(tmp_path.iterdir()) == [path]

    def _import(self, house: House, file: ImportFile, watcher: Watcher) -> None:
        choice = ListChoice(
            reference="名单", source="own_form", collected_by="我们", notice_text="告知"
        )
        leads_import(
            campaign=house.campaign,
            file=file,
            choice=choice,
            imported_by=house.supervisor,
            now=NOW,
            watcher=watcher,
        )


class TestTheSourceOfAList:
    @pytest.mark.parametrize("missing", sorted(SOURCE))
    def test_must_be_declared_in_full(self, house: House, good: Path, missing: str) -> None:
        before = row_counts()

        with pytest.raises(CommandError, match="never declared"):
            run_import(good, **{missing: ""})

        assert row_counts() == before

    def test_is_one_of_the_lawful_ones(self, house: House) -> None:
        from compliance.services.list_choose import list_choose

        bought = ListChoice(reference="x", source="bought", collected_by="y", notice_text="z")

        with pytest.raises(ImportRefusedError):
            list_choose(choice=bought, principal=house.principal, by=house.supervisor, now=NOW)

    def test_is_declared_once(self, house: House, good: Path, tmp_path: Path) -> None:
        run_import(good)
        more = write_text(tmp_path / "more.csv", [["手机"], ["17700001234"]])

        run_import(more, source="", collected_by="", notice="")

        assert ContactList.objects.count() == 1
        assert AuditEntry.objects.filter(action="list.declared").count() == 1

    def test_cannot_be_restated(self, house: House, good: Path) -> None:
        run_import(good)

        with pytest.raises(CommandError, match="another source"):
            run_import(good, source="event")

    def test_can_be_named_by_its_number(self, house: House, good: Path, tmp_path: Path) -> None:
        run_import(good)
        more = write_text(tmp_path / "more.csv", [["手机"], ["17700001234"]])

        run_import(more, list=str(ContactList.objects.get().pk))

        assert ContactList.objects.get().leads.count() == 5

    def test_is_not_another_principals(self, house: House, good: Path) -> None:
        with pytest.raises(CommandError, match="no list with the number"):
            run_import(good, list="999999")


class TestWhoMayImportLeads:
    @pytest.mark.parametrize("role", ["administrator", "supervisor"])
    def test_includes(self, house: House, good: Path, role: str) -> None:
        assert run_import(good, by=role)["added"] == 4

    @pytest.mark.parametrize("role", ["compliance", "agent", "regulator"])
    def test_excludes(self, house: House, good: Path, role: str) -> None:
        before = row_counts()

        with pytest.raises(CommandError, match=f"账号 {role}"):
            run_import(good, by=role)

        assert row_counts() == before

    def test_excludes_a_closed_account(self, house: House, good: Path) -> None:
        house.supervisor.is_active = False
        house.supervisor.save()

        with pytest.raises(CommandError):
            run_import(good)


class TestACampaign:
    def test_takes_leads_while_it_is_paused(self, house: House, good: Path) -> None:
        filing_pause(filing=house.campaign.filing, actor="svc:test", reason="test", now=NOW)

        assert run_import(good)["added"] == 4

    def test_takes_none_once_it_is_closed(self, house: House, good: Path) -> None:
        filing_close(filing=house.campaign.filing, actor="svc:test", reason="test", now=NOW)
        before = row_counts()

        with pytest.raises(CommandError, match="takes no leads"):
            run_import(good)

        assert row_counts() == before

    def test_must_exist(self, house: House, good: Path) -> None:
        with pytest.raises(CommandError, match="no campaign"):
            run_import(good, campaign="nowhere")


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
                by="supervisor", **SOURCE, **options,
            )  # fmt: skip

        told = "".join(capfd.readouterr()) + caplog.text + everything_stored()
        name_as_bytes = "张三".encode().decode("latin-1")
        for private in ("13800138000", "87654321", "18600002001", "张三", name_as_bytes):
            assert private not in told
        assert "138****8000" in told
