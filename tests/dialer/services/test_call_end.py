"""How a call's end changes the attempt, the permit, the lead and the seat, in one commit."""

from datetime import timedelta

import pytest

from audit.models import AuditEntry
from compliance.models import Permit
from dialer.lines.base import Outcome
from dialer.models import Attempt, Lead, SeatSession
from dialer.services.call_end import LOST, CallEnd, call_end
from dialer.services.call_launch import call_launch
from dialer.services.call_open import call_open
from dialer.services.call_progress import call_answered
from dialer.services.refusal_during_call import refusal_during_call
from tests.world import ACTOR, MORNING, World, add_lead, callee, log_on


def up(world: World) -> Attempt:
    """Return a call that has left."""
    log_on(world, world.seat)
    lead = add_lead(world, callee(world))
    session = SeatSession.objects.get(seat=world.seat)
    launched = call_launch(
        lead=lead, session=session, origin="progressive", actor=ACTOR, now=MORNING
    )
    assert launched.permit is not None
    opened = call_open(
        permit_id=launched.permit.pk, trunk_id=world.trunk.pk, line_process="p", now=MORNING
    )
    return Attempt.objects.get(pk=opened.attempt_id)


def end(attempt: Attempt, outcome: Outcome, *, talk_seconds: int = 0) -> bool:
    ended = CallEnd(
        outcome=outcome, sip_code=None, q850=None, ended_by="callee", talk_seconds=talk_seconds
    )
    return call_end(attempt_id=attempt.pk, end=ended, actor=ACTOR, now=MORNING)


class TestCallEnd:
    def test_closes_the_permit_with_what_the_caps_count(self, world: World) -> None:
        attempt = up(world)

        end(attempt, Outcome.ANSWERED, talk_seconds=42)

        permit = Permit.objects.get(pk=attempt.permit_id)
        assert (permit.state, permit.result, permit.talk_seconds) == ("closed", "answered", 42)

    @pytest.mark.parametrize("outcome", [Outcome.ANSWERED, Outcome.NO_ANSWER, Outcome.LINE_DOWN])
    def test_uses_up_the_agents_press_of_ready(self, world: World, outcome: Outcome) -> None:
        attempt = up(world)
        call_answered(attempt_id=attempt.pk, now=MORNING)

        end(attempt, outcome, talk_seconds=3)

        session = SeatSession.objects.get(seat=world.seat)
        assert (session.state, session.permit_id) == (SeatSession.State.WRAP_UP, None)

    @pytest.mark.parametrize(
        ("outcome", "state", "attempts", "hours"),
        [
            (Outcome.BUSY, Lead.State.WAITING, 1, 0.5),
            (Outcome.NO_ANSWER, Lead.State.WAITING, 1, 4),
            (Outcome.CONGESTION, Lead.State.WAITING, 0, 1 / 6),  # the carrier's fault
            (Outcome.INVALID_NUMBER, Lead.State.DONE, 1, None),
            (Outcome.DECLINED, Lead.State.DONE, 1, None),
            (Outcome.ANSWERED, Lead.State.DONE, 1, None),
        ],
    )
    def test_sets_the_next_try_as_a_row(
        self, world: World, outcome: Outcome, state: str, attempts: int, hours: float | None
    ) -> None:
        attempt = up(world)

        end(attempt, outcome)

        lead = Lead.objects.get(pk=attempt.lead_id)
        assert (lead.state, lead.attempts) == (state, attempts)
        if hours is not None:
            assert lead.due_at == MORNING + timedelta(hours=hours)

    def test_gives_up_after_the_last_try(self, world: World) -> None:
        attempt = up(world)
        Lead.objects.filter(pk=attempt.lead_id).update(attempts=world.campaign.max_attempts - 1)

        end(attempt, Outcome.BUSY)

        assert Lead.objects.get(pk=attempt.lead_id).state == Lead.State.DONE

    def test_never_redials_a_lost_call(self, world: World) -> None:
        attempt = up(world)

        call_end(attempt_id=attempt.pk, end=LOST, actor=ACTOR, now=MORNING)

        lead = Lead.objects.get(pk=attempt.lead_id)
        assert (lead.state, lead.last_result, lead.attempts) == (Lead.State.DONE, "lost", 1)

    def test_notes_that_the_person_refused(self, world: World) -> None:
        attempt = up(world)
        refusal_during_call(attempt_id=attempt.pk, actor=ACTOR, now=MORNING)

        end(attempt, Outcome.ANSWERED, talk_seconds=4)

        attempt.refresh_from_db()
        assert attempt.disposition == Attempt.Disposition.REFUSED

    def test_happens_once(self, world: World) -> None:
        attempt = up(world)
        end(attempt, Outcome.BUSY)

        again = end(attempt, Outcome.ANSWERED, talk_seconds=9)

        assert not again
        assert Permit.objects.get(pk=attempt.permit_id).result == "busy"
        assert AuditEntry.objects.filter(action="call.ended").count() == 1
