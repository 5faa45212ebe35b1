"""Case 3: blind calls, numbers that rotate, a city called in a year, lists by the row."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from compliance.imports.outcome import ImportRefusedError
from compliance.models import CampaignFiling, Permit
from compliance.rulebook.facts import UseFacts
from compliance.services.list_choose import ListChoice, list_choose
from compliance.services.number_change_approve import (
    ChangeNotApprovableError,
    number_change_approve,
)
from dialer.models import Lead
from tests.compliance.imports.house import NOW, House
from tests.compliance.rulebook.build import make_attempt, make_facts
from tests.scenarios.abuses.asking import objections, rejected
from tests.world import MORNING, World, callee, make_caller_number, permitted


class TestAgentWhoDoesNotKnowWhoIsCalled:
    def test_is_called_for_by_no_machine(self) -> None:
        assert "CN13-DIA-02" in objections(seat__ready_at=None)

    def test_shows_the_filed_number_and_no_other(self, world: World) -> None:
        permit = permitted(world, callee(world))
        other = make_caller_number(world.operator, world.trunk, number="9512302")

        assert permit.caller_number == world.caller_number
        with pytest.raises(DatabaseError), transaction.atomic():
            Permit.objects.filter(pk=permit.pk).update(caller_number=other)


class TestNumbersRotatingAcrossCities:
    def test_are_one_for_a_campaign(self) -> None:
        assert "CN13-NUM-03" in objections(filing__caller__numbers_of_campaign=2)
        assert "CN13-NUM-04" in objections(filing__caller__replaces=True)

    def test_are_not_exchanged_under_a_campaign(self, world: World) -> None:
        other = make_caller_number(world.operator, world.trunk, number="9512302")

        with pytest.raises(DatabaseError), transaction.atomic():
            CampaignFiling.objects.filter(pk=world.filing.pk).update(caller_number=other)

    @pytest.mark.parametrize("reason", ["", "   "])
    def test_are_not_exchanged_by_one_person_or_for_no_reason(
        self, world: World, reason: str
    ) -> None:
        other = make_caller_number(world.operator, world.trunk, number="9512302")
        people = world.people

        for approver, why in ((people.approver, reason), (people.author, "换号")):
            with pytest.raises(ChangeNotApprovableError):
                number_change_approve(
                    principal=world.principal,
                    purpose="P3",
                    previous=world.caller_number,
                    number=other,
                    reason=why,
                    author=people.author,
                    approver=approver,
                    now=MORNING,
                )


class TestAllOfBeijingInAYear:
    def test_reaches_nobody_a_fourth_time_a_day(self) -> None:
        at = make_facts().at
        others = tuple(
            make_attempt(at=at - timedelta(hours=hours), same_principal=False, answered=True)
            for hours in (3, 9, 20)
        )

        assert "CN13-FRQ-02" in objections(attempts=others)
        assert "CN13-FRQ-02" not in objections(attempts=others[1:])

    def test_does_not_fit_the_seats_and_the_numbers(self) -> None:
        at = make_facts().at

        number = UseFacts(count=500, oldest_at=at - timedelta(hours=5))
        seat = UseFacts(count=120, oldest_at=at - timedelta(hours=5))

        assert objections(line__caller_day=number) == {"CN13-DIA-04"}
        assert objections(seat__day=seat) == {"CN13-DIA-03"}

    def test_takes_no_list_made_by_counting(self, house: House, tmp_path: Path) -> None:
        rows = [["手机号"], *([f"1380013{n * 3:04d}"] for n in range(120))]

        assert "looks generated" in rejected(tmp_path, rows)
        assert not Lead.objects.exists()


class TestListsForATenthOfAYuan:
    @pytest.mark.parametrize("source", ["bought", "exchange", "population_register", ""])
    def test_have_no_source_that_can_be_declared(self, house: House, source: str) -> None:
        bought = ListChoice(reference="x", source=source, collected_by="y", notice_text="z")

        with pytest.raises(ImportRefusedError):
            list_choose(choice=bought, principal=house.principal, by=house.supervisor, now=NOW)

    def test_ring_the_alarm_of_the_criminal_threshold(self, house: House, tmp_path: Path) -> None:
        rows = [["手机号", "来源", "月收入"]]
        rows += [[f"1380013{n * 37:04d}", "购买", "9000"] for n in range(50)]

        assert "criminal threshold of 50" in rejected(tmp_path, rows)
        house.world.contact_list.refresh_from_db()
        assert house.world.contact_list.cause == "LST-03"
