"""CN13-SEC-03: what a person asks about their data is taken in, timed, answered and kept."""

from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from audit.models import AuditEntry
from compliance.gate import PermitRefusal
from compliance.models import Consent, Person, Refusal, SubjectRequest, SubjectRequestEvent
from compliance.numbers import normalise
from compliance.services.subject_request_open import subject_request_open
from compliance.services.subject_request_step import (
    SubjectRequestStepError,
    subject_request_step,
    subject_requests_sweep,
)
from tests.compliance.gate.referee import forbidden
from tests.examples import FEW
from tests.undone import undone
from tests.world import ACTOR, MORNING, World, ask, beijing, callee, number_at, sha256

ANSWER = sha256("answer")


def request(
    kind: str, *, channel: str = "web", received_at: datetime | None = None
) -> SubjectRequest:
    return subject_request_open(
        number=normalise(number_at(0)),
        kind=kind,
        channel=channel,
        principal=None,
        actor=ACTOR,
        now=MORNING,
        received_at=received_at,
    )


def step(world: World, case: SubjectRequest, kind: str, **given: str) -> SubjectRequestEvent:
    return subject_request_step(
        request=case, kind=kind, by=world.people.approver, now=MORNING, **given
    )


class TestIntake:
    def test_starts_the_clock_on_the_day_it_came(self, world: World) -> None:
        case = request("access", received_at=beijing("2026-03-10 23:59"))

        assert case.escalate_on == date(2026, 3, 24)  # ten working days later
        assert case.due_on == date(2026, 3, 31)  # fifteen

    def test_counts_no_day_off(self, world: World) -> None:
        case = request("access", received_at=beijing("2026-02-11 09:00"))

        assert case.due_on == date(2026, 3, 10)  # the Spring Festival lies between

    def test_never_lets_the_clock_start_in_the_future(self, world: World) -> None:
        case = request("access", received_at=MORNING + timedelta(days=9))

        assert case.received_at == MORNING

    @pytest.mark.parametrize("kind", ["withdrawal", "deletion"])
    def test_takes_consent_back_at_once(self, world: World, kind: str) -> None:
        person = callee(world)

        request(kind)

        assert not Consent.objects.standing().filter(person=person).exists()
        answer = ask(world, person)
        assert isinstance(answer, PermitRefusal)
        assert "CN13-CON-01" in answer.rules

    def test_of_deletion_ends_every_call(self, world: World) -> None:
        person = callee(world)

        case = request("deletion")

        assert case.refusal is not None
        assert case.refusal.everywhere is True
        assert Refusal.objects.get() == case.refusal
        answer = ask(world, person)
        assert isinstance(answer, PermitRefusal)
        assert "CN13-REF-09" in answer.rules

    @pytest.mark.parametrize("kind", ["access", "copy", "correction", "explanation"])
    def test_of_anything_else_leaves_consent_alone(self, world: World, kind: str) -> None:
        person = callee(world)

        request(kind)

        assert Consent.objects.standing().filter(person=person).exists()

    def test_of_somebody_unknown_is_taken_in_too(self, world: World) -> None:
        assert not Person.objects.exists()

        assert request("access").person.masked

    def test_is_on_the_record_without_the_number(self, world: World) -> None:
        request("copy")

        entry = AuditEntry.objects.get(action="subject_request.received")
        assert number_at(0)[3:] not in str(bytes(entry.body))


class TestRequest:
    @FEW
    @given(
        kind=st.sampled_from(SubjectRequest.Kind.values),
        channel=st.sampled_from(SubjectRequest.Channel.values),
        before=st.timedeltas(timedelta(days=-2), timedelta(days=60)),
        sweeps=st.lists(
            st.tuples(st.sampled_from(["escalate_on", "due_on"]), st.integers(-1, 1)), max_size=5
        ),
    )
    def test_holds_at_once_and_rings_each_clock_once_whenever_it_came(
        self,
        world: World,
        kind: str,
        channel: str,
        before: timedelta,
        sweeps: list[tuple[str, int]],
    ) -> None:
        with undone():
            person = callee(world)
            case = request(kind, channel=channel, received_at=MORNING - before)

            assert case.received_at.date() < case.escalate_on < case.due_on
            assert Refusal.objects.exists() is (kind == "deletion")
            answer = ask(world, person)
            assert isinstance(answer, PermitRefusal) is (kind in {"withdrawal", "deletion"})

            days = sorted(getattr(case, clock) + timedelta(days=off) for clock, off in sweeps)
            rung = [
                (event.kind, day)
                for day in days
                for event in subject_requests_sweep(now=MORNING + (day - MORNING.date()))
            ]
            late = [("escalated", day) for day in days if day >= case.escalate_on]
            over = [("overdue", day) for day in days if day > case.due_on]
            assert sorted(rung) == sorted([*late[:1], *over[:1]])


class TestStep:
    @pytest.mark.parametrize("kind", ["access", "copy", "correction", "deletion"])
    def test_gives_nobody_data_before_they_are_identified(self, world: World, kind: str) -> None:
        case = request(kind)

        with pytest.raises(SubjectRequestStepError, match="identified"):
            step(world, case, "answered", sha256=ANSWER)
        step(world, case, "identified", sha256=sha256("proof"))
        step(world, case, "answered", sha256=ANSWER)

        assert case.events.count() == 2

    @pytest.mark.parametrize("kind", ["withdrawal", "explanation"])
    def test_asks_for_no_proof_of_who_only_says_no_or_asks_how(
        self, world: World, kind: str
    ) -> None:
        assert step(world, request(kind), "answered", sha256=ANSWER).pk

    def test_ends_a_request_once(self, world: World) -> None:
        case = request("explanation")
        step(world, case, "answered", sha256=ANSWER)

        with pytest.raises(SubjectRequestStepError, match="ended"):
            step(world, case, "declined", note="twice")
        step(world, case, "noted", note="filed")

    def test_declines_with_a_reason_only(self, world: World) -> None:
        case = request("access")

        with pytest.raises(SubjectRequestStepError, match="proof"):
            step(world, case, "declined")
        step(world, case, "declined", note="身份无法核验 not identified")

    def test_never_declines_a_withdrawal(self, world: World) -> None:
        with pytest.raises(SubjectRequestStepError, match="never declined"):
            step(world, request("withdrawal"), "declined", note="no")

    @pytest.mark.parametrize("digest", ["", "x" * 64, "AB" * 32])
    def test_keeps_what_was_answered(self, world: World, digest: str) -> None:
        with pytest.raises(SubjectRequestStepError, match="proof"):
            step(world, request("explanation"), "answered", sha256=digest)

    def test_is_taken_by_compliance(self, world: World) -> None:
        with pytest.raises(SubjectRequestStepError, match="compliance"):
            subject_request_step(
                request=request("access"),
                kind="noted",
                by=world.seat.agent,
                now=MORNING,
                note="x",
            )

    @pytest.mark.parametrize("kind", ["escalated", "overdue", "closed"])
    def test_is_no_clock(self, world: World, kind: str) -> None:
        with pytest.raises(SubjectRequestStepError, match="not a step"):
            step(world, request("access"), kind)

    def test_blots_out_a_number_in_a_note(self, world: World) -> None:
        event = step(world, request("access"), "noted", note="回电 13811112222")

        assert "13811112222" not in event.note


class TestSweep:
    @pytest.mark.parametrize(
        ("day", "rung"),
        [
            ("2026-03-24 23:59", []),
            ("2026-03-25 00:00", ["escalated"]),
            ("2026-04-01 23:59", ["escalated"]),
            ("2026-04-02 00:00", ["escalated", "overdue"]),
        ],
    )
    def test_rings_on_the_day(self, world: World, day: str, rung: list[str]) -> None:
        request("access")  # received on 11 March

        assert [one.kind for one in subject_requests_sweep(now=beijing(day))] == rung
        assert subject_requests_sweep(now=beijing(day)) == []

    def test_leaves_an_answered_request_in_peace(self, world: World) -> None:
        step(world, request("explanation"), "answered", sha256=ANSWER)

        assert subject_requests_sweep(now=beijing("2026-06-01 10:00")) == []


class TestRecord:
    @pytest.mark.parametrize("table", ["subjectrequest", "subjectrequestevent"])
    def test_is_never_changed_or_removed(self, world: World, table: str) -> None:
        step(world, request("access"), "noted", note="x")

        forbidden(f"UPDATE compliance_{table} SET id = id", match="append-only")
        forbidden(f"DELETE FROM compliance_{table}", match="append-only")
        forbidden(f"TRUNCATE compliance_{table} CASCADE", match="append-only")

    def test_of_a_deletion_has_its_refusal(self, world: World) -> None:
        case = request("access")
        case.pk, case.kind = None, "deletion"

        with pytest.raises(IntegrityError, match="deletion_stops_calls"), transaction.atomic():
            case.save(force_insert=True)

    def test_of_a_clock_is_rung_once(self, world: World) -> None:
        case = request("access")
        subject_requests_sweep(now=beijing("2026-03-25 00:00"))

        with pytest.raises(DatabaseError, match="clock_rings_once"), transaction.atomic():
            SubjectRequestEvent.objects.create(
                request=case, kind="escalated", actor=ACTOR, at=MORNING
            )
