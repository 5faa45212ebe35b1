"""CN13-CMP-06: resumed on a report and by two people, and not otherwise."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from audit.models import AuditEntry
from compliance.models import CorrectiveReport, Resumption, Suspension, User
from compliance.services.complaint_accuse import account_tie
from compliance.services.complaint_step import complaint_step
from compliance.services.suspension_resume import (
    ResumptionRefusedError,
    corrective_report_approve,
    corrective_report_write,
)
from tests.compliance.complaints.braking import resume, rules
from tests.compliance.complaints.cases import complain, officer, upheld
from tests.compliance.gate.referee import forbidden
from tests.stages import staged
from tests.world import ACTOR, MORNING, World


@staged
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
