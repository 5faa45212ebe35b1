"""Case 4: robots day and night, cards without a name, complaints as a cost, harvested leads."""

import inspect
from datetime import timedelta
from pathlib import Path

import pytest

from compliance.gate import permit_request
from compliance.models import Suspension
from compliance.numbers import normalise
from compliance.rulebook.facts import UseFacts
from compliance.services.honeypot_plant import honeypot_plant
from compliance.services.suspension_resume import (
    ResumptionRefusedError,
    corrective_report_approve,
    corrective_report_write,
    suspension_end,
)
from dialer.models import Lead
from tests.compliance.complaints.cases import upheld
from tests.compliance.imports.files import write_text
from tests.compliance.imports.house import NOW, House
from tests.compliance.rulebook.build import make_facts
from tests.dialer.imports.run import run_import
from tests.scenarios.abuses.asking import not_filed_from, objections, refused, rejected
from tests.world import (
    ACTOR,
    MORNING,
    World,
    beijing,
    callee,
    callees,
    let_time_pass,
    permitted,
)

ROBOT = {
    "purpose": "P4",
    "filing__robot": True,
    "filing__says_machine": True,
    "filing__offers_person": True,
}


class TestRobotsDayAndNight:
    def test_never_sell(self) -> None:
        assert not objections(**ROBOT) & {f"CN13-DIA-{n:02}" for n in range(9, 13)}
        assert "CN13-DIA-09" in objections(**ROBOT | {"purpose": "P1"})

    def test_stop_after_two_hundred_calls_a_day(self) -> None:
        used = UseFacts(count=200, oldest_at=make_facts().at - timedelta(hours=5))

        assert "CN13-DIA-12" in objections(**ROBOT | {"line__caller_day": used})

    @pytest.mark.parametrize("hour", ["07:59", "21:00", "23:30", "03:00"])
    def test_leave_the_night_in_peace(self, hour: str) -> None:
        at = beijing(f"2026-03-11 {hour}")

        assert "CN13-TIM-01" in objections(at=at, **ROBOT)
        assert "CN13-TIM-01" in objections(at=at)


class TestRobotWithAPersonsVoice:
    def test_says_what_it_is(self) -> None:
        assert "CN13-DIA-10" in objections(**ROBOT | {"filing__says_machine": False})

    def test_offers_a_person_and_a_key(self) -> None:
        assert "CN13-DIA-11" in objections(**ROBOT | {"filing__offers_person": False})
        assert "CN13-DIA-11" in objections(**ROBOT | {"filing__takes_refusal": False})


class TestSmallNumbersWithoutRealName:
    @pytest.mark.parametrize("number", ["17012345678", "16212345678"])
    def test_are_no_numbers_of_a_campaign(self, world: World, number: str) -> None:
        assert "CN13-NUM-06" in not_filed_from(world, number)

    def test_are_behind_no_line(self) -> None:
        assert "CN13-LIC-09" in objections(filing__trunk__kind="desk_phone")
        assert "CN13-LIC-07" in objections(filing__trunk__missing=("contract_number",))
        assert "CN13-LIC-07" in objections(filing__trunk__entity_is_operator=False)


class TestNumberPickedByTheCalleesRegion:
    def test_is_asked_for_by_nobody(self) -> None:
        assert not {"number", "caller", "caller_number", "region"} & set(
            inspect.signature(permit_request).parameters
        )

    def test_is_the_same_for_every_region(self, world: World) -> None:
        shown = set()
        for turn, person in enumerate(callees(world, 3, first=0) + callees(world, 3, first=9000)):
            let_time_pass(MORNING + turn * timedelta(seconds=30))
            shown.add(permitted(world, person).caller_number.number)

        assert shown == {"9512301"}

    def test_does_not_come_back_as_a_pool(self) -> None:
        assert "CN13-NUM-03" in objections(filing__caller__numbers_of_campaign=3)


class TestComplaintsHandledInternally:
    def test_stop_the_campaign_and_not_only_the_number(self, world: World) -> None:
        upheld(world, 1)

        assert "CN13-CMP-05" in refused(world, callee(world, place=500))

    def test_are_not_bought_off_by_one_person(self, world: World) -> None:
        upheld(world, 1)
        suspension = Suspension.objects.get()
        report = corrective_report_write(
            suspension=suspension, text="已停用该名单。", author=world.people.owner, now=MORNING
        )
        corrective_report_approve(report=report, approver=world.people.approver, now=MORNING)

        with pytest.raises(ResumptionRefusedError):
            suspension_end(report=report, actor=ACTOR, now=MORNING)

    def test_are_not_left_behind_with_the_number(self) -> None:
        today = make_facts().at.date()

        assert "CN13-NUM-04" in objections(
            filing__caller__others_marked_on=(today,), filing__caller__in_use_since=today
        )


class TestLeadHarvestingSoftware:
    def test_meets_numbers_that_nobody_can_have(self, house: House, tmp_path: Path) -> None:
        honeypot_plant(
            number=normalise("13577776666"), place="网页陷阱", by=house.compliance, now=NOW
        )

        assert "canary" in rejected(tmp_path, [["手机号"], ["13577776666"]])
        assert not Lead.objects.exists()

    @pytest.mark.parametrize("source", ["爬虫", "采集软件", "抓取"])
    def test_is_no_source(self, house: House, tmp_path: Path, source: str) -> None:
        rows = [["手机号", "来源"], ["13800138000", source]]

        done = run_import(write_text(tmp_path / "a.csv", rows))

        assert done["added"] == 0


class TestPrivacyNumbers:
    def test_are_neither_called_nor_shown(self) -> None:
        assert "CN13-NUM-09" in objections(callee__number_class="privacy_700")
        assert "CN13-NUM-07" in objections(filing__caller__number="70012345678")
