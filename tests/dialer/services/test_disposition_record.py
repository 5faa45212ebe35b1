"""CN13-REF-04: an agent's word never makes anything else of a refusal."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from audit.models import AuditEntry
from compliance.gate import PermitRefusal
from compliance.models import Overruling, Permit, Refusal
from compliance.models.words import RefusalSource
from dialer.lines.base import Outcome
from dialer.models import Attempt, WrapUp
from dialer.services.disposition_record import (
    CallIsUpError,
    DispositionTaken,
    NotOnTheListError,
    NotTheirCallError,
    disposition_record,
)
from dialer.services.refusal_after_call import refusal_after_call
from dialer.services.refusal_during_call import refusal_during_call
from tests.dialer.services.calls import end, talked, up
from tests.stages import staged
from tests.world import ACTOR, MORNING, World, ask, build_world, callees, let_time_pass

OTHER_WORDS = [word for word in WrapUp.Said.values if not word.startswith("refused")]


@staged
def world() -> World:
    return build_world()


@staged
def attempt(world: World) -> Attempt:
    """A call that has left."""
    return up(world)


@staged
def talk(world: World) -> Attempt:
    """A call that was talked through and is over."""
    return talked(world)


@staged
def refused(world: World) -> Attempt:
    """A call in which the person pressed 9, and which is over."""
    return refused_in_call(world)


def refused_in_call(world: World, *, turn: int = 0) -> Attempt:
    """Return a call in which the person pressed 9."""
    let_time_pass(MORNING + turn * timedelta(minutes=2))
    attempt = up(world, person=callees(world, 2)[turn])
    refusal_during_call(attempt_id=attempt.pk, actor=ACTOR, now=MORNING)
    end(attempt, Outcome.ANSWERED, talk_seconds=4)
    return attempt


def say(world: World, attempt: Attempt, said: str) -> DispositionTaken:
    return disposition_record(
        attempt_id=attempt.pk, seat=world.seat, said=said, actor="u:agent", now=MORNING
    )


class TestAgentsWord:
    @pytest.mark.parametrize(
        ("said", "disposition"),
        [("talked", "talked"), ("call_again", "talked"), ("nobody", "unreached")],
    )
    def test_is_taken_where_nobody_refused(
        self, world: World, talk: Attempt, said: str, disposition: str
    ) -> None:
        taken = say(world, talk, said)

        talk.refresh_from_db()
        assert (talk.disposition, taken.overruled) == (disposition, False)
        assert not Overruling.objects.exists()

    def test_can_be_put_right(self, world: World, talk: Attempt) -> None:
        say(world, talk, "talked")
        say(world, talk, "nobody")

        assert list(WrapUp.objects.order_by("pk").values_list("said", flat=True)) == [
            "talked",
            "nobody",
        ]
        assert Attempt.objects.get().disposition == "unreached"

    @pytest.mark.parametrize("said", ["", "signed", "ordered", "interested", "A", "R"])
    def test_is_one_of_a_closed_list(self, world: World, talk: Attempt, said: str) -> None:
        with pytest.raises(NotOnTheListError):
            say(world, talk, said)
        with pytest.raises(DatabaseError), transaction.atomic():
            WrapUp.objects.create(attempt=talk, seat=world.seat, said=said, said_at=MORNING)

    def test_is_about_the_seats_own_calls(self, world: World, talk: Attempt) -> None:
        stranger = world.seats[1]

        with pytest.raises(NotTheirCallError):
            disposition_record(
                attempt_id=talk.pk, seat=stranger, said="talked", actor=ACTOR, now=MORNING
            )
        with pytest.raises(DatabaseError), transaction.atomic():
            WrapUp.objects.create(attempt=talk, seat=stranger, said="talked", said_at=MORNING)

    def test_waits_for_the_calls_end_unless_it_is_a_refusal(
        self, world: World, attempt: Attempt
    ) -> None:
        with pytest.raises(CallIsUpError):
            say(world, attempt, "talked")
        say(world, attempt, "refused")

        assert Refusal.objects.get().source == RefusalSource.AGENT

    @pytest.mark.parametrize("change", ["UPDATE dialer_wrapup SET said = 'nobody'",
                                        "DELETE FROM dialer_wrapup"])  # fmt: skip
    def test_stays_on_the_record(self, world: World, change: str) -> None:
        say(world, talked(world), "talked")

        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


class TestRefusalWrittenByTheAgent:
    def test_is_on_record_at_once(self, world: World, talk: Attempt) -> None:
        say(world, talk, "refused")

        refusal = Refusal.objects.get()
        assert refusal.evidence == f"permit:{talk.permit_id}"
        assert (refusal.principal, refusal.everywhere) == (world.principal, False)

    def test_can_be_towards_everybody(self, world: World, refused: Attempt) -> None:
        say(world, refused, "refused_all")

        assert Refusal.objects.filter(everywhere=True).count() == 1
        assert not Overruling.objects.exists()

    def test_is_not_taken_back(self, world: World, talk: Attempt) -> None:
        say(world, talk, "refused")

        taken = say(world, talk, "talked")

        assert (taken.disposition, taken.overruled) == ("refused", True)
        assert Refusal.objects.count() == 1

    def test_repeats_no_refusal_that_was_heard(self, world: World, refused: Attempt) -> None:
        say(world, refused, "refused")

        assert Refusal.objects.get().source == RefusalSource.KEY_9


class TestRefusalThatWasHeard:
    @pytest.mark.parametrize("said", OTHER_WORDS)
    def test_stays_whatever_the_agent_says(
        self, world: World, refused: Attempt, said: str
    ) -> None:
        taken = say(world, refused, said)

        refused.refresh_from_db()
        assert (refused.disposition, taken.overruled) == ("refused", True)
        overruling = Overruling.objects.get()
        assert (overruling.permit_id, overruling.said) == (refused.permit_id, said)
        assert AuditEntry.objects.filter(action="disposition.overruled").count() == 1
        assert Refusal.objects.get().source == RefusalSource.KEY_9

    @pytest.mark.parametrize("disposition", ["talked", "unreached", ""])
    def test_stays_whatever_is_written_past_the_service(
        self, world: World, disposition: str
    ) -> None:
        refused_in_call(world)
        talked_too = talked(world, person=callees(world, 1, first=7)[0], seat=world.seats[1])
        Attempt.objects.filter(pk=talked_too.pk).update(disposition="unreached")  # may change

        with pytest.raises(DatabaseError), transaction.atomic():
            Attempt.objects.update(disposition=disposition)

    def test_stays_even_where_the_record_does_not_say_so_yet(self, attempt: Attempt) -> None:
        refusal_during_call(attempt_id=attempt.pk, actor=ACTOR, now=MORNING)

        with pytest.raises(DatabaseError), transaction.atomic():
            Attempt.objects.filter(pk=attempt.pk).update(disposition="talked")

    def test_counts_once_a_call(self, world: World, refused: Attempt) -> None:
        for _ in range(3):
            say(world, refused, "talked")

        assert Overruling.objects.count() == 1
        assert AuditEntry.objects.filter(action="disposition.overruled").count() == 3

    def test_suspends_the_seat_that_denies_it_twice(self, world: World) -> None:
        person = callees(world, 1, first=5)[0]
        say(world, refused_in_call(world, turn=0), "talked")
        let_time_pass(MORNING + timedelta(minutes=1))
        after_one = ask(world, person)
        assert isinstance(after_one, Permit)
        let_time_pass(MORNING + timedelta(minutes=2))  # the permit has expired unused

        say(world, refused_in_call(world, turn=1), "nobody")
        let_time_pass(MORNING + timedelta(minutes=14))
        after_two = ask(world, person)

        assert isinstance(after_two, PermitRefusal)
        assert "CN13-REF-04" in after_two.rules


class TestRefusalFoundAfterTheCall:
    @pytest.mark.parametrize("source", ["speech", "agent"])
    def test_overrules_what_the_agent_wrote(
        self, world: World, talk: Attempt, source: str
    ) -> None:
        say(world, talk, "talked")

        for _ in range(2):
            refusal_after_call(attempt_id=talk.pk, source=source, actor=ACTOR, now=MORNING)

        talk.refresh_from_db()
        assert talk.disposition == "refused"
        assert Refusal.objects.get().source == source
        assert Overruling.objects.get().said == "talked"

    def test_blames_nobody_who_wrote_it_down(self, world: World, talk: Attempt) -> None:
        say(world, talk, "refused")

        refusal_after_call(attempt_id=talk.pk, source="speech", actor=ACTOR, now=MORNING)

        assert not Overruling.objects.exists()

    def test_is_heard_in_no_other_way(self, world: World) -> None:
        with pytest.raises(ValueError, match="key_9"):
            refusal_after_call(
                attempt_id=talked(world).pk, source="key_9", actor=ACTOR, now=MORNING
            )
