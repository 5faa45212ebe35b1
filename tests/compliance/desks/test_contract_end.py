"""CN13-SEC-05: a contract's end, and CN13-SEC-06: the yearly audit."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from compliance.gate import PermitRefusal
from compliance.models import ComplianceAudit, ContactList, DataReturn, Mandate, Permit
from compliance.selectors.clocks import clocks
from compliance.selectors.contract_ends import contracts_ended
from compliance.services.compliance_audit_record import (
    AuditNotSecondPersonError,
    compliance_audit_record,
)
from compliance.services.contract_end import (
    DataReturnRefusedError,
    MandateEndedError,
    data_return_record,
    mandate_end,
)
from compliance.services.parties_register import mandate_record
from tests.compliance.gate.referee import forbidden
from tests.examples import FEW
from tests.undone import undone
from tests.world import ACTOR, MORNING, World, ask, callee, sha256

TODAY = date(2026, 3, 11)
OLD_END = date(2025, 12, 1)  # a hundred days ago, and no contract until the new year


def earlier_contract(world: World, *, last: date = OLD_END) -> Mandate:
    return mandate_record(
        principal=world.principal,
        contract_number="WT-old",
        valid_from=date(2025, 1, 1),
        valid_until=last,
        document_sha256=sha256("old"),
        actor=ACTOR,
        now=MORNING,
    )


def certify(
    world: World,
    *,
    contract_end: date = OLD_END,
    done_on: date = TODAY,
    digest: str = sha256("certificate"),
) -> DataReturn:
    return data_return_record(
        principal=world.principal,
        contract_end=contract_end,
        method="deleted",
        certificate_sha256=digest,
        done_on=done_on,
        author=world.people.author,
        approver=world.people.approver,
        now=MORNING,
    )


def retire_lists() -> None:
    ContactList.objects.update(state="retired")


class TestContractEnd:
    def test_refuses_the_principal_until_its_data_is_certified_gone(self, world: World) -> None:
        person = callee(world)
        earlier_contract(world)

        before = ask(world, person)
        retire_lists()
        certify(world)
        after = ask(world, person)

        assert isinstance(before, PermitRefusal)
        assert before.rules == ("CN13-SEC-05",)
        assert isinstance(after, Permit)

    def test_without_a_gap_is_no_end(self, world: World) -> None:
        earlier_contract(world, last=date(2025, 12, 31))

        assert contracts_ended(world.principal) == (date(2026, 12, 31),)

    def test_is_not_certified_while_a_list_is_left(self, world: World) -> None:
        earlier_contract(world)

        with pytest.raises(DataReturnRefusedError, match="still holds"):
            certify(world)

    def test_is_not_certified_where_there_was_none(self, world: World) -> None:
        retire_lists()

        with pytest.raises(DataReturnRefusedError, match="No contract"):
            certify(world)

    @pytest.mark.parametrize(
        ("done_on", "digest"), [(OLD_END, sha256("certificate")), (TODAY, ""), (TODAY, "x" * 64)]
    )
    def test_is_certified_afterwards_with_a_document(
        self, world: World, done_on: date, digest: str
    ) -> None:
        earlier_contract(world)
        retire_lists()

        with pytest.raises(DataReturnRefusedError, match="after_the_end"):
            certify(world, done_on=done_on, digest=digest)

    def test_is_certified_by_two_people(self, world: World) -> None:
        earlier_contract(world)
        retire_lists()
        row = certify(world)

        row.pk, row.author = None, row.approver
        with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
            row.save(force_insert=True)

    def test_says_nothing_for_the_next_one(self, world: World) -> None:
        earlier_contract(world)
        retire_lists()
        certify(world)

        assert contracts_ended(world.principal) == (date(2026, 12, 31),)

    def test_certificate_is_never_changed_or_removed(self, world: World) -> None:
        forbidden("UPDATE compliance_datareturn SET id = id", match="append-only")
        forbidden("DELETE FROM compliance_datareturn", match="append-only")


class TestMandateEnd:
    def test_stops_calls_after_its_day(self, world: World) -> None:
        person = callee(world)
        mandate = world.principal.mandates.get()

        mandate_end(mandate=mandate, ended_on=TODAY - timedelta(days=1), actor=ACTOR, now=MORNING)

        answer = ask(world, person)
        assert isinstance(answer, PermitRefusal)
        assert answer.rules == ("CN13-LIC-05",)

    def test_lets_calls_go_on_during_its_day(self, world: World) -> None:
        person = callee(world)
        mandate = world.principal.mandates.get()

        mandate_end(mandate=mandate, ended_on=TODAY, actor=ACTOR, now=MORNING)

        assert isinstance(ask(world, person), Permit)

    def test_happens_once(self, world: World) -> None:
        mandate = world.principal.mandates.get()
        mandate_end(mandate=mandate, ended_on=TODAY, actor=ACTOR, now=MORNING)

        with pytest.raises(MandateEndedError):
            mandate_end(mandate=mandate, ended_on=TODAY, actor=ACTOR, now=MORNING)
        with pytest.raises(DatabaseError, match="has ended"), transaction.atomic():
            Mandate.objects.update(ended_on=None)

    def test_is_never_later_than_the_contract_says(self, world: World) -> None:
        mandate = world.principal.mandates.get()

        with pytest.raises(MandateEndedError, match="early_or_in_time"):
            mandate_end(mandate=mandate, ended_on=date(2026, 12, 31), actor=ACTOR, now=MORNING)


def audited(world: World, **changes: object) -> ComplianceAudit:
    given = {
        "kind": "own",
        "auditor": "内审部 own audit",
        "covers_from": date(2025, 1, 1),
        "covers_until": date(2025, 12, 31),
        "finished_on": date(2026, 2, 1),
        "report_sha256": sha256("report"),
        "findings": 2,
        "author": world.people.author,
        "approver": world.people.approver,
    } | changes
    return compliance_audit_record(**given, now=MORNING)  # type: ignore[arg-type]


class TestComplianceAudit:
    @FEW
    @given(st.lists(st.dates(date(2024, 6, 1), TODAY), max_size=3), st.integers(0, 800))
    def test_is_due_a_year_after_the_newest_in_whatever_order_they_came(
        self, world: World, finished: list[date], later: int
    ) -> None:
        with undone():
            for day in finished:
                audited(
                    world,
                    covers_from=date(2023, 1, 1),
                    covers_until=date(2023, 12, 31),
                    finished_on=day,
                )
            year, today = timedelta(days=365), TODAY + timedelta(days=later)

            found = [
                (due.due_on, due.overdue)
                for due in clocks(now=MORNING + timedelta(days=later))
                if due.clock == "audit"
            ]

            last = max(finished, default=TODAY) + year
            assert found == [(last, last < today)]

    def test_is_kept(self, world: World) -> None:
        assert audited(world).findings == 2

        forbidden("UPDATE compliance_complianceaudit SET findings = 0", match="append-only")
        forbidden("DELETE FROM compliance_complianceaudit", match="append-only")

    def test_takes_two_people(self, world: World) -> None:
        with pytest.raises(AuditNotSecondPersonError):
            audited(world, author=world.people.approver)

    @pytest.mark.parametrize(
        "changes",
        [
            {"covers_until": date(2024, 12, 31)},
            {"finished_on": date(2025, 12, 30)},
            {"report_sha256": ""},
            {"auditor": ""},
        ],
    )
    def test_covers_a_time_and_has_a_report(
        self, world: World, changes: dict[str, object]
    ) -> None:
        with pytest.raises(IntegrityError, match="covers_a_time"), transaction.atomic():
            audited(world, **changes)
