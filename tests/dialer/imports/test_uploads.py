"""A list that comes through a browser: sealed, mapped, planned, corrected, let go of."""

import csv
import io
from datetime import timedelta

import pytest
from openpyxl import Workbook

from audit.models import AuditEntry
from compliance.imports.apply import import_apply
from compliance.imports.given_back import KEPT, upload_rejects, uploads_sweep
from compliance.imports.mapping import upload_map
from compliance.imports.outcome import ImportRefusedError, RoleMayNotImportError, Watcher
from compliance.imports.uploads import upload_plan, upload_take
from compliance.lists import ListFileError
from compliance.models import ListImport, ListUpload
from compliance.services.list_choose import ListChoice
from dialer.models import Lead
from dialer.services.leads_import import LeadsImport
from tests.compliance.imports.house import NOW, House, everything_stored

ROWS = [
    ["客户", "拨打这个", "备注"],
    ["王一", "13800138000", "下午"],
    ["王二", "1381", "写错了"],
    ["王三", "13911112223", "上午"],
]
KEYS = ["name", "number", ""]


def leads_kind(house: House) -> LeadsImport:
    return LeadsImport(
        campaign=house.campaign,
        choice=ListChoice(
            reference="官网三月",
            source="own_form",
            collected_by=house.principal.name,
            notice_text="我们会致电答复您。",
        ),
    )


def as_csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(rows: list[list[str]]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(out)
    return out.getvalue()


def take(house: House, content: bytes, name: str = "名单.csv", **more: object) -> ListUpload:
    return upload_take(
        kind=leads_kind(house),
        file_name=name,
        content=content,
        by=house.supervisor,
        now=NOW,
        **more,  # type: ignore[arg-type]
    )


def say(house: House, upload: ListUpload, keys: list[str]) -> None:
    upload_map(upload=upload, kind=leads_kind(house), keys=keys, by=house.supervisor, now=NOW)


def plan(house: House, upload: ListUpload) -> ListImport | None:
    return upload_plan(
        upload=upload, kind=leads_kind(house), by=house.supervisor, now=NOW, watcher=Watcher()
    )


def give_back(house: House, upload: ListUpload, reason: str = "更正后重传") -> bytes:
    return upload_rejects(
        upload=upload, kind=leads_kind(house), by=house.supervisor, reason=reason, now=NOW
    )


class TestAnUpload:
    @pytest.mark.parametrize("written", [as_csv, as_xlsx])
    def test_shows_its_headings_and_masks_what_stands_below(
        self, house: House, written: object
    ) -> None:
        upload = take(house, written(ROWS))  # type: ignore[operator]

        assert upload.headings == ["客户", "拨打这个", "备注"]
        assert upload.proposed == ["", "", ""]
        assert upload.samples[0] == ["王＊", "138****8000", "下＊"]

    def test_proposes_what_well_known_headings_mean(self, house: House) -> None:
        upload = take(house, as_csv([["姓名", "手机号", "电话"], ["王一", "13800138000", ""]]))

        assert upload.proposed == ["name", "number", ""]

    def test_holds_no_number_in_plain_sight(self, house: House) -> None:
        upload = take(house, as_csv(ROWS), name="13800138000的名单.csv")

        assert "13800138000" not in everything_stored()
        say(house, upload, KEYS)
        plan(house, upload)
        assert "13800138000" not in everything_stored()

    def test_is_no_list_if_its_first_row_holds_a_number(self, house: House) -> None:
        with pytest.raises(ListFileError):
            take(house, as_csv([row[:2] for row in ROWS[1:]]))

    def test_may_be_a_bare_column_of_numbers(self, house: House) -> None:
        upload = take(house, b"13800138000\n13911112223\n")

        row = plan(house, upload)

        assert (upload.headings, row and row.accepted) == ([], 2)

    def test_is_taken_from_nobody_who_may_not_import(self, house: House) -> None:
        with pytest.raises(RoleMayNotImportError):
            upload_take(
                kind=leads_kind(house),
                file_name="a.csv",
                content=as_csv(ROWS),
                by=house.agent,
                now=NOW,
            )


class TestAMapping:
    def test_is_read_as_somebody_said_it(self, house: House) -> None:
        upload = take(house, as_csv(ROWS))
        say(house, upload, KEYS)

        row = plan(house, upload)

        assert row is not None
        assert (row.rows, row.accepted, sum(row.rejected.values())) == (3, 2, 1)
        upload.refresh_from_db()
        assert upload.content is None  # the file is gone once it was read
        import_apply(kind=leads_kind(house), row=row, by=house.supervisor, now=NOW)
        assert Lead.objects.exclude(name_sealed=b"").count() == 2

    def test_leaves_unread_what_nobody_named_however_well_known(self, house: House) -> None:
        rows = [["手机号", "备用", "姓名"], ["13800138000", "13911112223", "王一"]]
        upload = take(house, as_csv(rows))
        say(house, upload, ["", "number", ""])

        row = plan(house, upload)

        assert row is not None
        import_apply(kind=leads_kind(house), row=row, by=house.supervisor, now=NOW)
        assert [lead.person.masked for lead in Lead.objects.all()] == ["139****2223"]
        assert not Lead.objects.exclude(name_sealed=b"").exists()

    @pytest.mark.parametrize("keys", [["", "", ""], ["number", "number", ""], ["name", "x", ""]])
    def test_is_not_taken_without_one_column_of_numbers(
        self, house: House, keys: list[str]
    ) -> None:
        upload = take(house, as_csv(ROWS))

        with pytest.raises(ListFileError):
            say(house, upload, keys)

    def test_is_remembered_for_the_same_headings(self, house: House) -> None:
        say(house, take(house, as_csv(ROWS)), KEYS)

        again = take(house, as_csv([["客 户", "拨打这个：", "备注"], ["李", "13800138001", ""]]))

        assert again.proposed == KEYS


class TestRejectedRows:
    def test_are_given_back_corrected_and_taken(self, house: House) -> None:
        upload = take(house, as_csv(ROWS))
        say(house, upload, KEYS)
        plan(house, upload)

        given = give_back(house, upload)

        assert "1381" in given.decode()
        corrected = take(house, given.replace(b"1381", b"13800138009"), corrects=upload)
        assert corrected.proposed == ["name", "number", "", "", ""]
        say(house, corrected, corrected.proposed)
        row = plan(house, corrected)
        assert row is not None
        assert (row.rows, row.accepted) == (1, 1)

    def test_leave_an_entry_with_the_reason_whenever_they_are_read(self, house: House) -> None:
        upload = take(house, as_csv(ROWS))
        say(house, upload, KEYS)
        plan(house, upload)

        give_back(house, upload, "退给 13800138000 更正")

        entry = AuditEntry.objects.latest("pk")
        assert entry.action == "list.rejects_read"
        assert "13800138000" not in bytes(entry.body).decode()
        with pytest.raises(ImportRefusedError):
            give_back(house, upload, "  ")

    def test_are_let_go_of_after_a_week_with_files_that_nobody_mapped(self, house: House) -> None:
        mapped, waiting = take(house, as_csv(ROWS)), take(house, as_csv(ROWS), name="b.csv")
        say(house, mapped, KEYS)
        plan(house, mapped)

        assert uploads_sweep(now=NOW + KEPT) == 0
        assert uploads_sweep(now=NOW + KEPT + timedelta(seconds=1)) == 2

        for upload in (mapped, waiting):
            upload.refresh_from_db()
            assert (upload.content, upload.rejects) == (None, None)
        with pytest.raises(ImportRefusedError):
            give_back(house, mapped)

    def test_open_with_no_other_upload(self, house: House) -> None:
        first, second = take(house, as_csv(ROWS)), take(house, as_csv(ROWS[:3]))
        say(house, first, KEYS)
        plan(house, first)
        ListUpload.objects.filter(pk=second.pk).update(rejects=first.rejects)
        second.refresh_from_db()

        with pytest.raises(Exception, match="does not open"):
            give_back(house, second)


class TestAFileThatCannotBeTaken:
    def test_says_why_and_stays_to_be_mapped_otherwise(self, house: House) -> None:
        upload = take(house, as_csv([*ROWS, ['王"', "13800138001", 'x"y'], ["a", "b"]]))
        say(house, upload, KEYS)
        ListUpload.objects.filter(pk=upload.pk).update(mapping={"没有这一列": "number"})
        upload.refresh_from_db()

        assert plan(house, upload) is None

        zh, en = upload.problem or ("", "")
        assert zh
        assert en
        assert upload.content is not None
