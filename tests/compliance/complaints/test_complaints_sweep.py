"""CN13-CMP-02: the clocks of a complaint, and what is still stopped when nobody winds them."""

import json
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from compliance.gate import PermitRefusal
from compliance.models import Complaint, Suspension, User
from compliance.services.complaint_step import complaint_step
from compliance.services.complaints_sweep import complaints_sweep
from compliance.tasks import complaints
from tests.compliance.complaints.cases import complain
from tests.stages import staged
from tests.world import MORNING, World, ask, beijing, callee, consent

LATE, ESCALATED, OVERDUE = "2026-03-16 00:00", "2026-03-25 00:00", "2026-04-01 00:00"
JUST_BEFORE = timedelta(microseconds=1)


@staged
def case(world: World) -> Complaint:
    return complain(0, filing=world.filing).complaint


def kinds(case: Complaint) -> list[str]:
    return list(case.events.order_by("pk").values_list("kind", flat=True))


def rung(at: str, *, early: timedelta = timedelta(0)) -> list[str]:
    return [one.kind for one in complaints_sweep(now=beijing(at) - early)]


class TestClocks:
    @pytest.mark.parametrize(
        ("at", "kind"), [(LATE, "late"), (ESCALATED, "escalated"), (OVERDUE, "overdue")]
    )
    def test_ring_with_the_first_moment_of_their_day_and_once(
        self, case: Complaint, at: str, kind: str
    ) -> None:
        assert kind not in rung(at, early=JUST_BEFORE)
        assert kind in rung(at)
        assert rung(at) == []

    def test_spare_a_case_that_is_closed(self, world: World, case: Complaint) -> None:
        for kind in ("rejected", "answered", "closed"):
            complaint_step(complaint=case, kind=kind, by=world.people.approver, now=MORNING)

        assert rung(OVERDUE) == []

    def test_do_not_call_late_what_was_found_in_time(self, world: World, case: Complaint) -> None:
        complaint_step(complaint=case, kind="rejected", by=world.people.approver, now=MORNING)

        assert rung(ESCALATED) == ["escalated"]


class TestOverdue:
    def judged(self, world: World, at: datetime) -> tuple[str, ...]:
        world.freeze(at)
        person = callee(world, place=300, consented=False)
        consent(world.filing, [person], given_at=at - timedelta(days=1))
        answer = ask(world, person, now=at)
        return answer.rules if isinstance(answer, PermitRefusal) else ()

    def test_stops_the_campaign_even_if_nobody_sweeps(self, world: World, case: Complaint) -> None:
        assert self.judged(world, beijing("2026-03-31 10:00")) == ()
        assert self.judged(world, beijing("2026-04-01 10:00")) == ("CN13-CMP-02",)
        assert not Suspension.objects.exists()

    def test_is_not_mended_by_closing_late(
        self, world: World, case: Complaint, second: User
    ) -> None:
        at = beijing("2026-04-01 10:00")
        complaints_sweep(now=at)
        for kind in ("rejected", "answered", "closed"):
            complaint_step(complaint=case, kind=kind, by=second, now=at)

        assert Suspension.objects.get().cause == "overdue"
        assert self.judged(world, at) == ("CN13-CMP-05",)

    def test_has_nothing_to_suspend_for_a_number_we_never_called(self, world: World) -> None:
        case = complain(9).complaint

        complaints_sweep(now=beijing(OVERDUE))

        assert "overdue" in kinds(case)
        assert not Suspension.objects.exists()


class TestSchedule:
    def test_rings_the_clocks(self, world: World, case: Complaint) -> None:
        world.freeze(beijing(LATE))

        complaints(from_a_newer_release=True)

        assert kinds(case) == ["late"]


class TestCommand:
    def test_prints_one_json_object(self, world: World, case: Complaint) -> None:
        world.freeze(beijing(OVERDUE))
        out = StringIO()

        call_command("complaint_clocks", "--json", stdout=out)

        said = json.loads(out.getvalue())
        assert [one["clock"] for one in said["rung"]] == ["late", "escalated", "overdue"]
        assert said["rung"][-1]["suspended_filings"] == [world.filing.pk]
        assert said["open"][0]["due"] == "2026-04-01"

    def test_speaks_both_languages(self, case: Complaint) -> None:
        out = StringIO()

        call_command("complaint_clocks", stdout=out)

        assert "未结投诉 1 件" in out.getvalue()
        assert "1 complaints are open" in out.getvalue()
