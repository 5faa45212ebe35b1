"""The database as referee of parties, papers, numbers, outlets and seats (migration 0010)."""

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from compliance.models import (
    CallbackTest,
    CommitmentLetter,
    Deployment,
    Epoch,
    FilingChange,
    NumberChange,
    NumberMark,
    Outlet,
    OutletReview,
    PrincipalDocument,
    SanctionPoint,
    Seat,
    StaffRecord,
    Training,
    Violator,
)
from compliance.services.number_clocks import filing_change_record, number_mark
from compliance.services.people_admit import seat_register, user_create
from compliance.services.staff_record import sanction_point_add
from compliance.services.violator_list import violator_list
from tests.compliance.gate.referee import forbidden
from tests.stages import staged
from tests.world import ACTOR, MORNING, World, make_caller_number, make_seats, sha256

TODAY = date(2026, 3, 11)
NEVER_CHANGED = (
    "callbacktest", "numbermark", "numberchange", "outletreview", "training", "sanctionpoint",
    "deployment", "violator", "commitmentletter_numbers",
)  # fmt: skip
NEVER_REMOVED = ("principaldocument", "commitmentletter", "filingchange", "outlet", "staffrecord")
MOVE_THE_EPOCH = sorted({*NEVER_CHANGED, *NEVER_REMOVED} - {"violator"})
ONCE = {
    "principaldocument": ("revoked_on", "'2026-03-11'", "'2026-03-12'", "issuer = 'x'"),
    "commitmentletter": ("revoked_on", "'2026-03-11'", "NULL", "signed_on = '2020-01-01'"),
    "staffrecord": ("left_on", "'2026-03-11'", "NULL", "document_sha256 = repeat('a', 64)"),
}
TWO_PEOPLE = (NumberChange, OutletReview, Deployment)


@staged
def filled(world: World) -> World:
    """A world with a row in every table that is guarded."""
    number, agent = world.caller_number, world.seat.agent
    number_mark(number=number, marked_on=TODAY, source="x", evidence="x", actor=ACTOR, now=MORNING)
    sanction_point_add(agent=agent, breach="SCR-06", evidence="x", actor=ACTOR, now=MORNING)
    violator_list(
        kind="company", value="某公司", reason="x", listed_on=TODAY, actor=ACTOR, now=MORNING
    )
    filing_change_record(number=number, what="x", changed_on=TODAY, actor=ACTOR, now=MORNING)
    two = {"author": world.people.author, "approver": world.people.approver}
    other = make_caller_number(world.operator, world.trunk, number="9512309")
    NumberChange.objects.create(
        principal=world.principal, purpose="P3", previous=number, number=other, reason="x",
        approved_at=MORNING, **two,
    )  # fmt: skip
    OutletReview.objects.create(
        outlet=world.seat.outlet, verdict="clear", links=[], reason="x", reviewed_at=MORNING, **two
    )
    return world


def raw(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)


def copied(row: Any, **changes: Any) -> Any:
    """Try to write a row again, changed."""
    row.pk = None
    for name, value in changes.items():
        setattr(row, name, value)
    with transaction.atomic():
        row.save(force_insert=True)
    return row


class TestRecords:
    @pytest.mark.parametrize("table", NEVER_CHANGED)
    def test_stay_as_they_were_written(self, filled: World, table: str) -> None:
        forbidden(f"UPDATE compliance_{table} SET id = id", match="append-only")
        forbidden(f"DELETE FROM compliance_{table}", match="append-only")
        forbidden(f"TRUNCATE compliance_{table} CASCADE", match="append-only")

    @pytest.mark.parametrize("table", NEVER_REMOVED)
    def test_are_never_removed(self, filled: World, table: str) -> None:
        forbidden(f"DELETE FROM compliance_{table}", match="append-only")
        forbidden(f"TRUNCATE compliance_{table} CASCADE", match="append-only")

    @pytest.mark.parametrize("table", ONCE)
    def test_are_ended_once_and_not_altered(self, filled: World, table: str) -> None:
        column, first, second, other = ONCE[table]
        forbidden(f"UPDATE compliance_{table} SET {other}", match="cannot be altered")

        raw(f"UPDATE compliance_{table} SET {column} = {first}")

        forbidden(f"UPDATE compliance_{table} SET {column} = {second}", match="filled in once")

    @pytest.mark.parametrize("table", MOVE_THE_EPOCH)
    def test_move_the_epoch(self, filled: World, table: str) -> None:
        before = Epoch.objects.get().value

        with connection.cursor() as cursor:  # what is refused above would move it too
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(
                f"ALTER TABLE compliance_{table} DISABLE TRIGGER append_only;"
                f"UPDATE compliance_{table} SET id = id WHERE false;"
                f"ALTER TABLE compliance_{table} ENABLE TRIGGER append_only"
            )

        assert Epoch.objects.get().value > before

    @pytest.mark.parametrize("model", TWO_PEOPLE)
    def test_of_two_people_never_name_one(self, filled: World, model: Any) -> None:
        row = model.objects.first()

        with pytest.raises(IntegrityError, match="two_people"):
            copied(row, author=row.approver)

    def test_of_staff_are_verified_and_examined_by_another(self, filled: World) -> None:
        staff, training = StaffRecord.objects.first(), Training.objects.first()
        assert staff is not None
        assert training is not None

        with pytest.raises(IntegrityError, match="verified_by_another"):
            copied(staff, verified_by=staff.agent, identity_index=b"another")
        with pytest.raises(IntegrityError, match="examined_by_another"):
            copied(training, examiner=training.agent)

    def test_of_one_identity_document_are_one(self, filled: World) -> None:
        staff = StaffRecord.objects.first()
        assert staff is not None
        other = user_create(
            username="twin", password_hash="!", role="agent", real_name="x", actor=ACTOR,
            now=MORNING,
        )  # fmt: skip

        with pytest.raises(IntegrityError, match="identity_index"):
            copied(staff, agent=other)

    @pytest.mark.parametrize(
        ("model", "column", "match"),
        [
            (PrincipalDocument, "document_sha256", "has_a_digest"),
            (CommitmentLetter, "document_sha256", "has_a_digest"),
            (CallbackTest, "evidence_sha256", "has_evidence"),
            (Training, "certificate_sha256", "has_a_certificate"),
            (StaffRecord, "document_sha256", "has_papers"),
        ],
    )
    @pytest.mark.parametrize("digest", ["", "x" * 64, "AB" * 32])
    def test_rest_on_a_document(
        self, filled: World, model: Any, column: str, match: str, digest: str
    ) -> None:
        with pytest.raises(IntegrityError, match=match):
            copied(model.objects.first(), **{column: digest})

    @pytest.mark.parametrize(
        "changes",
        [
            {"filed_on": TODAY},
            {"filed_on": TODAY, "receipt_number": "1"},
            {"receipt_number": "1", "receipt_sha256": sha256("receipt")},
            {
                "filed_on": date(2026, 3, 10),
                "receipt_number": "1",
                "receipt_sha256": sha256("receipt"),
            },
        ],
    )
    def test_of_changes_are_filed_with_a_receipt_and_not_before(
        self, filled: World, changes: dict[str, Any]
    ) -> None:
        with pytest.raises(IntegrityError, match="needs_a_receipt"):
            copied(FilingChange.objects.get(), **changes)

    def test_of_violators_hold_for_a_while(self, filled: World) -> None:
        row = Violator.objects.get()

        with pytest.raises(IntegrityError, match="for_a_while"):
            copied(row, until=row.listed_on)

    def test_of_marks_and_points_are_there(self, filled: World) -> None:
        assert NumberMark.objects.exists()
        assert SanctionPoint.objects.exists()


class TestOutlet:
    def test_has_five_seats_at_most(self, world: World) -> None:
        make_seats(4)
        outlet = world.seat.outlet
        assert Seat.objects.filter(outlet=outlet).count() == 5
        sixth = user_create(
            username="sixth", password_hash="!", role="agent", real_name="x", actor=ACTOR,
            now=MORNING,
        )  # fmt: skip

        with pytest.raises(DatabaseError, match="has its 5 seats"), transaction.atomic():
            seat_register(code="S9999", outlet=outlet, agent=sixth, actor=ACTOR, now=MORNING)

    @pytest.mark.parametrize("quota", [0, 6])
    def test_has_no_other_quota(self, world: World, quota: int) -> None:
        with pytest.raises(IntegrityError, match="at_most_five"), transaction.atomic():
            Outlet.objects.update(seat_quota=quota)

    @pytest.mark.parametrize("proof", ["photo_sha256", "lease_sha256"])
    def test_is_inspected_with_proof(self, world: World, proof: str) -> None:
        with pytest.raises(IntegrityError, match="has_proof"), transaction.atomic():
            Outlet.objects.update(**{proof: ""})

    @pytest.mark.parametrize(
        "what", ["address = 'x'", "company = 'x'", "credit_code = 'x'", "code = 'x'"]
    )
    def test_that_moves_is_another(self, world: World, what: str) -> None:
        forbidden(f"UPDATE compliance_outlet SET {what}", match="another outlet")


class TestSeat:
    @pytest.mark.parametrize("what", ["code = 'S9998'", "agent_id = agent_id + 1000"])
    def test_is_never_handed_on(self, world: World, what: str) -> None:
        forbidden(f"UPDATE compliance_seat SET {what}", match="never handed on")
