from contextlib import nullcontext
from pathlib import Path

import pytest
from django.core.management import CommandError
from hypothesis import given
from hypothesis import strategies as st

from audit.models import AuditEntry
from compliance.imports.outcome import ImportRefusedError
from compliance.models import ContactList
from compliance.models.words import ListSource
from compliance.services.filing_pause import filing_close, filing_pause
from compliance.services.list_choose import ListChoice, list_choose
from tests.compliance.imports.files import write_text
from tests.compliance.imports.house import NOW, House, recorded, row_counts
from tests.dialer.imports.run import SOURCE, run_import
from tests.examples import FEW
from tests.undone import undone


class TestTheSourceOfAList:
    @pytest.mark.parametrize("missing", sorted(SOURCE))
    def test_must_be_declared_in_full(self, house: House, good: Path, missing: str) -> None:
        before = row_counts()

        with pytest.raises(CommandError, match="never declared"):
            run_import(good, **{missing: ""})

        assert row_counts() == before

    def test_is_one_of_the_lawful_ones(self, house: House) -> None:
        bought = ListChoice(reference="x", source="bought", collected_by="y", notice_text="z")

        with pytest.raises(ImportRefusedError):
            list_choose(choice=bought, principal=house.principal, by=house.supervisor, now=NOW)

    @FEW
    @given(
        source=st.sampled_from(ListSource.values).map(lambda source: f" {source}")
        | st.sampled_from(["", "bought", "OWN_FORM", "own_form,bought"]),
        collected_by=st.sampled_from(["{} ", "{}", "{}", " "]),
        notice_text=st.sampled_from(["", " \t", "我们会致电答复您。", "我们会致电答复您。\n"]),
    )
    def test_is_kept_as_it_was_declared_or_there_is_no_list(
        self, house: House, source: str, collected_by: str, notice_text: str
    ) -> None:
        """CN13-LST-01."""
        choice = ListChoice(
            reference="新名单",
            source=source,
            collected_by=collected_by.format(house.principal.name),
            notice_text=notice_text,
        )
        lawful = source.strip() in ListSource.values
        stated = lawful and collected_by.strip() and notice_text.strip()
        with undone():
            with nullcontext() if stated else pytest.raises(ImportRefusedError):
                list_choose(choice=choice, principal=house.principal, by=house.supervisor, now=NOW)

            kept = ContactList.objects.filter(name="新名单")
            found = [(one.source, one.notice_text) for one in kept]
            assert found == ([(source.strip(), notice_text.strip())] if stated else [])

    def test_is_declared_once(self, house: House, good: Path, tmp_path: Path) -> None:
        run_import(good)
        more = write_text(tmp_path / "more.csv", [["手机"], ["17700001234"]])

        run_import(more, source="", collected_by="", notice="")

        declared = ContactList.objects.get(name="官网三月")
        assert declared.leads.count() == 5
        assert AuditEntry.objects.filter(
            object=f"list:{declared.pk}", action="list.declared"
        ).exists()

    def test_cannot_be_restated(self, house: House, good: Path) -> None:
        run_import(good)

        with pytest.raises(CommandError, match="another source"):
            run_import(good, source="event")

    def test_can_be_named_by_its_number(self, house: House, good: Path, tmp_path: Path) -> None:
        run_import(good)
        more = write_text(tmp_path / "more.csv", [["手机"], ["17700001234"]])

        declared = ContactList.objects.get(name="官网三月")
        run_import(more, list=str(declared.pk))

        assert declared.leads.count() == 5

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

        assert row_counts() == recorded(before, "access.denied")

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
