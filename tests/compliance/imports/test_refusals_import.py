import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit.models import AuditEntry
from compliance.models import Consent, ListImport, Permit, Refusal
from compliance.models.refusal_lift import LiftRequest, RefusalLift
from compliance.numbers import normalise
from compliance.services.person_for_number import known_person, person_for_number
from tests.compliance.imports.files import write_text, write_workbook
from tests.compliance.imports.house import (
    NOW,
    House,
    consent,
    everything_stored,
    row_counts,
)
from tests.world import permitted, refuse

HEADINGS = ["手机号", "范围", "行业", "目的", "来源", "拒绝时间", "凭证"]
PRINCIPAL = "晨星教育科技有限公司"


def row(number: str, **cells: str) -> list[str]:
    usual = dict(zip(HEADINGS, [number, "", "", "", "", "", ""], strict=True))
    return list((usual | cells).values())


def run_import(path: Path, **options: Any) -> dict[str, Any]:
    out = io.StringIO()
    given: dict[str, Any] = {"by": "compliance"}
    if not {"dry_run", "plan", "apply", "discard"} & options.keys():
        given["yes"] = True
    file = [] if {"apply", "discard"} & options.keys() else [str(path)]
    call_command("refusals_import", *file, **{**given, **options}, json=True, stdout=out)
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def refusal_of(number: str) -> Refusal:
    return Refusal.objects.get(person=known_person(number=normalise(number)))


@pytest.fixture
def refusals(tmp_path: Path) -> Path:
    table = [
        HEADINGS,
        row("13800138000"),
        row("139-1111-2223", 范围="本公司", 来源="短信", 拒绝时间="2026-03-01", 凭证="短信 7 号"),
        row("not a number"),
    ]
    return write_text(tmp_path / "拒绝.csv", table, encoding="gb18030")


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


def lift(house: House, refusal: Refusal) -> None:
    """Lift a refusal; what a lift takes is tested elsewhere."""
    consent(house, "13800138000")
    given = Consent.objects.get(person=refusal.person)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE compliance_refusallift DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE compliance_liftrequest DISABLE TRIGGER USER")
    request = LiftRequest.objects.create(
        refusal=refusal, consent=given, requested_by=house.administrator, requested_at=NOW
    )
    RefusalLift.objects.create(
        refusal=refusal,
        consent=given,
        request=request,
        first_approver=house.administrator,
        second_approver=house.compliance,
        lifted_at=NOW,
    )


class TestARefusalThatWasLifted:
    @pytest.fixture
    def refusals(self, house: House, tmp_path: Path) -> Path:
        path = write_text(tmp_path / "a.csv", [HEADINGS, row("13800138000")])
        run_import(path)
        lift(house, refusal_of("13800138000"))
        return path

    def test_is_not_renewed_by_its_own_list(self, refusals: Path) -> None:
        assert run_import(refusals)["known"] == 1

    def test_is_followed_by_a_new_no(self, refusals: Path, tmp_path: Path) -> None:
        path = write_text(tmp_path / "b.csv", [HEADINGS, row("13800138000", 凭证="新的来信")])

        assert run_import(path)["renewed"] == 1
        assert Refusal.objects.count() == 2

    def test_is_followed_by_a_new_no_in_the_same_words(self, house: House, tmp_path: Path) -> None:
        said = row("13800138000", 来源="短信", 凭证="回复 TD")
        run_import(write_text(tmp_path / "a.csv", [HEADINGS, said]))
        lift(house, refusal_of("13800138000"))
        later = write_text(tmp_path / "b.csv", [HEADINGS, row("13911112223"), said])

        assert run_import(later)["renewed"] == 1


class TestAnImportedRefusal:
    def test_voids_the_permit_of_a_call_that_is_about_to_leave(
        self, house: House, tmp_path: Path
    ) -> None:
        consent(house, "13800138000")
        person = known_person(number=normalise("13800138000"))
        assert person
        permit = permitted(house.world, person)

        run_import(write_text(tmp_path / "a.csv", [["手机"], ["13800138000"]]))

        assert Permit.objects.get(pk=permit.pk).state == "void"

    def test_leaves_the_permit_of_whom_it_does_not_name(
        self, house: House, tmp_path: Path
    ) -> None:
        consent(house, "13800138000")
        person = known_person(number=normalise("13800138000"))
        assert person
        permit = permitted(house.world, person)

        run_import(write_text(tmp_path / "a.csv", [["手机"], ["13911112223"]]))

        assert Permit.objects.get(pk=permit.pk).state == "issued"


class TestAPlan:
    def test_changes_nothing_and_shows_the_difference(self, house: House, refusals: Path) -> None:
        before = row_counts()

        planned = run_import(refusals, plan=True)

        assert row_counts() == before
        assert (planned["stage"], planned["changed"]) == ("planned", False)
        assert (planned["added"], planned["rejected"]) == (2, 1)

    def test_is_applied_later_without_its_file(self, house: House, refusals: Path) -> None:
        planned = run_import(refusals, plan=True)
        refusals.unlink()

        done = run_import(refusals, apply=planned["import"])

        assert (done["stage"], done["added"]) == ("applied", 2)
        assert Refusal.objects.count() == 2

    def test_is_applied_once(self, house: House, refusals: Path) -> None:
        planned = run_import(refusals, plan=True)
        run_import(refusals, apply=planned["import"])

        with pytest.raises(CommandError, match="does not wait"):
            run_import(refusals, apply=planned["import"])

    def test_can_be_let_go_of(self, house: House, refusals: Path) -> None:
        planned = run_import(refusals, plan=True)

        assert run_import(refusals, discard=planned["import"])["stage"] == "discarded"
        assert _staging_tables() == []

    def test_leaves_no_staging_once_it_is_applied(self, house: House, refusals: Path) -> None:
        planned = run_import(refusals, plan=True)
        assert _staging_tables() != []

        run_import(refusals, apply=planned["import"])

        assert _staging_tables() == []

    def test_is_not_applied_by_another_kind_of_import(self, house: House, refusals: Path) -> None:
        planned = run_import(refusals, plan=True)

        with pytest.raises(CommandError, match="no such import"):
            call_command("consents_import", apply=planned["import"], by="compliance")

    def test_is_not_applied_if_its_staging_was_lost(self, house: House, refusals: Path) -> None:
        planned = run_import(refusals, plan=True)
        with connection.cursor() as cursor:  # as after a crash of the database server
            cursor.execute(f"TRUNCATE import_{planned['import']}_staged")

        with pytest.raises(CommandError, match="Import the file again"):
            run_import(refusals, apply=planned["import"])

        assert Refusal.objects.count() == 0
        assert run_import(refusals)["added"] == 2

    def test_is_not_applied_without_a_yes(self, house: House, refusals: Path) -> None:
        out = io.StringIO()

        call_command("refusals_import", str(refusals), by="compliance", stdout=out)

        assert "--apply" in out.getvalue()
        assert Refusal.objects.count() == 0


class TestImportsShow:
    def test_tells_how_far_every_import_is(self, house: House, refusals: Path) -> None:
        run_import(refusals, plan=True)
        out = io.StringIO()

        call_command("imports_show", json=True, stdout=out)

        (shown,) = json.loads(out.getvalue())["imports"]
        assert (shown["stage"], shown["rows"], shown["rows_read"]) == ("planned", 3, 3)
        assert (shown["rejected"], shown["diff"]) == (1, {"added": 2})

    def test_tells_of_a_process_that_died(self, house: House, refusals: Path) -> None:
        number = run_import(refusals, plan=True)["import"]
        ListImport.objects.filter(pk=number).update(stage="applying")
        out = io.StringIO()

        call_command("imports_show", str(number), stdout=out)

        assert "进程已退出" in out.getvalue()


def _staging_tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relname ~ '^import_[0-9]+_'")
        return [name for (name,) in cursor.fetchall() if not name.endswith("_pkey")]


def _staged_as_text() -> str:
    with connection.cursor() as cursor:
        texts = []
        for table in _staging_tables():
            cursor.execute(f"SELECT t::text FROM {table} t")
            texts += [text for (text,) in cursor.fetchall()]
    assert texts
    return "\n".join(texts)
