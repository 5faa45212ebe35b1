import hashlib
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit.models import AuditEntry
from compliance.models import Refusal
from compliance.numbers import normalise
from compliance.services.person_for_number import person_for_number
from tests.compliance.imports.files import write_text, write_workbook
from tests.compliance.imports.house import NOW, House, everything_stored, row_counts
from tests.compliance.imports.refusing import HEADINGS, refusal_of, row, run_import, staging_tables
from tests.world import refuse

PRINCIPAL = "晨星教育科技有限公司"


class TestRefusalsImport:
    def test_takes_a_bare_number_as_a_refusal_towards_everybody(
        self, house: House, refusals: Path
    ) -> None:
        run_import(refusals, principal=PRINCIPAL)

        kept = refusal_of("13800138000")
        digest = hashlib.sha256(refusals.read_bytes()).hexdigest()
        assert (kept.everywhere, kept.principal, kept.industry, kept.purpose) == (
            True, None, "", "",
        )  # fmt: skip
        assert (kept.source, kept.evidence) == ("import", f"file:{digest}")
        assert (kept.recorded_by, kept.recorded_at) == (f"u:{house.compliance.pk}", NOW)

    def test_keeps_source_day_evidence_and_a_plain_scope(
        self, house: House, refusals: Path
    ) -> None:
        run_import(refusals, principal=PRINCIPAL)

        kept = refusal_of("13911112223")
        assert (kept.everywhere, kept.principal) == (False, house.principal)
        assert kept.industry == house.principal.industry
        assert (kept.source, kept.evidence) == ("sms", "2026-03-01 短信 7 号")

    @pytest.mark.parametrize(
        "cells",
        [
            {"范围": "全部"},
            {"范围": "也许"},
            {"范围": ""},
            {"范围": "本公司?"},
            {"范围": "本公司", "行业": "保险"},  # not this principal's kind of business
            {"范围": "本行业", "行业": "无人知晓的行业"},
            {"范围": "本公司", "行业": "教育", "多余": "移位"},  # cells may have shifted
        ],
    )
    def test_takes_an_unclear_scope_as_everywhere(
        self, house: House, tmp_path: Path, cells: dict[str, str]
    ) -> None:
        path = write_text(tmp_path / "a.csv", [HEADINGS, row("13800138000", **cells)])

        run_import(path, principal=PRINCIPAL)

        assert refusal_of("13800138000").everywhere

    def test_takes_every_scope_as_everywhere_if_no_principal_is_named(
        self, house: House, tmp_path: Path
    ) -> None:
        path = write_text(tmp_path / "a.csv", [HEADINGS, row("13800138000", 范围="本公司")])

        run_import(path)

        assert refusal_of("13800138000").everywhere

    @pytest.mark.parametrize(
        ("cell", "purpose"), [("P3", "P3"), ("营销", "P1"), ("P1、P3", ""), ("随便", ""), ("", "")]
    )
    def test_takes_an_unclear_purpose_as_every_one(
        self, house: House, tmp_path: Path, cell: str, purpose: str
    ) -> None:
        path = write_text(tmp_path / "a.csv", [HEADINGS, row("13800138000", 目的=cell)])

        run_import(path)

        assert refusal_of("13800138000").purpose == purpose

    def test_sends_back_only_whose_number_cannot_be_read(
        self, house: House, refusals: Path
    ) -> None:
        done = run_import(refusals)

        assert (done["added"], done["rejected_by_code"]) == (2, {"unreadable": 1})

    def test_gives_rejects_back_to_be_corrected(self, house: House, refusals: Path) -> None:
        rejects = Path(run_import(refusals)["reject_file"])
        text = rejects.read_text("utf-8-sig")
        rejects.write_text(text.replace("not a number", "15012345678"), "utf-8-sig")

        assert run_import(rejects)["added"] == 1

    def test_reads_a_bare_column_of_numbers_and_workbooks(
        self, house: House, tmp_path: Path
    ) -> None:
        bare = tmp_path / "bare.csv"
        bare.write_text("13800138000\n13911112223\n")
        book = write_workbook(tmp_path / "a.xlsx", [["mobile", "scope"], ["15012345678", "all"]])

        assert (run_import(bare)["added"], run_import(book)["added"]) == (2, 1)

    def test_changes_nothing_the_second_time(self, house: House, refusals: Path) -> None:
        run_import(refusals)
        before = row_counts()

        again = run_import(refusals)

        assert row_counts() == before
        assert (again["changed"], again["added"], again["known"]) == (False, 0, 2)

    def test_never_takes_a_refusal_off_that_the_list_does_not_name(
        self, house: House, refusals: Path, tmp_path: Path
    ) -> None:
        run_import(refusals)
        before = set(Refusal.objects.values_list("pk", flat=True))

        run_import(write_text(tmp_path / "b.csv", [HEADINGS, row("15012345678")]))

        assert before < set(Refusal.objects.values_list("pk", flat=True))

    def test_adds_a_wider_refusal_beside_a_narrower_one(
        self, house: House, tmp_path: Path
    ) -> None:
        person = person_for_number(number=normalise("13800138000"), now=NOW)
        narrow = refuse(person, house.principal)
        path = write_text(tmp_path / "a.csv", [HEADINGS, row("13800138000")])

        done = run_import(path)

        assert (done["added"], done["renewed"]) == (0, 1)
        assert Refusal.objects.filter(pk=narrow.pk).exists()
        assert Refusal.objects.filter(person=person, everywhere=True).count() == 1

    def test_takes_a_narrower_refusal_as_known_beside_a_wider_one(
        self, house: House, tmp_path: Path
    ) -> None:
        refuse(person_for_number(number=normalise("13800138000"), now=NOW), None)
        path = write_text(tmp_path / "a.csv", [HEADINGS, row("13800138000", 范围="本公司")])

        assert run_import(path, principal=PRINCIPAL)["known"] == 1

    def test_does_not_take_a_refusal_of_one_purpose_for_one_of_all(
        self, house: House, tmp_path: Path
    ) -> None:
        run_import(write_text(tmp_path / "a.csv", [HEADINGS, row("13800138000", 目的="P3")]))

        done = run_import(write_text(tmp_path / "b.csv", [HEADINGS, row("13800138000")]))

        assert (done["known"], done["renewed"]) == (0, 1)

    def test_counts_a_number_that_stands_twice_once(self, house: House, tmp_path: Path) -> None:
        path = write_text(tmp_path / "a.csv", [["手机"], ["13800138000"], ["+8613800138000"]])

        done = run_import(path)

        assert (done["added"], done["known"], Refusal.objects.count()) == (1, 1, 1)

    def test_is_one_entry_on_the_record(self, house: House, refusals: Path) -> None:
        run_import(refusals)

        entry = AuditEntry.objects.get(action="refusals.imported")
        said = json.loads(bytes(entry.body))["data"]
        assert said["file_sha256"] == hashlib.sha256(refusals.read_bytes()).hexdigest()
        assert (said["added"], said["rejected"]) == (2, {"unreadable": 1})

    @pytest.mark.parametrize("role", ["supervisor", "agent", "regulator"])
    def test_is_not_for_every_role(self, house: House, refusals: Path, role: str) -> None:
        with pytest.raises(CommandError):
            run_import(refusals, by=role)

        assert Refusal.objects.count() == 0

    def test_shows_no_number_anywhere(
        self, house: House, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        table = [HEADINGS, row("13800138000", 凭证="致电 13700001234 时说的"), row("13811")]
        path = write_text(tmp_path / "a.csv", table)
        call_command("refusals_import", str(path), by="compliance", plan=True)
        staged = _staged_as_text()
        call_command("refusals_import", str(path), by="compliance", yes=True)

        told = "".join(capfd.readouterr()) + everything_stored() + staged
        for number in ("13800138000", "13700001234"):
            assert number not in told


def _staged_as_text() -> str:
    with connection.cursor() as cursor:
        texts = []
        for table in staging_tables():
            cursor.execute(f"SELECT t::text FROM {table} t")
            texts += [text for (text,) in cursor.fetchall()]
    assert texts
    return "\n".join(texts)
