"""CN13-CMP-05, CN13-CMP-06 and CN13-GOV-04: the brake, the chain, and the one way back."""

import json
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from audit.models import AuditEntry
from compliance.gate import PermitRefusal
from compliance.models import (
    CorrectiveReport,
    Epoch,
    Permit,
    Resumption,
    Seat,
    Suspension,
    User,
)
from compliance.selectors.suspension_facts import scope_of
from compliance.services.complaint_accuse import account_tie
from compliance.services.complaint_step import complaint_step
from compliance.services.suspension_resume import (
    ResumptionRefusedError,
    corrective_report_approve,
    corrective_report_write,
    suspension_end,
)
from tests.compliance.complaints.cases import complain, officer, talked, upheld
from tests.compliance.gate.referee import forbidden
from tests.world import (
    ACTOR,
    MORNING,
    World,
    ask,
    build_world,
    callee,
    make_campaign,
    permitted,
)

DAY = timedelta(days=1)


def rules(world: World, *, seat: Seat | None = None) -> tuple[str, ...]:
    """Return what objects to a call to somebody who has nothing against it."""
    answer = ask(world, callee(world, place=500), seat=seat)
    return answer.rules if isinstance(answer, PermitRefusal) else ()


def resume(
    suspension: Suspension, author: User, *approvers: User, now: datetime = MORNING
) -> Resumption:
    report = corrective_report_write(
        suspension=suspension, text="已停用该名单并再培训。", author=author, now=now
    )
    for approver in approvers:
        corrective_report_approve(report=report, approver=approver, now=now)
    return suspension_end(report=report, actor=ACTOR, now=now)


class TestBrake:
    def test_stops_a_campaign_that_connected_next_to_nobody(
        self, world: World, call: Permit
    ) -> None:
        upheld(world, 1)

        suspension = Suspension.objects.get()
        assert (scope_of(suspension), suspension.cause) == ("campaign", "rate")
        assert suspension.counts == {"upheld": 1, "connected": 1, "day": 1}
        assert rules(world, seat=world.seats[1]) == ("CN13-CMP-05",)

    def test_kills_the_permits_that_are_out(self, world: World) -> None:
        permit = permitted(world, callee(world, place=5))
        case = complain(1, filing=world.filing).complaint

        complaint_step(complaint=case, kind="upheld", by=world.people.approver, now=MORNING)

        assert Epoch.objects.get().value > permit.epoch  # and so nobody can redeem it

    def test_waits_until_the_complaint_is_found_right(self, world: World) -> None:
        case = complain(1, filing=world.filing).complaint
        complaint_step(complaint=case, kind="rejected", by=world.people.approver, now=MORNING)

        assert not Suspension.objects.exists()
        assert rules(world) == ()

    def test_leaves_another_campaign_alone(self, world: World) -> None:
        other = make_campaign(
            people=world.people,
            principal=world.principal,
            caller_number=world.caller_number,
            trunk=world.trunk,
            code="other",
        )

        upheld(world, 1)

        person = callee(world, place=500)
        assert isinstance(ask(world, person, filing=other.filing), Permit)

    def test_is_on_the_record_with_its_figures(self, world: World) -> None:
        upheld(world, 1)

        entry = AuditEntry.objects.get(action="suspension.begun")
        assert b'"counts":{"connected":0,"day":1,"upheld":1}' in bytes(entry.body)


class TestInsurance:
    def test_rests_the_principal_for_ninety_days_after_two_in_a_year(self, db: None) -> None:
        world = build_world(industry="insurance")
        upheld(world, 1)
        upheld(world, 2, now=MORNING + timedelta(minutes=1))

        of_principal = Suspension.objects.get(principal=world.principal)
        assert of_principal.cause == "year"
        assert of_principal.until == MORNING + timedelta(days=90, minutes=1)
        assert rules(world) == ("CN13-CMP-05", "CN13-GOV-04")

    def test_keeps_the_principal_for_all_of_them(self, db: None) -> None:
        world = build_world(industry="insurance")
        for place in (1, 2):
            upheld(world, place)
        suspension = Suspension.objects.get(principal=world.principal)
        people = [officer("one"), officer("two")]
        early = suspension.until
        assert early is not None

        world.freeze(early - DAY)
        with pytest.raises(ResumptionRefusedError, match="stands until"):
            resume(suspension, world.people.owner, *people, now=early - DAY)
        # A host whose clock runs ahead does not shorten it.
        with pytest.raises(ResumptionRefusedError, match="stands until"):
            resume(suspension, world.people.owner, *people, now=early)
        world.freeze(early)
        assert resume(suspension, world.people.owner, *people, now=early).resumed_at == early


class TestChain:
    def test_takes_the_seat_off_after_two(self, world: World) -> None:
        for place in (1, 2):
            world.freeze(MORNING + place * timedelta(minutes=1))
            call = talked(world, place=place)
            case = complain(place, permit_id=call.pk).complaint
            complaint_step(complaint=case, kind="upheld", by=world.people.approver, now=MORNING)
            if place == 1:
                first = Suspension.objects.get()
                resume(first, world.people.owner, officer("one"), officer("two"))

        of_seat = Suspension.objects.get(seat=world.seat)
        assert of_seat.counts == {"upheld": 2}
        assert Seat.objects.get(pk=world.seat.pk).active is False
        assert Seat.objects.get(pk=world.seats[1].pk).active is True

    def test_keeps_a_suspended_seat_inactive(self, world: World) -> None:
        seat = world.seat
        suspension = Suspension.objects.create(
            seat=seat, cause="chain", counts={}, begun_at=MORNING, begun_by=ACTOR
        )

        forbidden(
            "UPDATE compliance_seat SET active = true WHERE id = %s", seat.pk, match="suspended"
        )
        resume(suspension, world.people.owner, officer("one"), officer("two"))

        assert Seat.objects.get(pk=seat.pk).active is True

    @pytest.mark.parametrize("what", ["trunk", "principal"])
    def test_stops_whatever_goes_over_the_line_or_for_the_principal(
        self, world: World, what: str
    ) -> None:
        Suspension.objects.create(
            **{what: getattr(world, what)},
            cause="chain",
            counts={},
            begun_at=MORNING,
            begun_by=ACTOR,
        )

        assert rules(world) == ("CN13-GOV-04",)


@pytest.fixture
def suspension(world: World) -> Suspension:
    upheld(world, 1)
    return Suspension.objects.get()


class TestResumption:
    def test_takes_a_report_and_two_others(
        self, world: World, suspension: Suspension, second: User
    ) -> None:
        resume(suspension, world.people.owner, world.people.approver, second)

        assert rules(world) == ()

    def test_is_refused_on_one_persons_word(
        self, world: World, suspension: Suspension, second: User
    ) -> None:
        with pytest.raises(ResumptionRefusedError, match="two people"):
            resume(suspension, world.people.owner, second)
        with pytest.raises(ResumptionRefusedError):
            resume(suspension, world.people.owner, second, second)

        assert rules(world) == ("CN13-CMP-05",)

    def test_is_refused_to_whoever_wrote_the_report(
        self, world: World, suspension: Suspension, second: User
    ) -> None:
        with pytest.raises(ResumptionRefusedError, match="approved by others"):
            resume(suspension, second, second)

    @pytest.mark.parametrize("role", ["supervisor", "agent", "regulator"])
    def test_is_refused_to_other_roles(
        self, world: World, suspension: Suspension, role: str
    ) -> None:
        with pytest.raises(ResumptionRefusedError, match="approved by others"):
            resume(suspension, world.people.owner, officer("x", role=role))

    def test_is_refused_to_those_it_is_about(
        self, world: World, suspension: Suspension, second: User
    ) -> None:
        account_tie(user=second, principal=world.principal, actor=ACTOR, now=MORNING)

        with pytest.raises(ResumptionRefusedError, match="approved by others"):
            resume(suspension, world.people.owner, second)

    def test_needs_the_report_on_this_suspension(
        self, world: World, suspension: Suspension, second: User
    ) -> None:
        other = Suspension.objects.create(
            trunk=world.trunk, cause="chain", counts={}, begun_at=MORNING, begun_by=ACTOR
        )
        report = corrective_report_write(
            suspension=other, text="x", author=world.people.owner, now=MORNING
        )
        for approver in (second, world.people.approver):
            corrective_report_approve(report=report, approver=approver, now=MORNING)

        with pytest.raises(DatabaseError, match="two people"), transaction.atomic():
            Resumption.objects.create(suspension=suspension, report=report, resumed_at=MORNING)

    def test_needs_a_report_that_says_something(
        self, world: World, suspension: Suspension
    ) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            corrective_report_write(
                suspension=suspension, text="  ", author=world.people.owner, now=MORNING
            )

    def test_happens_once(self, world: World, suspension: Suspension, second: User) -> None:
        people = (world.people.approver, second)
        resume(suspension, world.people.owner, *people, now=MORNING)
        upheld(world, 2, now=MORNING + timedelta(minutes=1))
        again = Suspension.objects.get(resumption=None)

        with pytest.raises(ResumptionRefusedError, match="final"):
            resume(again, world.people.owner, *people)

        assert rules(world) == ("CN13-CMP-05",)

    def test_lets_the_counts_begin_anew(
        self, world: World, suspension: Suspension, second: User
    ) -> None:
        later = MORNING + timedelta(minutes=1)
        resume(suspension, world.people.owner, world.people.approver, second, now=later)
        case = complain(3, filing=world.filing).complaint
        complaint_step(complaint=case, kind="rejected", by=second, now=later)

        assert Suspension.objects.count() == 1
        assert rules(world) == ()

    @pytest.mark.parametrize(
        "table", ["suspension", "correctivereport", "correctiveapproval", "resumption"]
    )
    def test_cannot_be_undone_or_faked(
        self, world: World, suspension: Suspension, table: str
    ) -> None:
        forbidden(f"DELETE FROM compliance_{table}", match="append-only")
        forbidden(f"UPDATE compliance_{table} SET id = id", match="append-only")

    def test_belongs_to_one_thing(self, world: World) -> None:
        with pytest.raises(DatabaseError, match="suspension_of_one_thing"), transaction.atomic():
            Suspension.objects.create(
                trunk=world.trunk,
                seat=world.seat,
                cause="chain",
                counts={},
                begun_at=MORNING,
                begun_by=ACTOR,
            )

    def test_tells_who_wrote_and_who_approved(
        self, world: World, suspension: Suspension, second: User
    ) -> None:
        resume(suspension, world.people.owner, world.people.approver, second)

        assert CorrectiveReport.objects.get().author == world.people.owner
        assert AuditEntry.objects.filter(action="suspension.approved").count() == 2
        assert AuditEntry.objects.filter(action="suspension.ended").count() == 1


class TestCommand:
    def run(self, suspension: Suspension, *arguments: str) -> dict[str, object]:
        out = StringIO()
        call_command("suspension_resume", str(suspension.pk), *arguments, "--json", stdout=out)
        said: dict[str, object] = json.loads(out.getvalue())
        return said

    def test_leads_the_whole_way_back(
        self, world: World, suspension: Suspension, second: User
    ) -> None:
        with pytest.raises(CommandError, match="尚无整改报告"):
            self.run(suspension, "--approve", "--by=second")
        self.run(suspension, "--report=已再培训", "--by=owner")
        self.run(suspension, "--approve", "--by=second")
        with pytest.raises(CommandError, match="不予办理"):
            self.run(suspension, "--end", "--by=owner")
        self.run(suspension, "--approve", "--by=approver")

        said = self.run(suspension, "--end", "--by=owner")

        assert said["ended"] is True
        assert said["approvals"] == 2
        assert rules(world) == ()

    @pytest.mark.parametrize(
        ("pk", "by", "said"), [(0, "owner", "没有这项暂停"), (1, "nobody", "没有账号")]
    )
    def test_says_what_it_does_not_know(
        self, suspension: Suspension, pk: int, by: str, said: str
    ) -> None:
        with pytest.raises(CommandError, match=said):
            call_command("suspension_resume", pk and suspension.pk, "--end", f"--by={by}")

    def test_speaks_both_languages(self, suspension: Suspension) -> None:
        out = StringIO()

        call_command("suspension_resume", suspension.pk, "--report=x", "--by=owner", stdout=out)

        assert "仍暂停" in out.getvalue()
        assert "it stands" in out.getvalue()
