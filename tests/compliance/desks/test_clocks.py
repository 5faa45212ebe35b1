"""The list of clocks: everything that expires or falls due, and an exit code for it."""

import io
import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command

from compliance.models import CallerNumber, Licence, Seat, Trunk
from compliance.numbers import normalise
from compliance.selectors.clock_due import Due
from compliance.selectors.clocks import clocks
from compliance.services.complaint_open import Intake, complaint_open
from compliance.services.external_list import external_list_apply, external_list_register
from compliance.services.incident import incident_open, incident_step, playbook_record
from compliance.services.number_clocks import filing_change_record
from compliance.services.outlet_register import outlet_register
from compliance.services.subject_request_open import subject_request_open
from tests.compliance.desks.test_contract_end import audited, certify, earlier_contract
from tests.compliance.desks.test_contract_end import retire_lists as retire
from tests.compliance.gate.test_sealed import sealed
from tests.world import ACTOR, MORNING, World, beijing, number_at, sha256

DAY = timedelta(days=1)
TODAY = date(2026, 3, 11)
KINDS = {
    "licence", "mandate", "document", "number_certificate", "call_back_test", "channel_test",
    "trunk_review", "training", "playbook", "audit", "list_age",
}  # fmt: skip


def of(kind: str, *, now: datetime = MORNING) -> list[Due]:
    return [due for due in clocks(now=now) if due.clock == kind]


def days(kind: str, *, now: datetime = MORNING) -> list[tuple[date, bool]]:
    return [(due.due_on, due.overdue) for due in of(kind, now=now)]


class TestClocks:
    def test_of_a_house_in_order_are_all_ahead(self, world: World) -> None:
        found = clocks(now=MORNING)

        assert {due.clock for due in found} == KINDS
        assert not any(due.overdue for due in found)
        assert [due.due_on for due in found] == sorted(due.due_on for due in found)

    @pytest.mark.parametrize(
        ("lag_s", "stopped", "clocks_of_it"),
        [(60, "", []), (61, "", [False]), (901, "", [True]), (0, "quarantine", [True])],
    )
    def test_of_sealing_run_once_it_is_late(
        self, world: World, lag_s: int, stopped: str, clocks_of_it: list[bool]
    ) -> None:
        sealed(lag_s=lag_s - 0.9, stopped=stopped)

        assert [due.overdue for due in of("sealing")] == clocks_of_it
        assert all(due.stops_calls for due in of("sealing"))

    @pytest.mark.parametrize(
        ("last", "overdue"), [(TODAY - DAY, True), (TODAY, False), (TODAY + DAY, False)]
    )
    def test_are_overdue_once_their_last_good_day_is_over(
        self,
        world: World,
        last: date,
        overdue: bool,  # noqa: FBT001
    ) -> None:
        Licence.objects.update(expires_on=last)
        CallerNumber.objects.update(certificate_until=last)

        assert days("licence") == [(last, overdue)]
        assert days("number_certificate") == [(last, overdue)]

    def test_follow_the_rulebooks_numbers(self, world: World) -> None:
        Trunk.objects.update(reviewed_on=TODAY - 180 * DAY)

        assert days("trunk_review") == [(TODAY, False)]
        assert days("training") == [(date(2026, 2, 9) + 180 * DAY, False)]
        assert days("list_age") == [(TODAY + 180 * DAY, False)]

    def test_name_a_mandate_that_ends_and_then_its_data(self, world: World) -> None:
        later = beijing("2027-01-02 10:00")

        assert days("mandate") == [(date(2026, 12, 31), False)]
        assert of("data_return") == []
        assert days("mandate", now=later) == [(date(2026, 12, 31), True)]
        assert days("data_return", now=later) == [(date(2027, 1, 30), False)]

    def test_forget_a_principal_that_left(self, world: World) -> None:
        earlier_contract(world)
        assert days("data_return") == [(date(2025, 12, 31), True)]

        retire()
        certify(world)

        assert of("data_return") == []

    def test_count_working_days_for_a_filing(self, world: World) -> None:
        filing_change_record(
            number=world.caller_number,
            what="地址 address",
            changed_on=date(2026, 3, 6),
            actor=ACTOR,
            now=MORNING,
        )

        assert days("number_filing") == [(date(2026, 3, 20), False)]

    def test_stop_with_the_seat(self, world: World) -> None:
        Seat.objects.update(active=False)

        assert of("training") == []

    def test_remind_of_an_outlet_that_nobody_saw(self, world: World) -> None:
        outlet_register(
            code="new",
            name="新职场",
            address="示例路 9 号",
            province="CN-SH",
            company=world.operator.legal_name,
            credit_code="X",
            legal_person="某人",
            actor=ACTOR,
            now=MORNING - DAY,
        )

        assert days("outlet_inspection") == [(TODAY - DAY, True)]

    def test_run_for_lists_of_others_from_their_registration(self, world: World) -> None:
        external = external_list_register(
            code="association", name="协会名单", industry="", actor=ACTOR, now=MORNING
        )
        assert days("external_list") == [(TODAY, False)]

        external_list_apply(
            external=external,
            version="1",
            as_of=MORNING - 30 * DAY,
            numbers=[],
            file_sha256=sha256("file"),
            actor=ACTOR,
            now=MORNING,
        )

        assert days("external_list")[0][1] is True

    def test_run_for_cases_until_they_are_done(self, world: World) -> None:
        complaint_open(
            number=normalise(number_at(0)),
            intake=Intake(channel="12321"),
            actor=ACTOR,
            now=MORNING,
        )
        subject_request_open(
            number=normalise(number_at(1)),
            kind="access",
            channel="web",
            principal=None,
            actor=ACTOR,
            now=MORNING,
        )

        assert days("complaint") == [(date(2026, 3, 31), False)]  # calls stop on 1 April
        assert days("complaint", now=beijing("2026-04-01 00:00"))[0][1] is True
        assert days("subject_request") == [(date(2026, 4, 1), False)]

    def test_of_an_incident_run_by_the_hour(self, world: World) -> None:
        incident = incident_open(
            kind="lost",
            summary="硬盘丢失 a disk is gone",
            data_kinds="录音 recordings",
            persons=3,
            noticed_at=MORNING,
            actor=ACTOR,
            now=MORNING,
        )
        in_time, late = MORNING + timedelta(hours=24), MORNING + timedelta(hours=24, seconds=1)

        assert [due.overdue for due in of("incident", now=in_time)] == [True, False, False]
        assert [due.overdue for due in of("incident", now=late)] == [True, True, False]
        incident_step(incident=incident, kind="contained", by=world.people.approver, now=MORNING)
        assert len(of("incident")) == 2

    def test_come_round_every_year(self, world: World) -> None:
        assert days("playbook") == [(TODAY, False)]
        assert days("audit") == [(TODAY + 365 * DAY, False)]
        playbook_record(
            document_sha256=sha256("playbook"),
            rehearsed_on=date(2026, 3, 1),
            author=world.people.author,
            approver=world.people.approver,
            now=MORNING,
        )
        audited(world)

        assert days("playbook") == [(date(2027, 3, 1), False)]
        assert days("audit") == [(date(2027, 2, 1), False)]

    @pytest.mark.parametrize(
        ("at", "expected"),
        [
            ("2026-10-31 23:59", []),
            ("2026-11-01 00:00", [(date(2026, 12, 31), False)]),
            ("2027-01-01 00:00", [(date(2026, 12, 31), True)]),
        ],
    )
    def test_ask_for_the_next_years_holidays_from_november(
        self, world: World, at: str, expected: list[tuple[date, bool]]
    ) -> None:
        assert days("calendar", now=beijing(at)) == expected

    def test_say_what_they_are_in_both_languages(self, world: World) -> None:
        for due in clocks(now=MORNING):
            assert due.words.zh
            assert due.words.en.isascii() or "“" in due.words.en


def run(*args: str) -> tuple[dict[str, Any], int]:
    out, code = io.StringIO(), 0
    try:
        call_command("clocks", "--json", *args, stdout=out)
    except SystemExit as left:
        code = int(str(left.code))
    data: dict[str, Any] = json.loads(out.getvalue())
    return data, code


class TestCommand:
    def test_leaves_with_1_if_something_is_overdue(self, world: World) -> None:
        data, code = run()
        assert (data["overdue"], code) == (0, 0)

        Licence.objects.update(expires_on=TODAY - DAY)
        data, code = run("--within", "0")

        assert (data["overdue"], code) == (1, 1)
        assert data["clocks"][0] | {"zh": "", "en": ""} == {
            "clock": "licence",
            "object": f"operator:{world.operator.pk}",
            "due_on": "2026-03-10",
            "days_left": -1,
            "overdue": True,
            "stops_calls": True,
            "zh": "",
            "en": "",
        }

    def test_looks_no_further_than_asked(self, world: World) -> None:
        data, _ = run("--within", "10")

        assert all(row["days_left"] <= 10 for row in data["clocks"])
        assert data["clocks"]
