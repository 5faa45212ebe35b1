import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from compliance.imports.outcome import Watcher
from compliance.imports.rows import ImportFile
from compliance.lists import LEAD_COLUMNS, ListFileError
from compliance.models import ListImport
from compliance.services.list_choose import ListChoice
from dialer.models import Lead
from dialer.services.leads_import import leads_import
from tests.compliance.imports.house import NOW, House, row_counts
from tests.dialer.imports.run import run_import


class _StopError(Exception):
    """Something breaks in the middle of an import."""


class TestAnImportThatBreaks:
    @pytest.mark.parametrize("stop_at", [1, 2, 3])
    def test_leaves_nothing(
        self, house: House, mixed: Path, stop_at: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("compliance.imports.rows.BLOCK", 3)
        before = row_counts()
        seen = 0

        def stop(_: int) -> None:
            nonlocal seen
            seen += 1
            if seen == stop_at:
                raise _StopError

        with (
            pytest.raises(_StopError),
            ImportFile(path=mixed, columns=LEAD_COLUMNS) as file,
        ):
            self._import(house, file, Watcher(on_rows=stop))

        assert row_counts() == before

    def test_leaves_nothing_if_the_record_cannot_be_written(
        self, house: House, good: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = row_counts()

        def broken(*_: object, **__: object) -> None:
            raise _StopError

        monkeypatch.setattr("compliance.imports.apply.record_import", broken)
        with pytest.raises(_StopError), ImportFile(path=good, columns=LEAD_COLUMNS) as file:
            self._import(house, file, Watcher())

        assert row_counts() == before

    def test_leaves_no_reject_file_if_it_breaks_while_reading(
        self, house: House, mixed: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: object, **__: object) -> None:
            raise _StopError

        monkeypatch.setattr("compliance.imports.plan.compare", broken)
        with pytest.raises(_StopError):
            run_import(mixed)

        assert list(mixed.parent.iterdir()) == [mixed]
        assert ListImport.objects.get().stage == "broken"

    def test_waits_to_be_applied_if_it_breaks_while_it_is(
        self, house: House, mixed: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: object, **__: object) -> None:
            raise _StopError

        with monkeypatch.context() as patch:
            patch.setattr("compliance.imports.apply.record_import", broken)
            with pytest.raises(_StopError):
                run_import(mixed)
        out = io.StringIO()

        waiting = ListImport.objects.get()
        call_command("leads_import", apply=waiting.pk, by="supervisor", json=True, stdout=out)

        assert json.loads(out.getvalue())["added"] == Lead.objects.count() == 1

    def test_leaves_nothing_if_the_file_changes_meanwhile(
        self, house: House, good: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("compliance.imports.rows.BLOCK", 2)
        before = row_counts()

        def grow(_: int) -> None:
            with good.open("a") as file:
                file.write("\n李,13712345678\n")

        with (
            pytest.raises(ListFileError),
            ImportFile(path=good, columns=LEAD_COLUMNS) as file,
        ):
            self._import(house, file, Watcher(on_rows=grow))

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
            reference="名单",
            source="own_form",
            collected_by=house.principal.name,
            notice_text="告知",
        )
        leads_import(
            campaign=house.campaign,
            file=file,
            choice=choice,
            imported_by=house.supervisor,
            now=NOW,
            watcher=watcher,
        )
