"""Case 2: cards of virtual operators, refusers marked willing, robots, fear, bought leads."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from rest_framework.test import APIClient

from audit.models import AuditEntry
from compliance.models import Consent, Overruling, Refusal
from compliance.rulebook.facts import UseFacts
from compliance.scripts import Step, lint
from compliance.services.target_declare import TargetRefusedError, target_declare
from dialer.lines.base import Outcome
from dialer.models import Attempt
from dialer.services.call_end import CallEnd, call_end
from dialer.services.disposition_record import disposition_record
from dialer.services.refusal_during_call import refusal_during_call
from tests.compliance.imports.files import write_text
from tests.compliance.imports.house import NOW, House, everything_stored
from tests.compliance.imports.test_consents_import import HEADINGS, row
from tests.compliance.imports.test_consents_import import run_import as import_consents
from tests.compliance.rulebook.build import make_consent, make_facts
from tests.compliance.scripts.honest import context, opening
from tests.dialer.imports.run import run_import
from tests.scenarios.abuses.asking import (
    call_up,
    faults,
    not_filed,
    objections,
    refused,
    rejected,
)
from tests.world import (
    ACTOR,
    MORNING,
    World,
    add_lead,
    callee,
    callees,
    consent,
    let_time_pass,
    make_caller_number,
    make_campaign,
)

TODAY = make_facts().at.date()


class TestCardsOfThe170Prefix:
    @pytest.mark.parametrize("number", ["17012345678", "17112345678"])
    def test_are_no_numbers_of_a_campaign(self, world: World, number: str) -> None:
        caller = make_caller_number(world.operator, world.trunk, number=number)

        rules = not_filed(
            lambda: make_campaign(
                people=world.people,
                principal=world.principal,
                caller_number=caller,
                trunk=world.trunk,
                code="cards",
            )
        )

        assert {"CN13-NUM-05", "CN13-NUM-06"} <= rules

    def test_are_not_swapped_once_they_are_marked(self) -> None:
        marked = TODAY - timedelta(days=3)

        assert "CN13-NUM-04" in objections(
            filing__caller__others_marked_on=(marked,), filing__caller__in_use_since=marked
        )
        assert "CN13-NUM-04" in objections(filing__caller__replaces=True)

    def test_are_in_no_line_of_the_ledger(self) -> None:
        assert "CN13-LIC-09" in objections(filing__trunk__kind="sim_bank")


class TestSixHundredForNewcomers:
    def test_is_nobodys_target(self, house: House) -> None:
        with pytest.raises(TargetRefusedError):
            target_declare(kind="calls", percent=100, declared_by=house.supervisor, now=NOW)

    def test_ends_at_the_cap_of_the_seat(self) -> None:
        at = make_facts().at

        for count, expected in ((119, set()), (120, {"CN13-DIA-03"})):
            used = UseFacts(count=count, oldest_at=at - timedelta(hours=9))
            assert objections(seat__day=used) == expected


class TestRefusersMarkedWilling:
    def refused_call(self, world: World, place: int) -> Attempt:
        attempt = call_up(world, callee(world, place=place))
        refusal_during_call(attempt_id=attempt.pk, actor=ACTOR, now=MORNING)
        end = CallEnd(
            outcome=Outcome.ANSWERED, sip_code=200, q850=16, ended_by="us", talk_seconds=8
        )
        call_end(attempt_id=attempt.pk, end=end, actor=ACTOR, now=MORNING)
        return attempt

    def test_stay_refusers_and_cost_the_seat_its_place(self, world: World) -> None:
        persons = callees(world, 2)
        for turn in (0, 1):
            let_time_pass(MORNING + turn * timedelta(minutes=2))
            attempt = self.refused_call(world, turn)
            disposition_record(
                attempt_id=attempt.pk, seat=world.seat, said="talked", actor=ACTOR, now=MORNING
            )

        let_time_pass(MORNING + timedelta(minutes=20))

        assert set(Attempt.objects.values_list("disposition", flat=True)) == {"refused"}
        assert Overruling.objects.count() == 2
        assert "CN13-REF-04" in refused(world, callee(world, place=9))
        assert "CN13-REF-01" in refused(world, persons[1])
        assert AuditEntry.objects.filter(action="disposition.overruled").count() == 2

    @pytest.mark.parametrize(
        "change",
        ["DELETE FROM compliance_refusal", "UPDATE compliance_refusal SET person_id = person_id"],
    )
    def test_are_not_taken_off_the_record(self, world: World, change: str) -> None:
        self.refused_call(world, 0)

        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
        assert Refusal.objects.count() == 1

    def test_are_not_drawn_again_by_another_campaign(self, world: World) -> None:
        attempt = self.refused_call(world, 0)
        other = make_campaign(
            people=world.people,
            principal=world.principal,
            caller_number=world.caller_number,
            trunk=world.trunk,
            code="again",
        )
        consent(other.filing, [attempt.permit.person])

        let_time_pass(MORNING + timedelta(minutes=20))

        assert "CN13-REF-01" in refused(world, attempt.permit.person, filing=other.filing)

    def test_shame_nobody_who_writes_them_down(self, house: House) -> None:
        with pytest.raises(TargetRefusedError):
            target_declare(kind="refusal_rate", percent=1, declared_by=house.supervisor, now=NOW)


class TestPublicPoolOfLeads:
    def test_hands_no_lead_on(self, world: World) -> None:
        lead = add_lead(world, callee(world))
        other = make_campaign(
            people=world.people,
            principal=world.principal,
            caller_number=world.caller_number,
            trunk=world.trunk,
            code="pool",
        )

        with pytest.raises(DatabaseError, match="handed on"), transaction.atomic():
            type(lead).objects.filter(pk=lead.pk).update(campaign=other)

    def test_is_drawn_from_by_no_agent(self, house: House) -> None:
        lead = add_lead(house.world, callee(house.world))
        client = APIClient()
        client.force_authenticate(house.agent)

        answer = client.post(
            "/api/dial-requests", {"campaign": "spring-course", "lead": lead.pk}, format="json"
        )

        assert answer.status_code == 403


class TestRobotBehindASoftphone:
    @pytest.mark.parametrize("kind", ["goip", "softphone", "sim_bank", ""])
    def test_has_no_line(self, kind: str) -> None:
        assert "CN13-LIC-09" in objections(filing__trunk__kind=kind)

    def test_shows_one_number_and_no_other(self) -> None:
        assert "CN13-NUM-03" in objections(filing__caller__numbers_of_campaign=2)

    def test_sells_nothing(self) -> None:
        assert "CN13-DIA-09" in objections(purpose="P1", filing__robot=True)


class TestFearAndFalseFriends:
    @pytest.mark.parametrize(
        "text",
        ["我是您的老朋友", "不处理后果自负", "名额仅剩三个", "您的账户涉嫌洗钱"],
    )
    def test_are_in_no_script_that_is_approved(self, text: str) -> None:
        assert faults(text)

    def test_do_not_ask_for_wechat_unseen(self) -> None:
        steps = (opening("答复您登记的事项"), Step("body", "加个微信吧，我发给您"))

        found = lint(steps, context=context())

        assert {finding.rule_id for finding in found} & {"CN13-REF-10", "CN13-SCR-05"}

    def test_have_no_second_try_after_a_no(self, world: World) -> None:
        attempt = call_up(world, callee(world))

        refusal_during_call(attempt_id=attempt.pk, actor=ACTOR, now=MORNING)

        assert "CN13-REF-01" in refused(world, attempt.permit.person)


class TestListWithEmployerAndProperty:
    def test_leaves_both_behind(self, house: House, tmp_path: Path) -> None:
        rows = [["手机号", "工作单位", "房产"], ["13800138000", "江城机械厂", "滨江花园三栋"]]

        run_import(write_text(tmp_path / "a.csv", rows))

        stored = everything_stored()
        assert "江城机械厂" not in stored
        assert "滨江花园三栋" not in stored

    @pytest.mark.parametrize("name", ["业主名单", "车主名单", "股民"])
    def test_is_known_by_its_name(self, house: House, tmp_path: Path, name: str) -> None:
        assert "sold or leaked" in rejected(tmp_path, [["手机号"], ["13800138000"]], name=name)


class TestSearchEngineLeads:
    def test_are_no_consents_without_a_proof(self, house: House, tmp_path: Path) -> None:
        table = [HEADINGS, row("13800138000", 凭证哈希=""), row("13911112223", 告知文本="")]

        done = import_consents(write_text(tmp_path / "a.csv", table))

        assert done["added"] == 0
        assert not Consent.objects.exists()

    def test_are_not_called_before_anybody_has_checked_them(self, world: World) -> None:
        (person,) = callees(world, 1, consented=False)
        consent(world.filing, [person], vouched=False)

        assert "CN13-CON-05" in refused(world, person)
        assert "CN13-CON-11" in objections(consents=(make_consent(sample="missing"),))

    def test_are_not_called_once_a_check_has_failed(self) -> None:
        assert "CN13-CON-11" in objections(consents=(make_consent(sample="failed"),))
        assert "CN13-CON-03" in objections(consents=(replace(make_consent(), evidenced=False),))

    def test_come_with_the_consent_to_be_handed_on(self, house: House, tmp_path: Path) -> None:
        assert "transfer" in rejected(
            tmp_path, [["手机号"], ["13800138000"]], collected_by="某搜索引擎推广公司"
        )
