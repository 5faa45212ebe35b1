"""CN13-CMP-01: a complaint stops every call to the number before anybody looks at it."""

import json
from datetime import date, timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, transaction

from audit.models import AuditEntry
from compliance.gate import PermitRefusal
from compliance.models import Complaint, Permit, Person, Refusal
from compliance.numbers import normalise
from compliance.services import complaint_open as module
from compliance.services.complaint_open import Intake, complaint_open
from compliance.working_days import working_day
from tests.compliance.complaints.cases import complain
from tests.compliance.gate.referee import forbidden
from tests.world import (
    ACTOR,
    MORNING,
    World,
    ask,
    callee,
    consent,
    make_campaign,
    make_principal,
    number_at,
    permitted,
)


class TestComplaintOpen:
    @pytest.mark.parametrize("channel", Complaint.Channel.values)
    def test_stops_the_number_for_every_principal_through_any_channel(
        self, world: World, channel: str
    ) -> None:
        person = callee(world)
        other = make_campaign(
            people=world.people,
            principal=make_principal(name="另一家公司", industry="retail"),
            caller_number=world.caller_number,
            trunk=world.trunk,
            code="other",
        )
        consent(other.filing, [person])

        complain(0, channel=channel)

        for filing in (world.filing, other.filing):
            answer = ask(world, person, filing=filing)
            assert isinstance(answer, PermitRefusal)
            assert "CN13-REF-09" in answer.rules

    def test_voids_the_permits_that_are_out(self, world: World) -> None:
        permit = permitted(world, callee(world))

        opened = complain(0)

        permit.refresh_from_db()
        assert permit.state == Permit.State.VOID
        assert opened.voided_permits == 1

    def test_stops_a_number_that_nobody_here_knows(self, world: World) -> None:
        opened = complain(77)

        person = Person.objects.get()
        assert opened.complaint.person == person
        assert Refusal.objects.get().everywhere
        consent(world.filing, [person])
        assert isinstance(ask(world, person), PermitRefusal)

    def test_accuses_the_seat_and_the_campaign_of_the_call(
        self, world: World, call: Permit
    ) -> None:
        case = complain(0, permit_id=call.pk).complaint

        accused = case.accused.get()
        assert (accused.permit, accused.seat, accused.agent) == (
            call, call.seat, call.seat.agent,
        )  # fmt: skip
        assert (accused.filing, accused.principal) == (world.filing, world.principal)
        assert accused.outlet == call.seat.outlet.code

    @pytest.mark.parametrize("unknown", [None, uuid4()])
    def test_accuses_whoever_called_lately_if_nobody_says_which_call(
        self, call: Permit, unknown: None
    ) -> None:
        assert complain(0, permit_id=unknown).complaint.accused.get().permit == call

    def test_accuses_nobody_over_calls_of_long_ago(self, world: World, call: Permit) -> None:
        late = MORNING + timedelta(days=61)
        world.freeze(late)

        assert not complain(0, now=late).complaint.accused.exists()

    def test_accuses_a_campaign_that_was_only_named(self, world: World) -> None:
        accused = complain(0, filing=world.filing).complaint.accused.get()

        assert (accused.seat, accused.filing) == (None, world.filing)

    def test_keeps_numbers_out_of_the_record(self, world: World) -> None:
        told = f"他们用 {number_at(5)} 打给我 13800138000"

        case = complain(5, summary=told, external_ref="13900001111").complaint

        assert "138" not in case.summary
        assert "139" not in case.external_ref
        assert b"13900001111" not in b"".join(bytes(e.body) for e in AuditEntry.objects.all())

    def test_counts_a_reference_once(self, world: World) -> None:
        first = complain(0, external_ref="A-1").complaint
        again = complain(0, external_ref="A-1").complaint

        assert first == again
        assert Refusal.objects.count() == 2  # saying no twice harms nobody

    def test_loses_nobody_to_a_reference_that_was_given_twice(self, world: World) -> None:
        first = complain(0, external_ref="A-1").complaint
        other = complain(1, external_ref="A-1").complaint

        assert first != other
        assert other.summary == "A-1"
        assert Complaint.objects.count() == 2

    def test_runs_its_clocks_from_the_day_of_receipt(self, world: World) -> None:
        """Wednesday, 11 March 2026; no holiday before Tomb-Sweeping Day."""
        case = complain(0).complaint

        assert case.internal_due_on == date(2026, 3, 16)
        assert case.escalate_on == date(2026, 3, 25)
        assert case.due_on == date(2026, 4, 1)

    def test_does_not_believe_that_it_came_in_the_future(self, world: World) -> None:
        intake = Intake(channel="letter", received_at=MORNING + timedelta(days=30))

        opened = complaint_open(
            number=normalise(number_at(0)), intake=intake, actor=ACTOR, now=MORNING
        )

        assert opened.complaint.received_at == MORNING

    def test_stops_the_number_even_if_the_case_cannot_be_written(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(**_: object) -> date:
            raise LookupError

        monkeypatch.setattr(module, "working_day", broken)
        person = callee(world)

        with pytest.raises(LookupError):
            complain(0)

        assert not Complaint.objects.exists()
        assert isinstance(ask(world, person), PermitRefusal)

    def test_is_on_the_record(self, world: World, call: Permit) -> None:
        case = complain(0).complaint

        entry = AuditEntry.objects.get(action="complaint.opened")
        assert entry.object == f"complaint:{case.pk}"


class TestReceipt:
    def test_goes_to_the_complainant_alone(self, world: World) -> None:
        web, told_to_a_seat = complain(0, channel="web"), complain(1, channel="in_call")

        assert len(web.receipt) == 24
        assert web.receipt not in web.complaint.receipt_sha256
        assert told_to_a_seat.receipt == told_to_a_seat.complaint.receipt_sha256 == ""


class TestComplaintRow:
    def test_needs_the_stop_first(self, world: World) -> None:
        case = complain(0).complaint
        narrow = Refusal.objects.create(
            person=case.person,
            principal=world.principal,
            industry="education",
            everywhere=False,
            source="web",
            evidence="x",
            recorded_at=MORNING,
            recorded_by=ACTOR,
        )
        case.pk, case.refusal = None, narrow

        with pytest.raises(IntegrityError, match="stops every call"), transaction.atomic():
            case.save(force_insert=True)

    @pytest.mark.parametrize("table", ["complaint", "complaintaccused", "complaintevent"])
    def test_is_never_changed_or_removed(self, world: World, call: Permit, table: str) -> None:
        complain(0)

        forbidden(f"DELETE FROM compliance_{table}", match="append-only")
        forbidden(f"UPDATE compliance_{table} SET id = id", match="append-only")
        forbidden(f"TRUNCATE compliance_{table} CASCADE", match="append-only")

    def test_kills_the_permits_of_the_campaign_it_is_about(self, world: World) -> None:
        before = permitted(world, callee(world, place=1)).epoch

        complain(0, filing=world.filing)

        after = permitted(world, callee(world, place=2), seat=world.seats[1]).epoch
        assert after > before

    def test_keeps_its_clocks_in_order(self, world: World) -> None:
        case = complain(0).complaint
        case.pk, case.due_on = None, date(2026, 3, 12)

        with pytest.raises(DatabaseError), transaction.atomic():
            case.save(force_insert=True)


class TestWorkingDay:
    @pytest.mark.parametrize(
        ("after", "count", "expected"),
        [
            (date(2026, 3, 11), 1, date(2026, 3, 12)),
            (date(2026, 3, 13), 1, date(2026, 3, 16)),  # over a weekend
            (date(2026, 4, 3), 1, date(2026, 4, 7)),  # over Tomb-Sweeping Day
            (date(2026, 9, 18), 1, date(2026, 9, 20)),  # a Sunday that is worked
        ],
    )
    def test_follows_the_notices_of_the_state_council(
        self, after: date, count: int, expected: date
    ) -> None:
        assert working_day(after=after, count=count) == expected

    def test_runs_on_every_day_of_a_year_without_a_notice(self) -> None:
        assert working_day(after=date(2099, 1, 1), count=15) == date(2099, 1, 16)


class TestCommand:
    def test_prints_one_json_object(self, world: World) -> None:
        out = StringIO()
        call_command(
            "complaint_open",
            number_at(0),
            "--channel=12345",
            "--ref=SH-2026-1",
            "--received=2026-03-10 09:00",
            "--permit=what",
            "--campaign=none",
            "--json",
            stdout=out,
        )

        said = json.loads(out.getvalue())
        assert said["clocks"]["due"] == "2026-03-31"
        assert said["not_understood"] == ["--permit", "--campaign"]
        assert number_at(0) not in out.getvalue()
        assert Complaint.objects.get().pk == said["case"]

    def test_speaks_both_languages(self, world: World) -> None:
        out = StringIO()
        call_command("complaint_open", number_at(0), "--channel=letter", stdout=out)

        assert "全平台停呼" in out.getvalue()
        assert "called by nobody" in out.getvalue()

    def test_says_what_is_no_number(self, world: World) -> None:
        with pytest.raises(CommandError):
            call_command("complaint_open", "12", "--channel=letter")
