"""CN13-GOV-01: the day's report, and that it stays what it was."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta, timezone
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from audit.models import AuditEntry
from compliance.daily_figures import day_bounds
from compliance.models import DailyReport, Permit
from compliance.services.daily_report_make import DayNotBegunError, daily_report_make
from compliance.tasks import daily_report
from tests.compliance.complaints.cases import complain, talked, upheld
from tests.compliance.gate.referee import forbidden
from tests.world import ACTOR, MORNING, World, ask, beijing, callee, refuse

DAY = date(2026, 3, 11)
EVENING = beijing("2026-03-12 00:00")


def figures(report: DailyReport) -> dict[str, object]:
    said: dict[str, object] = json.loads(bytes(report.body))
    return said


class TestDayBounds:
    @given(
        st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)),
        st.integers(-12, 14),
    )
    def test_put_every_instant_into_one_report(self, wall: datetime, hours: int) -> None:
        at = wall.replace(tzinfo=timezone(timedelta(hours=hours)))
        near = [at.astimezone(UTC).date() + timedelta(days=days) for days in range(-2, 3)]

        days = [day for day in near if day_bounds(day)[0] <= at < day_bounds(day)[1]]

        assert days == [(at.astimezone(UTC) + timedelta(hours=8)).date()]


class TestDailyReport:
    def test_counts_what_happened(self, world: World, call: Permit) -> None:
        person = callee(world, place=3)
        refuse(person, None)
        ask(world, person, seat=world.seats[1])
        upheld(world, 4)

        said = figures(daily_report_make(day=DAY, actor=ACTOR, now=EVENING))

        assert said["decisions"] == [
            {"what": "allow", "count": 1},
            {"what": "refuse", "count": 1},
        ]
        assert {"rule": "CN13-REF-09", "verdict": "refuse", "count": 1} in (
            said["objections_by_rule"]  # type: ignore[operator]
        )
        assert said["refusals"] == [
            {"what": "complaint", "count": 1},
            {"what": "web", "count": 1},
        ]
        assert said["complaints"] == {
            "opened": [{"what": "12321", "count": 1}],
            "steps": [{"what": "upheld", "count": 1}],
            "open_at_the_end": 1,
        }
        assert said["numbers"] == [
            {
                "caller_number": "9512301",
                "trunk": "loopback",
                "permits": 1,
                "placed": 1,
                "answered": 1,
                "people": 1,
            }
        ]
        assert [one["scope"] for one in said["suspensions"]] == ["campaign"]  # type: ignore[attr-defined]

    @pytest.mark.parametrize(
        ("at", "counted"),
        [
            ("2026-03-10 23:59:59.999999", 0),
            ("2026-03-11 00:00", 1),
            ("2026-03-11 23:59:59.999999", 1),
            ("2026-03-12 00:00", 0),
        ],
    )
    def test_counts_the_local_day(self, world: World, at: str, counted: int) -> None:
        world.freeze(beijing(at))
        complain(0, now=beijing(at))

        said = figures(daily_report_make(day=DAY, actor=ACTOR, now=EVENING + timedelta(days=9)))

        assert len(said["complaints"]["opened"]) == counted  # type: ignore[index]

    def test_is_the_same_as_long_as_the_figures_are(self, world: World, call: Permit) -> None:
        first = daily_report_make(day=DAY, actor=ACTOR, now=EVENING)
        again = daily_report_make(day=DAY, actor=ACTOR, now=EVENING + timedelta(days=3))

        assert first == again
        assert first.sha256 == hashlib.sha256(bytes(first.body)).hexdigest()
        entry = AuditEntry.objects.get(action="report.made")
        assert first.sha256.encode() in bytes(entry.body)

    def test_gets_another_edition_if_they_change(self, world: World) -> None:
        daily_report_make(day=DAY, actor=ACTOR, now=MORNING)
        talked(world)

        report = daily_report_make(day=DAY, actor=ACTOR, now=EVENING)

        assert (report.edition, report.complete) == (2, True)
        assert DailyReport.objects.get(edition=1).complete is False

    def test_does_not_foresee(self, world: World) -> None:
        with pytest.raises(DayNotBegunError):
            daily_report_make(day=DAY + timedelta(days=1), actor=ACTOR, now=MORNING)

    def test_cannot_be_changed(self, world: World) -> None:
        daily_report_make(day=DAY, actor=ACTOR, now=MORNING)

        forbidden("UPDATE compliance_dailyreport SET complete = true", match="append-only")

    def test_is_made_by_the_schedule_for_the_day_before(self, world: World) -> None:
        daily_report(from_a_newer_release=True)

        assert DailyReport.objects.get().day == date(2026, 3, 10)


class TestCommand:
    def test_prints_one_json_object(self, world: World, call: Permit) -> None:
        out = StringIO()

        call_command("daily_report", "--date=2026-03-11", "--json", stdout=out)

        said = json.loads(out.getvalue())
        assert said["report"]["day"] == "2026-03-11"
        assert said["complete"] is False
        assert said["sha256"] == DailyReport.objects.get().sha256

    def test_speaks_both_languages(self, world: World) -> None:
        refuse(callee(world), None)
        ask(world, callee(world))
        out = StringIO()

        call_command("daily_report", "--date=2026-03-11", stdout=out)

        assert "平台级全局禁呼 / Global stop: refuse 1" in out.getvalue()

    def test_says_that_a_day_has_not_begun(self, world: World) -> None:
        with pytest.raises(CommandError):
            call_command("daily_report", "--date=2026-03-12")
