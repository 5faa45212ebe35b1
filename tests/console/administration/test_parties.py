"""The parties: the clocks of their papers, and recording, renewing and ending them."""

from datetime import date, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from audit.models import AuditEntry
from compliance import clock
from compliance.models import (
    ContactList,
    DataReturn,
    Licence,
    Mandate,
    Operator,
    Principal,
    PrincipalDocument,
    User,
)
from compliance.selectors.clock_due import local_day
from compliance.services.documents_record import document_record, document_revoke
from compliance.services.parties_register import mandate_record
from compliance.services.violator_list import violator_list
from console.models import Approval
from console.selectors.administration.parties import PrincipalShown, parties_shown
from tests.console.call_centre.registers import DIGEST, done, paper, refused, shown
from tests.console.conftest import LogIn
from tests.console.house import OPENING
from tests.console.seed import Seeded
from tests.parties import sha256

TODAY = local_day(OPENING)
DAY = timedelta(days=1)
PARTIES = "/parties/"


@pytest.fixture
def owner(seeded: Seeded, log_in: LogIn) -> Client:
    return log_in("owner")


@pytest.fixture
def reader(seeded: Seeded, log_in: LogIn) -> Client:
    """Read the pages in English."""
    return log_in("supervisor", "en")


@pytest.fixture
def school(seeded: Seeded) -> Principal:
    return seeded.campaigns[0].filing.principal


def of(principal: Principal) -> PrincipalShown:
    _, principals = parties_shown(now=clock.read())
    return next(one for one in principals if one.row == principal)


def last_entry(action: str) -> AuditEntry:
    return AuditEntry.objects.of(action).latest("pk")


class TestClocks:
    def test_say_how_many_days_each_paper_has(self, owner: Client, reader: Client) -> None:
        chinese, english = shown(owner, PARTIES), shown(reader, PARTIES)

        for last in (date(2029, 12, 31), date(2026, 12, 31), date(2028, 12, 31)):
            assert f"{last}" in chinese
            assert f"还有 {(last - TODAY).days} 天" in chinese
            assert f"{(last - TODAY).days} d left" in english
        assert "badge is-refuse" not in chinese

    def test_say_since_when_a_mandate_is_over_and_what_stops(
        self, owner: Client, reader: Client, school: Principal
    ) -> None:
        Mandate.objects.filter(principal=school).update(valid_until=TODAY - 3 * DAY)

        assert "已过 3 天，停呼" in shown(owner, PARTIES)
        english = shown(reader, PARTIES)
        assert "over for 3 d, calls stop" in english
        assert f"The mandate runs from 2026-01-01 to {TODAY - 3 * DAY}" in english

    def test_stop_nothing_once_a_paper_was_renewed(self, owner: Client, school: Principal) -> None:
        Mandate.objects.filter(principal=school).update(valid_until=TODAY - DAY)
        assert of(school).stops
        done(owner, f"{PARTIES}{school.pk}/mandate/", **mandate(first=TODAY))

        shown_now = of(school)

        assert not shown_now.stops
        assert [one.number for one in shown_now.papers.standing if not one.kind] == ["WT-NEXT"]
        assert [one.last for one in shown_now.papers.former] == [TODAY - DAY]
        assert "已过 1 天" not in shown(owner, PARTIES)

    def test_tell_of_a_gap_before_the_next_mandate(self, owner: Client, school: Principal) -> None:
        last = Mandate.objects.get(principal=school).valid_until

        done(owner, f"{PARTIES}{school.pk}/mandate/", **mandate(first=last + 2 * DAY))

        assert [one.zh for one in of(school).stops] == [
            f"委托有效期为 {last + 2 * DAY} 至 2031-12-31，当日不在其内。"
        ]
        assert "尚未生效" in shown(owner, PARTIES)

    def test_name_the_document_that_is_missing(self, reader: Client, school: Principal) -> None:
        row = PrincipalDocument.objects.get(principal=school)
        document_revoke(document=row, revoked_on=TODAY, actor="svc:test", now=clock.read())

        assert [one.zh for one in of(school).stops] == ["委托主体缺少有效的行业资质：办学许可证。"]
        assert "lacks a valid industry document: licence to run a school" in shown(reader, PARTIES)

    def test_of_a_document_that_nothing_needs_stop_nothing(
        self, owner: Client, school: Principal
    ) -> None:
        row = document_record(
            principal=school,
            kind="food_licence",
            number="JY1",
            issuer="某局",
            valid_from=TODAY - 9 * DAY,
            valid_until=TODAY - 2 * DAY,
            document_sha256=DIGEST,
            verified_by=User.objects.get(username="compliance"),
            now=clock.read(),
        )

        body = shown(owner, PARTIES)

        assert "JY1" in body
        assert "已过 2 天<" in body
        assert not of(school).stops
        document_revoke(document=row, revoked_on=TODAY, actor="svc:test", now=clock.read())
        assert "起失效<" in shown(owner, PARTIES)

    def test_of_the_licence_stop_everything(self, owner: Client, reader: Client) -> None:
        Licence.objects.update(expires_on=TODAY - DAY)

        assert "已过 1 天，停呼" in shown(owner, PARTIES)
        assert "Once the licence is over nobody is called" in shown(reader, PARTIES)
        operator, _ = parties_shown(now=clock.read())
        assert operator is not None
        assert len(operator.stops) == 1

    def test_of_data_run_once_a_contract_has_ended(
        self, reader: Client, school: Principal
    ) -> None:
        Mandate.objects.filter(principal=school).update(valid_until=TODAY - DAY)

        (due,) = of(school).data_due

        assert not due.overdue
        assert f"{(due.due_on - TODAY).days} d left" in shown(reader, PARTIES)

    def test_take_as_many_queries_however_many_there_are(
        self,
        owner: Client,
        school: Principal,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for n in range(30):
            principal = Principal.objects.create(name=f"示例{n}", industry="education")
            mandate_record(
                principal=principal,
                contract_number=f"WT-{n}",
                valid_from=TODAY,
                valid_until=TODAY,
                document_sha256=sha256(str(n)),
                actor="svc:test",
                now=clock.read(),
            )

        for path in (PARTIES, f"{PARTIES}{school.pk}/document/"):
            with django_assert_max_num_queries(40):
                shown(owner, path)


def mandate(**more: object) -> dict[str, object]:
    return {
        "contract": "WT-NEXT",
        "first": "2027-01-01",
        "last": "2031-12-31",
        "document": paper(),
        **more,
    }


def document(**more: object) -> dict[str, object]:
    return {
        "kind": "school_licence",
        "number": "教民 1",
        "issuer": "某教育局",
        "first": "2026-01-01",
        "last": "2030-12-31",
        "document": paper(),
        **more,
    }


def licence(**more: object) -> dict[str, object]:
    return {
        "kind": "B24",
        "number": "B2-20300001",
        "area": "CN",
        "first": "2030-01-01",
        "last": "2034-12-31",
        "document": paper(),
        **more,
    }


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


class TestADocument:
    def test_is_recorded_as_whoever_verified_it_saw_it(
        self, owner: Client, school: Principal
    ) -> None:
        form = shown(owner, f"{PARTIES}{school.pk}/document/")
        assert form.index("办学许可证（该行业须有）") < form.index("金融许可证")

        done(owner, f"{PARTIES}{school.pk}/document/", **document())

        row = PrincipalDocument.objects.get(number="教民 1")
        assert (row.document_sha256, row.verified_by.username) == (DIGEST, "owner")
        assert last_entry("document.recorded").object == f"document:{row.pk}"
        assert "某教育局" in shown(owner, PARTIES)

    def test_of_a_kind_that_no_rule_knows_is_none(self, owner: Client, school: Principal) -> None:
        refused(owner, f"{PARTIES}{school.pk}/document/", **document(kind="anything"))

        assert not PrincipalDocument.objects.filter(number="教民 1").exists()

    def test_is_revoked_once_and_calls_stop(
        self, owner: Client, reader: Client, school: Principal
    ) -> None:
        row = PrincipalDocument.objects.get(principal=school)
        path = f"{PARTIES}documents/{row.pk}/revoke/"

        done(owner, path, on=TODAY)

        assert last_entry("document.revoked").object == f"document:{row.pk}"
        assert of(school).stops
        assert "起失效，停呼" in shown(owner, PARTIES)
        assert "此前已失效" in refused(owner, path, on=TODAY)
        assert "It was revoked before." in refused(reader, path, on=TODAY)


class TestTheLicence:
    def test_is_renewed_beside_the_one_before(self, owner: Client) -> None:
        before = Licence.objects.get()
        path = f"{PARTIES}licences/{before.pk}/renew/"
        assert f'value="{before.number}"' in shown(owner, path)

        done(owner, path, **licence())

        renewed = Licence.objects.exclude(pk=before.pk).get()
        assert (renewed.document_sha256, renewed.holder_name) == (DIGEST, before.holder_name)
        assert last_entry("licence.recorded").object == f"licence:{renewed.pk}"
        operator, _ = parties_shown(now=clock.read())
        assert operator is not None
        assert [one.row for one in operator.papers.standing] == [before, renewed]
        assert not operator.stops

    def test_needs_an_operator(self, log_in: LogIn, db: None) -> None:
        User.objects.create(username="first", role=User.Role.ADMINISTRATOR)
        path = f"{PARTIES}licences/record/"

        assert "尚未登记运营主体" in refused(log_in("first"), path, **licence())
        assert "No operator is registered" in refused(log_in("first", "en"), path, **licence())


class TestTheOperator:
    GIVEN = {"legal_name": "新呼叫中心", "credit_code": "91310000X2", "regime": "b24_operator"}

    def test_is_registered_on_the_first_day(self, log_in: LogIn, db: None) -> None:
        User.objects.create(username="first", role=User.Role.ADMINISTRATOR)
        client = log_in("first")
        assert "登记运营主体" in shown(client, PARTIES)

        done(client, f"{PARTIES}operator/", **self.GIVEN)

        assert last_entry("operator.registered").object == f"operator:{Operator.objects.get().pk}"
        assert "没有登记的呼叫中心业务经营许可" in shown(client, PARTIES)

    def test_is_one(self, owner: Client, reader: Client) -> None:
        assert "只能有一个" in refused(owner, f"{PARTIES}operator/", **self.GIVEN)
        assert "there is one" in refused(reader, f"{PARTIES}operator/", **self.GIVEN)


class TestWhoeverOnlyReads:
    def test_sees_the_clocks_and_can_do_nothing(
        self, seeded: Seeded, log_in: LogIn, school: Principal
    ) -> None:
        regulator = log_in("regulator")
        row = Mandate.objects.get(principal=school)

        body = shown(regulator, PARTIES)
        assert "2029-12-31" in body
        for path in (
            "register/",
            "operator/",
            "licences/record/",
            f"licences/{Licence.objects.get().pk}/renew/",
            f"{school.pk}/mandate/",
            f"{school.pk}/document/",
            f"{school.pk}/returned/",
            f"mandates/{row.pk}/end/",
            f"documents/{PrincipalDocument.objects.get(principal=school).pk}/revoke/",
        ):
            assert f'href="{PARTIES}{path}"' not in body
            for username in ("regulator", "agent01"):
                answer = log_in(username).post(f"{PARTIES}{path}", {"last": "2026-03-01"})
                assert answer.status_code == 403, (username, path)
        row.refresh_from_db()
        assert row.ended_on is None
