"""CN13-CMP-03: whoever a complaint is about can neither see, handle nor close it."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from audit.models import AuditEntry
from compliance.models import Complaint, ComplaintEvent, Permit, Seat, User
from compliance.selectors.complaints import complaints_for
from compliance.services.complaint_accuse import AccuseRefusedError, account_tie, complaint_accuse
from compliance.services.complaint_step import (
    ComplaintStepError,
    complaint_close_by_complainant,
    complaint_seen_by,
    complaint_step,
)
from tests.compliance.complaints.cases import complain, officer
from tests.compliance.gate.attacker import sql
from tests.parties import make_outlet
from tests.stages import staged
from tests.world import ACTOR, MORNING, World

STEPS = ("assigned", "noted", "upheld", "rejected", "answered", "closed")


def step(case: Complaint, kind: str, by: User, handler: User | None = None) -> ComplaintEvent:
    return complaint_step(complaint=case, kind=kind, by=by, handler=handler, now=MORNING)


@staged
def case(call: Permit) -> Complaint:
    return complain(0, permit_id=call.pk).complaint


@staged
def accused(world: World, call: Permit) -> dict[str, User]:
    """Compliance officers, each with a part in what the case is about."""
    seat = Seat.objects.get(pk=call.seat_id)
    in_outlet = officer("in_outlet")
    Seat.objects.create(code="S9998", outlet=seat.outlet, agent=in_outlet)
    at_outlet, for_principal = officer("at_outlet"), officer("for_principal")
    account_tie(user=at_outlet, outlet=seat.outlet.code, actor=ACTOR, now=MORNING)
    account_tie(user=for_principal, principal=world.principal, actor=ACTOR, now=MORNING)
    author = world.people.author
    agent = seat.agent
    User.objects.filter(pk__in=[author.pk, agent.pk]).update(role="compliance")
    for user in (author, agent):
        user.refresh_from_db()
    return {
        "agent": agent,
        "author": author,
        "in_outlet": in_outlet,
        "at_outlet": at_outlet,
        "for_principal": for_principal,
    }


PARTS = ("agent", "author", "in_outlet", "at_outlet", "for_principal")


class TestAccused:
    @pytest.mark.parametrize("part", PARTS)
    def test_cannot_see_the_case(
        self, case: Complaint, accused: dict[str, User], part: str
    ) -> None:
        assert not complaints_for(accused[part]).exists()
        with pytest.raises(ComplaintStepError):
            complaint_seen_by(complaint_id=case.pk, user=accused[part], now=MORNING)
        assert AuditEntry.objects.filter(action="complaint.access_denied").count() == 1

    @pytest.mark.parametrize("kind", STEPS)
    @pytest.mark.parametrize("part", PARTS)
    def test_cannot_take_any_step(
        self, case: Complaint, accused: dict[str, User], part: str, kind: str
    ) -> None:
        handler = accused[part] if kind == "assigned" else None

        with pytest.raises(ComplaintStepError, match="takes no part"):
            step(case, kind, accused[part], handler)

        assert not ComplaintEvent.objects.exists()
        denied = AuditEntry.objects.get(action="complaint.access_denied")
        assert denied.actor == f"u:{accused[part].pk}"

    @pytest.mark.parametrize("part", PARTS)
    def test_cannot_be_made_its_handler(
        self, world: World, case: Complaint, accused: dict[str, User], part: str
    ) -> None:
        with pytest.raises(ComplaintStepError, match="takes no part"):
            step(case, "assigned", world.people.approver, handler=accused[part])

    @pytest.mark.parametrize("part", PARTS)
    def test_cannot_name_others_to_keep_them_away(
        self, world: World, case: Complaint, accused: dict[str, User], part: str
    ) -> None:
        named = case.accused.count()

        with pytest.raises(AccuseRefusedError):
            complaint_accuse(complaint=case, seat=world.seats[1], by=accused[part], now=MORNING)

        assert case.accused.count() == named
        denied = AuditEntry.objects.get(action="complaint.access_denied")
        assert denied.actor == f"u:{accused[part].pk}"

    def test_is_refused_by_the_database_alone(
        self, case: Complaint, accused: dict[str, User]
    ) -> None:
        for user in accused.values():
            with pytest.raises(DatabaseError, match="takes no part"), transaction.atomic():
                sql(
                    "INSERT INTO compliance_complaintevent (complaint_id, kind, by_id, actor,"
                    " note, sha256, receipt, at) VALUES (%s, 'noted', %s, 'x', '', '', '', now())",
                    [case.pk, user.pk],
                )

    def test_does_not_get_away_by_moving_to_another_outlet(
        self, case: Complaint, accused: dict[str, User], call: Permit
    ) -> None:
        Seat.objects.filter(pk=call.seat_id).update(outlet=make_outlet(77))

        with pytest.raises(ComplaintStepError, match="takes no part"):
            step(case, "noted", accused["agent"])

    def test_grows_with_the_investigation(
        self, world: World, case: Complaint, second: User
    ) -> None:
        outlet = make_outlet(77)
        account_tie(user=second, outlet=str(outlet), actor=ACTOR, now=MORNING)
        step(case, "noted", second)
        seat = world.seats[1]
        Seat.objects.filter(pk=seat.pk).update(outlet=outlet)
        seat.refresh_from_db()

        complaint_accuse(complaint=case, seat=seat, by=world.people.approver, now=MORNING)

        with pytest.raises(ComplaintStepError, match="takes no part"):
            step(case, "noted", second)
        assert not complaints_for(second).exists()


class TestStep:
    @pytest.mark.parametrize("role", ["administrator", "supervisor", "agent", "regulator"])
    def test_is_a_compliance_officers(self, case: Complaint, role: str) -> None:
        with pytest.raises(ComplaintStepError, match="needs a compliance officer"):
            step(case, "noted", officer("other", role=role))

    @pytest.mark.parametrize("role", ["administrator", "supervisor", "agent", "regulator"])
    def test_of_naming_the_accused_is_a_compliance_officers(
        self, world: World, case: Complaint, role: str
    ) -> None:
        with pytest.raises(AccuseRefusedError):
            complaint_accuse(
                complaint=case,
                seat=world.seats[1],
                by=officer("other", role=role),
                now=MORNING,
            )

    def test_is_nobodys_whose_account_is_closed(self, case: Complaint, second: User) -> None:
        User.objects.filter(pk=second.pk).update(is_active=False)

        with pytest.raises(ComplaintStepError, match="needs a compliance officer"):
            step(case, "noted", second)

    @pytest.mark.parametrize("kind", ["late", "escalated", "overdue", "packed", "made_up"])
    def test_is_none_of_the_clocks(self, world: World, case: Complaint, kind: str) -> None:
        with pytest.raises(ComplaintStepError, match="not a step"):
            step(case, kind, world.people.approver)

    def test_leads_to_a_close_once_something_was_found_and_answered(
        self, world: World, case: Complaint, second: User
    ) -> None:
        by = world.people.approver
        for kind in ("upheld", "answered"):
            with pytest.raises(ComplaintStepError, match="found and answered"):
                step(case, "closed", by)
            step(case, kind, by)

        step(case, "closed", by)

        with pytest.raises(ComplaintStepError, match="is closed"):
            step(case, "answered", by)
        step(case, "noted", second)  # a case that is closed can still be remarked on

    def test_does_not_find_the_case_twice(self, world: World, case: Complaint) -> None:
        step(case, "rejected", world.people.approver)

        with pytest.raises(ComplaintStepError):
            step(case, "upheld", world.people.approver)

    def test_keeps_numbers_out_of_notes(self, world: World, case: Complaint) -> None:
        event = complaint_step(
            complaint=case,
            kind="noted",
            by=world.people.approver,
            note="已回电 13800138000",
            now=MORNING,
        )

        assert event.note == "已回电 ***"


class TestComplainant:
    def test_closes_the_case_with_the_receipt(self, call: Permit) -> None:
        opened = complain(0, channel="web")

        event = complaint_close_by_complainant(
            complaint=opened.complaint, receipt=opened.receipt, actor="public:web", now=MORNING
        )

        assert event.kind == "closed"

    @pytest.mark.parametrize("receipt", ["", "guessed"])
    @pytest.mark.parametrize("channel", ["web", "in_call"])
    def test_closes_nothing_without_it(self, call: Permit, channel: str, receipt: str) -> None:
        case = complain(0, channel=channel).complaint

        with pytest.raises(ComplaintStepError):
            complaint_close_by_complainant(
                complaint=case, receipt=receipt, actor="public:web", now=MORNING
            )

    def test_cannot_be_played_by_somebody_who_reads_the_database(self, call: Permit) -> None:
        case = complain(0, channel="web").complaint

        with pytest.raises(ComplaintStepError):
            complaint_close_by_complainant(
                complaint=case, receipt=case.receipt_sha256, actor="public:web", now=MORNING
            )


class TestReaders:
    @pytest.mark.parametrize(
        ("role", "count"),
        [
            ("compliance", 1),
            ("administrator", 1),
            ("regulator", 1),
            ("supervisor", 0),
            ("agent", 0),
        ],
    )
    def test_are_few(self, case: Complaint, role: str, count: int) -> None:
        assert complaints_for(officer("reader", role=role)).count() == count


class TestCommand:
    def run(self, *arguments: str) -> dict[str, object]:
        out = StringIO()
        call_command("complaint_step", *arguments, "--json", stdout=out)
        said: dict[str, object] = json.loads(out.getvalue())
        return said

    def test_says_what_the_step_suspended(self, world: World, case: Complaint) -> None:
        said = self.run(str(case.pk), "upheld", "--by=approver")

        assert [one["scope"] for one in said["suspended"]] == ["campaign"]  # type: ignore[attr-defined]

    def test_refuses_the_accused(self, case: Complaint, accused: dict[str, User]) -> None:
        with pytest.raises(CommandError, match="不予办理"):
            self.run(str(case.pk), "noted", f"--by={accused['agent'].username}")

    def test_knows_its_accounts(self, case: Complaint) -> None:
        with pytest.raises(CommandError, match="没有账号"):
            self.run(str(case.pk), "noted", "--by=nobody")
