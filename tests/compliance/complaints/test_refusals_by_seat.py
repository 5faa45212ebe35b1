"""CN13-REF-05: the daily report on refusals by seat, in the order of their codes."""

import json
from datetime import date, timedelta
from io import StringIO

from django.core.management import call_command

from compliance.models import Permit, Seat
from compliance.selectors.refusals_by_seat import refusals_by_seat
from compliance.services.permit_close import permit_close
from compliance.services.refusal_record import refusal_record
from tests.stages import staged
from tests.world import ACTOR, MORNING, World, beijing, callees, freeze, let_time_pass, permitted

DAY = date(2026, 3, 11)
CALLS = 12
END = beijing("2026-03-12 00:00")


@staged
def answered(world: World) -> dict[Seat, list[Permit]]:
    """Twelve answered calls of each of two seats; all of the second's callees pressed 9."""
    people = callees(world, 2 * CALLS)
    calls: dict[Seat, list[Permit]] = {seat: [] for seat in world.seats[:2]}
    for turn in range(CALLS):
        let_time_pass(MORNING + turn * timedelta(minutes=2))
        for seat, own in calls.items():
            person = people.pop()
            permit = permitted(world, person, seat=seat)
            at = permit.issued_at
            Permit.objects.filter(pk=permit.pk).update(state="redeemed", redeemed_at=at)
            permit_close(permit_id=permit.pk, result="answered", talk_seconds=30, ended_at=at)
            own.append(permit)
    return calls


def press_nine(world: World, permits: list[Permit]) -> None:
    for permit in permits:
        refusal_record(
            person_id=permit.person_id,
            principal=world.principal,
            source="key_9",
            evidence=f"permit:{permit.pk}",
            actor=ACTOR,
            now=permit.issued_at,
        )


class TestReport:
    def test_marks_the_seat_that_has_far_fewer_and_ranks_nobody(
        self, world: World, answered: dict[Seat, list[Permit]]
    ) -> None:
        silent, honest = answered
        press_nine(world, answered[honest][:8])

        told = refusals_by_seat(until=END)

        assert told == [
            {
                "seat": silent.code,
                "answered": CALLS,
                "refused": 0,
                "expected_milli": 8000,
                "overruled": 0,
                "check_all": True,
            },
            {
                "seat": honest.code,
                "answered": CALLS,
                "refused": 8,
                "expected_milli": 0,
                "overruled": 0,
                "check_all": False,
            },
        ]
        press_nine(world, answered[silent][:8])
        assert [row["seat"] for row in refusals_by_seat(until=END)] == [silent.code, honest.code]
        assert [row["check_all"] for row in refusals_by_seat(until=END)] == [False, False]
        assert refusals_by_seat(until=END + timedelta(days=31)) == []

    def test_is_part_of_the_days_report(
        self, world: World, answered: dict[Seat, list[Permit]]
    ) -> None:
        silent, honest = answered
        press_nine(world, answered[honest])
        freeze(END)

        out, plain = StringIO(), StringIO()
        call_command("daily_report", date=DAY, json=True, stdout=out)
        call_command("daily_report", date=DAY, stdout=plain)

        rows = json.loads(out.getvalue())["report"]["refusals_by_seat"]
        assert [(row["seat"], row["check_all"]) for row in rows] == [
            (silent.code, True),
            (honest.code, False),
        ]
        assert f"坐席 {silent.code}" in plain.getvalue()
        assert f"坐席 {honest.code}" not in plain.getvalue()
