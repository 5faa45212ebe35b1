"""Aged lists lose what they said about people; refusals stay, and there is a certificate."""

import io
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEntry
from compliance.ages import age_group, moved
from compliance.gate import PermitRefusal
from compliance.models import ContactList, ListDeletion, Refusal
from compliance.services.contract_end import mandate_end
from compliance.services.minor_record import minor_record
from dialer.models import Lead
from dialer.services.lists_age import lists_age
from tests.compliance.gate.referee import forbidden
from tests.compliance.imports.files import write_text
from tests.compliance.imports.house import NOW, House, build_house
from tests.dialer.imports.run import run_import, stored_leads
from tests.world import ask, callee, freeze, refuse

TODAY = date(2026, 3, 11)  # the local day of NOW


@pytest.fixture
def house(transactional_db: None) -> House:
    return build_house()


def imported(tmp_path: Path, *, collected_on: date) -> ContactList:
    path = write_text(
        tmp_path / "a.csv", [["姓名", "手机号", "客户编号"], ["王", "13800138000", "K1"]]
    )
    run_import(path, collected_on=collected_on)
    return ContactList.objects.get(name="官网三月")


class TestAgeing:
    @pytest.mark.parametrize(("days", "aged"), [(179, 0), (180, 0), (181, 1)])
    def test_begins_after_180_days(
        self, house: House, tmp_path: Path, days: int, aged: int
    ) -> None:
        one = imported(tmp_path, collected_on=TODAY - timedelta(days=days))

        done = lists_age(actor="svc:test", now=NOW)

        assert len(done) == aged
        one.refresh_from_db()
        assert one.state == ("retired" if aged else "open")

    def test_deletes_names_and_references_and_stops_the_leads(
        self, house: House, tmp_path: Path
    ) -> None:
        imported(tmp_path, collected_on=TODAY - timedelta(days=200))

        (done,) = lists_age(actor="svc:test", now=NOW)

        assert stored_leads() == [("+8613800138000", "", "")]
        assert Lead.objects.get().state == Lead.State.BLOCKED
        assert done.deletion is not None
        assert (done.deletion.leads, done.deletion.names, done.deletion.references) == (1, 1, 1)
        entry = AuditEntry.objects.get(action="list.aged_out")
        assert done.deletion.digest in str(entry.body)
        forbidden("DELETE FROM compliance_listdeletion", match="append-only")

    def test_keeps_refusals(self, house: House, tmp_path: Path) -> None:
        imported(tmp_path, collected_on=TODAY - timedelta(days=200))
        refuse(Lead.objects.get().person, None)

        lists_age(actor="svc:test", now=NOW)

        assert Refusal.objects.count() == 1

    def test_happens_once(self, house: House, tmp_path: Path) -> None:
        imported(tmp_path, collected_on=TODAY - timedelta(days=200))
        lists_age(actor="svc:test", now=NOW)

        assert lists_age(actor="svc:test", now=NOW) == []
        assert ListDeletion.objects.count() == 1

    def test_only_says_so_in_a_dry_run(self, house: House, tmp_path: Path) -> None:
        imported(tmp_path, collected_on=TODAY - timedelta(days=200))
        out = io.StringIO()

        call_command("lists_age", "--dry-run", "--json", stdout=out)

        (row,) = json.loads(out.getvalue())["lists"]
        assert (row["days"], row["deleted"]) == (200, False)
        assert stored_leads() == [("+8613800138000", "王", "K1")]

    def test_is_a_commands_work(self, house: House, tmp_path: Path) -> None:
        imported(tmp_path, collected_on=TODAY - timedelta(days=200))
        out = io.StringIO()

        call_command("lists_age", stdout=out)

        assert "1 lists are too old" in out.getvalue()
        assert ListDeletion.objects.count() == 1


class TestEndedContract:
    def test_takes_every_list_of_the_principal(self, house: House, tmp_path: Path) -> None:
        one = imported(tmp_path, collected_on=TODAY)
        name = one.principal.name
        with pytest.raises(CommandError, match="has not ended"):
            call_command("lists_age", principal=name)
        for mandate in one.principal.mandates.all():
            mandate_end(mandate=mandate, ended_on=TODAY, actor="svc:test", now=NOW)
        with pytest.raises(CommandError, match="has not ended"):  # it lasts to the end of its day
            call_command("lists_age", principal=name)

        freeze(NOW + timedelta(days=1))
        call_command("lists_age", principal=name)

        assert stored_leads() == [("+8613800138000", "", "")]
        assert not ContactList.objects.exclude(state="retired").exists()


class TestAgedCampaign:
    def test_calls_nobody_until_the_list_is_gone(self, house: House, tmp_path: Path) -> None:
        imported(tmp_path, collected_on=TODAY - timedelta(days=181))
        person = callee(house.world)

        before = ask(house.world, person)
        lists_age(actor="svc:test", now=NOW)
        after = ask(house.world, person)

        assert isinstance(before, PermitRefusal)
        assert before.rules == ("CN13-LST-11",)
        assert not isinstance(after, PermitRefusal)


class TestMinor:
    @pytest.mark.parametrize(
        ("born", "group"),
        [
            (date(2008, 3, 11), ""),  # 18 today
            (date(2008, 3, 12), "under_18"),
            (date(2012, 3, 11), "under_18"),  # 14 today
            (date(2012, 3, 12), "under_14"),
        ],
    )
    def test_comes_of_age_on_the_birthday(self, born: date, group: str) -> None:
        assert age_group(moved(born, years=18), today=TODAY) == group

    def test_born_on_29_february_waits_for_march(self) -> None:
        assert moved(date(2008, 2, 29), years=18) == date(2026, 3, 1)

    def test_of_thirteen_is_not_called(self, house: House) -> None:
        person = callee(house.world)
        minor_record(
            person=person,
            born_on=date(2013, 1, 1),
            evidence="letter",
            actor="svc:test",
            now=NOW,
            today=TODAY,
        )

        answer = ask(house.world, person)

        assert isinstance(answer, PermitRefusal)
        assert "CN13-LST-12" in answer.rules
        freeze(NOW)
