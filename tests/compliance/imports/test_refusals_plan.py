"""A list of refusals that is compared first and applied later, and what is shown of imports."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from compliance.models import ListImport, Refusal
from tests.compliance.imports.house import House, row_counts
from tests.compliance.imports.refusing import run_import, staging_tables


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
        assert staging_tables() == []

    def test_leaves_no_staging_once_it_is_applied(self, house: House, refusals: Path) -> None:
        planned = run_import(refusals, plan=True)
        assert staging_tables() != []

        run_import(refusals, apply=planned["import"])

        assert staging_tables() == []

    def test_is_not_applied_by_another_kind_of_import(self, house: House, refusals: Path) -> None:
        planned = run_import(refusals, plan=True)

        with pytest.raises(CommandError, match="no such import"):
            call_command("consents_import", apply=planned["import"], by="compliance")

    def test_is_not_applied_if_its_staging_was_lost(self, house: House, refusals: Path) -> None:
        planned = run_import(refusals, plan=True)
        with connection.cursor() as cursor:  # as after a crash of the database server
            cursor.execute(f"TRUNCATE yunhu_import.import_{planned['import']}_staged")

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
