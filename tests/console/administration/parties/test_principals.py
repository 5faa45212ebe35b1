"""Principals, their mandates, and their data once a contract has ended."""

import pytest
from django.test import Client

from audit.models import AuditEntry
from compliance import clock
from compliance.models import (
    ContactList,
    DataReturn,
    Mandate,
    Principal,
    User,
)
from compliance.services.violator_list import violator_list
from console.models import Approval
from tests.console.administration.parties.papers import (
    DAY,
    PARTIES,
    TODAY,
    last_entry,
    mandate,
    of,
)
from tests.console.call_centre.registers import DIGEST, done, paper, refused, shown
from tests.console.conftest import LogIn


class TestAPrincipal:
    def test_is_registered_on_the_trail(self, owner: Client) -> None:
        given = {"name": "海棠旅行社有限公司", "industry": "tourism", "credit_code": "91310000X1"}

        assert done(owner, f"{PARTIES}register/", **given) == PARTIES

        row = Principal.objects.get(name="海棠旅行社有限公司")
        assert (row.industry, row.credit_code) == ("tourism", "91310000X1")
        entry = last_entry("principal.registered")
        assert entry.object == f"principal:{row.pk}"
        assert entry.actor == f"u:{User.objects.get(username='owner').pk}"
        assert "没有委托主体的书面委托" in shown(owner, PARTIES)

    @pytest.mark.parametrize("name", ["{name}", " {name} 。"])
    def test_is_refused_a_second_time_however_it_is_written(
        self, owner: Client, reader: Client, school: Principal, name: str
    ) -> None:
        given = {"name": name.format(name=school.name), "industry": "education"}

        assert "写法不同也算同一名称" in refused(owner, f"{PARTIES}register/", **given)
        assert "registered already" in refused(reader, f"{PARTIES}register/", **given)

    def test_is_refused_if_it_is_a_listed_violator(self, owner: Client, reader: Client) -> None:
        violator_list(
            kind="person",
            value="张三",
            reason="主管部门通报",
            listed_on=TODAY - DAY,
            actor="svc:test",
            now=clock.read(),
        )
        given = {"name": "新公司", "industry": "retail", "legal_person": "张 三"}

        assert "在违规主体名单上" in refused(owner, f"{PARTIES}register/", **given)
        assert "list of violators" in refused(reader, f"{PARTIES}register/", **given)

        assert not Principal.objects.filter(name="新公司").exists()
        assert AuditEntry.objects.of("violator.refused").count() == 2


class TestAMandate:
    def test_is_recorded_with_the_digest_of_its_contract(
        self, owner: Client, school: Principal
    ) -> None:
        to = done(owner, f"{PARTIES}{school.pk}/mandate/", **mandate())

        assert to == f"{PARTIES}#principal-{school.pk}"
        row = Mandate.objects.get(contract_number="WT-NEXT")
        assert (row.principal, row.document_sha256) == (school, DIGEST)
        assert last_entry("mandate.recorded").object == f"mandate:{row.pk}"
        assert not of(school).stops

    def test_says_beside_the_field_what_is_wrong(
        self, owner: Client, reader: Client, school: Principal
    ) -> None:
        path = f"{PARTIES}{school.pk}/mandate/"

        assert "早于起始日" in refused(owner, path, **mandate(last="2026-12-31"))
        assert "before the first day" in refused(reader, path, **mandate(last="2026-12-31"))
        assert not Mandate.objects.filter(contract_number="WT-NEXT").exists()

    def test_ends_before_its_time_once(
        self, owner: Client, reader: Client, school: Principal
    ) -> None:
        row = Mandate.objects.get(principal=school)
        path = f"{PARTIES}mandates/{row.pk}/end/"
        for late in (row.valid_until, row.valid_until + DAY):
            assert "不早于其到期日" in refused(owner, path, last=late)

        done(owner, path, last=TODAY - DAY)

        row.refresh_from_db()
        assert row.ended_on == TODAY - DAY
        assert last_entry("mandate.ended").object == f"mandate:{row.pk}"
        assert "提前终止" in shown(owner, PARTIES)
        assert of(school).stops
        assert "The mandate has ended" in refused(reader, path, last=TODAY - 2 * DAY)


class TestDataOfAnEndedContract:
    def given(self, school: Principal) -> dict[str, object]:
        Mandate.objects.filter(principal=school).update(valid_until=TODAY - 2 * DAY)
        return {
            "contract_end": TODAY - 2 * DAY,
            "method": "deleted",
            "on": TODAY,
            "document": paper(),
        }

    def decide(self, client: Client) -> Approval:
        approval = Approval.objects.get(kind="data_return")
        path = f"/approvals/{approval.pk}/"
        assert "处置" in shown(client, path)
        client.post(f"{path}decide/", {"verdict": "approve", "reason": "已核对"})
        return approval

    def test_is_certified_by_two_once_its_lists_are_gone(
        self, owner: Client, log_in: LogIn, school: Principal
    ) -> None:
        ContactList.objects.filter(principal=school).update(state=ContactList.State.RETIRED)
        given, path = self.given(school), f"{PARTIES}{school.pk}/returned/"
        assert path in shown(owner, PARTIES)

        to = done(owner, path, **given)

        assert to == f"/approvals/{Approval.objects.get(kind='data_return').pk}/"
        self.decide(owner)
        assert not DataReturn.objects.exists()
        self.decide(log_in("compliance"))
        row = DataReturn.objects.get()
        assert (row.principal, row.certificate_sha256) == (school, DIGEST)
        assert (row.author.username, row.approver.username) == ("owner", "compliance")
        assert last_entry("data.returned").object == f"principal:{school.pk}"
        assert not of(school).data_due
        assert path not in shown(owner, PARTIES)

    def test_is_not_while_a_list_is_left(
        self, owner: Client, log_in: LogIn, school: Principal
    ) -> None:
        done(owner, f"{PARTIES}{school.pk}/returned/", **self.given(school))

        approval = self.decide(log_in("compliance"))

        assert not DataReturn.objects.exists()
        assert "名单已全部删除" in shown(owner, f"/approvals/{approval.pk}/")
        assert "every list deleted" in shown(log_in("owner", "en"), f"/approvals/{approval.pk}/")

    def test_of_one_that_runs_is_nothing_to_certify(
        self, owner: Client, school: Principal
    ) -> None:
        given = self.given(school)
        Mandate.objects.filter(principal=school).update(valid_until=TODAY)
        given["contract_end"] = TODAY

        refused(owner, f"{PARTIES}{school.pk}/returned/", **given)

        assert not Approval.objects.exists()
