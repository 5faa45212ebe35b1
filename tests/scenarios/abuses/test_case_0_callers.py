"""Case 0, the calls: wild numbers, hundreds an hour, free plans, codes, signatures."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps

from audit.uuid7 import uuid7
from compliance.gate import PermitRefusal, permit_request
from compliance.models import ConductTarget
from compliance.rulebook.facts import UseFacts
from compliance.scripts import Step
from compliance.services.permit_close import permit_close
from compliance.services.script_approve import ScriptFaultsError, script_approve
from compliance.services.staff_record import sanction_point_add
from compliance.services.target_declare import TargetRefusedError, target_declare
from console.matrix import MATRIX
from dialer.models import WrapUp
from dialer.services.disposition_record import NotOnTheListError, disposition_record
from tests.compliance.imports.files import write_text
from tests.compliance.imports.house import NOW, House, everything_stored
from tests.compliance.rulebook.build import make_facts
from tests.compliance.scripts.honest import opening
from tests.dialer.imports.run import run_import
from tests.scenarios.abuses.asking import faults, not_filed_from, objections, refused, spend
from tests.world import (
    ACTOR,
    MORNING,
    World,
    callee,
    callees,
    let_time_pass,
    permitted,
)


class TestWildCallsFromLocalLandlines:
    @pytest.mark.parametrize("number", ["02486123456", "13800138000"])
    def test_show_no_number_that_could_be_filed(self, world: World, number: str) -> None:
        assert "CN13-NUM-05" in not_filed_from(world, number)

    def test_show_no_number_of_others(self) -> None:
        assert "CN13-NUM-01" in objections(filing__caller__holder_is_operator=False)
        assert "CN13-NUM-01" in objections(filing__caller__on_trunk=False)

    @pytest.mark.parametrize("text", ["我是移动公司的", "我是幺零零八六的客服"])
    def test_pose_as_no_carrier(self, text: str) -> None:
        assert "identity" in faults(text)


class TestHundredThousandCallsADay:
    def test_need_a_press_of_ready_each(self, world: World) -> None:
        first, second = callees(world, 2)
        permit = permitted(world, first)
        spend(permit)
        permit_close(permit_id=permit.pk, result="no_answer", talk_seconds=0, ended_at=MORNING)
        later = let_time_pass(MORNING + timedelta(minutes=5))

        answer = permit_request(
            filing_id=world.campaign.filing_id,
            person_id=second.pk,
            seat_id=world.seat.pk,
            request=uuid7(later),
            origin="progressive",
            actor=ACTOR,
            now=later,
        )

        assert isinstance(answer, PermitRefusal)
        assert answer.rules == ("CN13-DIA-02",)

    def test_do_not_fit_a_seat_or_a_number(self) -> None:
        at = make_facts().at
        hour = UseFacts(count=25, oldest_at=at - timedelta(minutes=50))
        day = UseFacts(count=120, oldest_at=at - timedelta(hours=9))
        number = UseFacts(count=500, oldest_at=at - timedelta(hours=9))

        assert objections(seat__hour=hour) == {"CN13-DIA-03"}
        assert objections(seat__day=day) == {"CN13-DIA-03"}
        assert objections(line__caller_day=number) == {"CN13-DIA-04"}
        assert objections(seat__open_permits=1) == {"CN13-DIA-01"}

    @pytest.mark.parametrize("kind", ["calls_per_day", "talk_minutes", "sales"])
    def test_are_nobodys_target(self, house: House, kind: str) -> None:
        with pytest.raises(TargetRefusedError):
            target_declare(kind=kind, percent=100, declared_by=house.supervisor, now=NOW)

        assert not ConductTarget.objects.exists()


class TestPaidPlanThatSoundsFree:
    @pytest.mark.parametrize("text", ["这个套餐免费送给您", "我们回馈老客户，不加钱升级"])
    def test_is_in_no_script_that_is_approved(self, world: World, text: str) -> None:
        with pytest.raises(ScriptFaultsError) as told:
            script_approve(
                title="x",
                principal=world.principal,
                purpose="P3",
                steps=(opening("答复您登记的事项"), Step("body", text)),
                offers=False,
                author=world.people.author,
                approver=world.people.approver,
                now=MORNING,
            )

        assert "CN13-SCR-04" in {finding.rule_id for finding in told.value.findings}

    def test_is_an_offer_whatever_it_is_called(self) -> None:
        assert "CN13-LIC-02" in objections(filing__script_offers=True)


class TestCoaxedCode:
    @pytest.mark.parametrize(
        "text",
        ["请把验证码念给我", "请不要把验证码告诉别人，念给我就可以", "請把驗證碼告訴我"],
    )
    def test_is_asked_for_by_no_script(self, text: str) -> None:
        assert faults(text)

    def test_counts_for_nobody(self, house: House) -> None:
        with pytest.raises(TargetRefusedError):
            target_declare(kind="codes", percent=100, declared_by=house.supervisor, now=NOW)

    def test_ends_the_work_of_an_agent_who_goes_on(self, world: World) -> None:
        permitted(world, callee(world))
        let_time_pass(MORNING + timedelta(minutes=1))

        for _ in range(2):
            sanction_point_add(
                agent=world.seat.agent,
                breach="CN13-SCR-07",
                evidence="录音核查",
                actor=ACTOR,
                now=MORNING,
            )

        let_time_pass(MORNING + timedelta(minutes=15))
        assert "CN13-AGT-10" in refused(world, callee(world, place=9))


class TestSigningForTheCustomer:
    @pytest.mark.parametrize("said", ["signed", "ordered", "agreed", "activated"])
    def test_is_nothing_that_an_agent_can_write_down(self, world: World, said: str) -> None:
        assert said not in WrapUp.Said.values
        with pytest.raises(NotOnTheListError):
            disposition_record(attempt_id=0, seat=world.seat, said=said, actor=ACTOR, now=MORNING)

    def test_has_no_record_to_be_written_into(self) -> None:
        names = {
            model.__name__.lower()
            for label in ("compliance", "dialer", "console")
            for model in apps.get_app_config(label).get_models()
        }

        assert not {name for name in names if "order" in name or "sale" in name}
        assert not {name for name in names if "signature" in name or "contract" in name}


class TestLookingUpAnyCustomer:
    def test_is_no_page_of_an_agents(self) -> None:
        pages = {name for name, roles in MATRIX.items() if "agent" in roles}

        assert {name.partition("_")[0] for name in pages} == {
            *("home", "log", "seat"),
            *("factor", "password", "session", "sessions"),  # of their own log-ins
        }

    def test_finds_nothing_about_people_that_a_call_does_not_need(
        self, house: House, tmp_path: Path
    ) -> None:
        heading = ["手机号", "姓名", "身份证号", "套餐", "月消费", "手机型号"]
        row = ["13800138000", "王一", "310101199001010011", "畅享套餐", "每月189", "旗舰机"]

        run_import(write_text(tmp_path / "a.csv", [heading, row]))

        stored = everything_stored()
        assert not [cell for cell in row if cell in stored]
