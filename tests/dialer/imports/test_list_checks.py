"""Illicit lists never get in, and what they show stops the uploader's other lists."""

from pathlib import Path

import pytest
from django.core.management import CommandError

from audit.models import AuditEntry
from compliance.gate import PermitRefusal
from compliance.models import ContactList, User
from compliance.numbers import normalise
from compliance.services.honeypot_plant import NotAPlanterError, honeypot_plant
from compliance.services.list_stop import (
    ListNotHeldError,
    NotTheDeclarerError,
    list_release,
    lists_stop,
)
from dialer.models import Lead
from tests.compliance.imports.files import write_text
from tests.compliance.imports.house import NOW, House, everything_stored
from tests.dialer.imports.run import run_import
from tests.world import add_lead, ask, callee

CANARY = "13577776666"
NUMBERS = ("13800138000", "13911112223", "15012345678")


def write(path: Path, *rows: list[str]) -> Path:
    return write_text(path, [["姓名", "手机号", "来源"], *rows])


def state_of(contact_list: ContactList) -> tuple[str, str]:
    contact_list.refresh_from_db()
    return contact_list.state, contact_list.cause


def plant(house: House) -> None:
    honeypot_plant(number=normalise(CANARY), place="官网隐藏页", by=house.compliance, now=NOW)


def stop(contact_list: ContactList, *, state: str, cause: str) -> list[int]:
    return lists_stop(
        lists=[contact_list.pk],
        state=state,
        cause=cause,
        reason="test",
        actor="svc:test",
        now=NOW,
    )


class TestHoneypot:
    @pytest.mark.parametrize("dry_run", [False, True])
    def test_freezes_the_list_and_holds_the_uploaders_others(
        self, house: House, good: Path, tmp_path: Path, *, dry_run: bool
    ) -> None:
        plant(house)
        run_import(good)
        own = ContactList.objects.get(name="官网三月")
        bad = write(tmp_path / "bad.csv", ["王", NUMBERS[0], ""], ["李", CANARY, ""])

        with pytest.raises(CommandError, match="canary"):
            run_import(bad, dry_run=dry_run)

        assert state_of(own) == ("frozen", "LST-10")
        assert state_of(house.world.contact_list) == ("held", "LST-10")
        assert Lead.objects.count() == 4
        assert AuditEntry.objects.filter(action="list.rejected").count() == 1

    def test_ends_the_campaigns_calls(self, house: House, tmp_path: Path) -> None:
        plant(house)
        person = callee(house.world)
        add_lead(house.world, person)
        bad = write(tmp_path / "bad.csv", ["李", CANARY, ""])

        with pytest.raises(CommandError):
            run_import(bad)

        answer = ask(house.world, person)
        assert isinstance(answer, PermitRefusal)
        assert answer.rules == ("CN13-LST-02",)

    def test_is_not_called_either(self, house: House) -> None:
        person = callee(house.world)
        honeypot_plant(number=normalise("13810000000"), place="x", by=house.compliance, now=NOW)

        answer = ask(house.world, person)

        assert isinstance(answer, PermitRefusal)
        assert answer.rules == ("CN13-LST-10",)

    def test_is_kept_as_an_index_only(self, house: House) -> None:
        plant(house)

        assert CANARY not in everything_stored()

    @pytest.mark.parametrize("role", ["supervisor", "administrator", "agent", "regulator"])
    def test_is_known_to_compliance_only(self, house: House, role: str) -> None:
        with pytest.raises(NotAPlanterError):
            honeypot_plant(number=normalise(CANARY), place="x", by=house.account(role), now=NOW)


class TestTitle:
    @pytest.mark.parametrize("place", ["file", "list", "column"])
    def test_of_a_leaked_list_is_refused(self, house: House, tmp_path: Path, place: str) -> None:
        name = "车主名单" if place == "file" else "list"
        heading = "业主资料" if place == "column" else "来源"
        rows = [["姓名", "手机号", heading], ["王", NUMBERS[0], "x"]]
        path = write_text(tmp_path / f"{name}.csv", rows)

        with pytest.raises(CommandError, match="sold or leaked"):
            run_import(path, list="股民" if place == "list" else "官网三月")

        assert not Lead.objects.exists()
        assert AuditEntry.objects.filter(action="list.rejected").exists()


class TestRow:
    def test_with_an_unlawful_source_is_rejected(self, house: House, tmp_path: Path) -> None:
        path = write(tmp_path / "a.csv", ["王", NUMBERS[0], "官网"], ["李", NUMBERS[1], "购买"])

        done = run_import(path)

        assert (done["added"], done["rejected_by_code"]) == (1, {"no_source": 1})

    @pytest.mark.parametrize(
        ("age", "added"), [("17", 0), ("17岁", 0), ("13.0", 0), ("18", 1), ("", 1), ("不详", 1)]
    )
    def test_of_a_minor_is_rejected_and_the_age_is_not_kept(
        self, house: House, tmp_path: Path, age: str, added: int
    ) -> None:
        path = write_text(tmp_path / "a.csv", [["手机号", "年龄"], [NUMBERS[0], age]])

        assert run_import(path)["added"] == added

    def test_counts_towards_the_criminal_threshold(self, house: House, tmp_path: Path) -> None:
        rows = [["手机号", "来源", "月收入"]]
        rows += [[f"1380013{n * 37:04d}", "购买", "9000"] for n in range(50)]
        path = write_text(tmp_path / "a.csv", rows)

        with pytest.raises(CommandError, match="criminal threshold of 50"):
            run_import(path)

        assert state_of(house.world.contact_list) == ("held", "LST-03")


class TestGeneratedList:
    def test_is_not_taken_at_all(self, house: House, tmp_path: Path) -> None:
        rows = [["手机号"], *([f"1380013{n * 3:04d}"] for n in range(120))]

        with pytest.raises(CommandError, match="looks generated"):
            run_import(write_text(tmp_path / "a.csv", rows))

        assert not Lead.objects.exists()


class TestDroppedColumns:
    def test_are_on_the_record_by_kind(self, house: House, tmp_path: Path) -> None:
        rows = [["手机号", "身份证号", "月收入"], [NUMBERS[0], "310101199001010011", "9000"]]

        run_import(write_text(tmp_path / "a.csv", rows))

        entry = AuditEntry.objects.get(action="leads.imported")
        assert '"columns_dropped_kinds":{"plain":1,"private":1}' in str(entry.body)
        assert "310101199001010011" not in everything_stored()


class TestHeldList:
    def held(self, house: House) -> ContactList:
        one = house.world.contact_list
        stop(one, state="held", cause="CON-11")
        one.refresh_from_db()
        return one

    def test_takes_no_rows(self, house: House, good: Path) -> None:
        held = self.held(house)

        with pytest.raises(CommandError, match="is stopped"):
            run_import(good, list=str(held.pk), source="", collected_by="", notice="")

    def test_goes_on_once_compliance_has_looked(self, house: House) -> None:
        held = self.held(house)

        list_release(contact_list=held, by=house.compliance, reason="looked", now=NOW)

        assert state_of(held) == ("open", "")
        with pytest.raises(ListNotHeldError):
            list_release(contact_list=held, by=house.compliance, reason="again", now=NOW)

    @pytest.mark.parametrize("role", ["supervisor", "administrator", "agent"])
    def test_is_released_by_compliance_only(self, house: House, role: str) -> None:
        with pytest.raises(NotTheDeclarerError):
            list_release(
                contact_list=self.held(house), by=house.account(role), reason="x", now=NOW
            )

    def test_is_not_released_by_its_declarer(self, house: House) -> None:
        held = self.held(house)
        declarer = User.objects.get(pk=held.declared_by_id)
        declarer.role = User.Role.COMPLIANCE
        declarer.save()

        with pytest.raises(NotTheDeclarerError):
            list_release(contact_list=held, by=declarer, reason="x", now=NOW)

    def test_stays_held_when_it_is_held_again(self, house: House) -> None:
        held = self.held(house)

        assert stop(held, state="held", cause="LST-10") == []
        assert stop(held, state="frozen", cause="LST-10") == [held.pk]
        assert stop(held, state="held", cause="LST-02") == []
        assert state_of(held) == ("frozen", "LST-10")
