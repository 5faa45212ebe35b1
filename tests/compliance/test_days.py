"""Years and quiet days on record: two people, the database as referee, and every decision says."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import Error as DatabaseError
from django.db import transaction

from compliance.days_file import read_year
from compliance.gate import PermitRefusal
from compliance.models import (
    CalendarYear,
    CallerNumber,
    Decision,
    Licence,
    Mandate,
    Permit,
    QuietDays,
    Trunk,
    User,
)
from compliance.selectors.calendar_alarm import calendar_alarms
from compliance.services.calendar_year import (
    CalendarApprovalError,
    NotACalendarKeeperError,
    calendar_approve,
    calendar_propose,
)
from compliance.services.quiet_days import (
    QuietDaysError,
    quiet_days_declare,
    quiet_days_revoke,
    quiet_days_revoke_ask,
)
from tests.compliance.test_calendar_file import stated
from tests.world import MORNING, World, ask, beijing, build_world, callee, consent, freeze

WEDNESDAY_2027 = "2027-03-10 10:00"


@pytest.fixture
def world(transactional_db: None) -> World:
    return build_world()


def in_2027(world: World, at: str = WEDNESDAY_2027) -> datetime:
    """Move everything that runs out into 2027."""
    later = date(2040, 1, 1)
    Mandate.objects.update(valid_until=later)
    Licence.objects.update(expires_on=later)
    CallerNumber.objects.update(certificate_until=later)
    Trunk.objects.update(reviewed_on=date(2027, 3, 1))
    return freeze(beijing(at))


def propose(world: World, text: str | None = None) -> CalendarYear:
    year = read_year((text or stated()).encode())
    return calendar_propose(year=year, proposed_by=world.people.owner, now=MORNING)


def approve(world: World, row: CalendarYear, by: User | None = None) -> CalendarYear:
    return calendar_approve(
        proposal_id=row.pk, approved_by=by or world.people.approver, now=MORNING
    )


class TestYear:
    def test_counts_as_days_off_until_two_people_put_it_in_force(self, world: World) -> None:
        in_2027(world)
        person = callee(world)
        consent(world.filing, [person], given_at=beijing("2027-03-01 10:00"))

        without = ask(world, person)
        row = propose(world)
        proposed = ask(world, person)
        approve(world, row)
        answer = ask(world, person)

        for refused in (without, proposed):
            assert isinstance(refused, PermitRefusal)
            assert "CN13-TIM-04" in refused.rules
        assert "CN13-TIM-04" not in getattr(answer, "rules", ())
        facts = bytes(Decision.objects.get(pk=answer.decision_id).facts).decode()
        assert row.sha256 in facts  # the digest is in every decision

    def test_is_not_approved_by_its_proposer(self, world: World) -> None:
        row = propose(world)

        with pytest.raises(CalendarApprovalError):
            approve(world, row, by=world.people.owner)
        with pytest.raises(DatabaseError), transaction.atomic():
            CalendarYear.objects.update(approved_by=world.people.owner, approved_at=MORNING)

    @pytest.mark.parametrize("role", ["supervisor", "agent", "regulator"])
    def test_is_neither_proposed_nor_approved_by_others(self, world: World, role: str) -> None:
        row = propose(world)
        User.objects.filter(username="author").update(role=role)
        other = User.objects.get(username="author")

        with pytest.raises(NotACalendarKeeperError):
            approve(world, row, by=other)
        with pytest.raises(NotACalendarKeeperError):
            calendar_propose(year=read_year(stated().encode()), proposed_by=other, now=MORNING)

    def test_is_approved_once(self, world: World) -> None:
        row = propose(world)
        approve(world, row)

        with pytest.raises(CalendarApprovalError):
            approve(world, row, by=world.people.owner)

    @pytest.mark.parametrize(
        "change",
        [
            lambda rows, world: rows.update(days="w" * 365),
            lambda rows, world: rows.update(proposed_by=world.people.author),
            lambda rows, world: rows.update(approved_by=None, approved_at=None),
            lambda rows, world: rows.delete(),
        ],
    )
    def test_cannot_be_altered_in_the_database(
        self, world: World, change: Callable[[Any, World], object]
    ) -> None:
        approve(world, propose(world))

        with pytest.raises(DatabaseError), transaction.atomic():
            change(CalendarYear.objects.all(), world)

    def test_is_not_born_approved(self, world: World) -> None:
        row = propose(world)
        row.pk = None
        row.approved_by, row.approved_at = world.people.approver, MORNING

        with pytest.raises(DatabaseError), transaction.atomic():
            row.save(force_insert=True)


class TestAlarm:
    @pytest.mark.parametrize(
        ("at", "years"),
        [
            ("2026-10-31 23:59", []),
            ("2026-11-01 00:00", [2027]),
            ("2027-01-01 00:00", [2027]),
            ("2027-11-01 00:00", [2027, 2028]),
        ],
    )
    def test_comes_on_1_november(self, world: World, at: str, years: list[int]) -> None:
        assert [alarm.year for alarm in calendar_alarms(now=beijing(at))] == years

    def test_names_what_waits_and_ends_with_the_approval(self, world: World) -> None:
        now = beijing("2026-11-22 10:00")
        row = propose(world)
        (alarm,) = calendar_alarms(now=now)
        assert alarm.proposal == row.pk

        approve(world, row)

        assert calendar_alarms(now=now) == []


class TestQuiet:
    def declare(self, world: World, provinces: tuple[str, ...] = ("CN-*",)) -> QuietDays:
        return quiet_days_declare(
            first_day=date(2026, 3, 11),
            last_day=date(2026, 3, 12),
            provinces=provinces,
            reason="全国哀悼日",
            source="国务院公告",
            declared_by=world.people.author,
            now=MORNING,
        )

    def test_days_stop_calls_by_one_person_and_at_once(self, world: World) -> None:
        person = callee(world)
        self.declare(world)

        answer = ask(world, person)

        assert isinstance(answer, PermitRefusal)
        assert "CN13-TIM-10" in answer.rules
        assert answer.retry_at == beijing("2026-03-13 09:00")

    def test_days_elsewhere_stop_nobody_here(self, world: World) -> None:
        self.declare(world, ("CN-SC",))

        assert isinstance(ask(world, callee(world)), Permit)

    def test_days_end_by_two_people(self, world: World) -> None:
        days = self.declare(world)
        with pytest.raises(QuietDaysError):
            quiet_days_revoke(days=days, revoked_by=world.people.approver, now=MORNING)
        quiet_days_revoke_ask(days=days, asked_by=world.people.approver, now=MORNING)
        with pytest.raises(QuietDaysError):
            quiet_days_revoke(days=days, revoked_by=world.people.approver, now=MORNING)
        assert isinstance(ask(world, callee(world)), PermitRefusal)

        quiet_days_revoke(days=days, revoked_by=world.people.owner, now=MORNING)

        assert isinstance(ask(world, callee(world)), Permit)

    def test_days_do_not_end_by_agents(self, world: World) -> None:
        days, (first, second) = self.declare(world), (seat.agent for seat in world.seats[:2])
        with pytest.raises(QuietDaysError, match="cannot end"):
            quiet_days_revoke_ask(days=days, asked_by=first, now=MORNING)
        quiet_days_revoke_ask(days=days, asked_by=world.people.approver, now=MORNING)
        with pytest.raises(QuietDaysError, match="cannot end"):
            quiet_days_revoke(days=days, revoked_by=second, now=MORNING)

    def test_days_do_not_end_by_one_in_the_database(self, world: World) -> None:
        self.declare(world)
        one = world.people.owner
        for change in (
            {"revoked_by": one, "revoked_at": MORNING},
            {"revoke_asked_by": one, "revoked_by": one, "revoked_at": MORNING},
            {"last_day": date(2026, 3, 11)},
            {"provinces": ["CN-SC"]},
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                QuietDays.objects.update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            QuietDays.objects.all().delete()

    def test_days_begin_before_they_end(self, world: World) -> None:
        with pytest.raises(QuietDaysError):
            quiet_days_declare(
                first_day=date(2026, 3, 12),
                last_day=date(2026, 3, 12) - timedelta(days=1),
                provinces=("CN-*",),
                reason="",
                source="",
                declared_by=world.people.author,
                now=MORNING,
            )


class TestCommands:
    def run(self, *arguments: str) -> dict[str, Any]:
        out = StringIO()
        call_command(*arguments, "--json", stdout=out)
        told: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
        return told

    def test_propose_and_approve(self, world: World, tmp_path: Path) -> None:
        file = tmp_path / "2027.toml"
        file.write_text(stated())
        User.objects.filter(pk=world.people.owner.pk).update(role=User.Role.ADMINISTRATOR)
        owner, approver = world.people.owner.username, world.people.approver.username

        proposed = self.run("calendar_propose", str(file), "--by", owner)
        with pytest.raises(CommandError):
            self.run("calendar_approve", str(proposed["proposal"]), "--by", owner)
        approved = self.run("calendar_approve", str(proposed["proposal"]), "--by", approver)

        assert (proposed["in_force"], approved["in_force"]) == (False, True)
        assert proposed["sha256"] == approved["sha256"]

    def test_check_leaves_with_3_while_a_year_is_missing(self, world: World) -> None:
        self.run("calendar_check")
        freeze(beijing("2026-11-22 10:00"))

        with pytest.raises(SystemExit) as left:
            self.run("calendar_check")

        assert left.value.code == 3
