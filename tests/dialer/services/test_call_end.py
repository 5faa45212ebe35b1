"""How a call's end changes the attempt, the permit, the lead and the seat, in one commit."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.models import AuditEntry
from compliance.models import Permit, Refusal
from dialer.lines.base import Outcome
from dialer.models import Attempt, Lead, SeatSession
from dialer.services.call_end import LOST, call_end
from dialer.services.call_progress import call_answered
from dialer.services.refusal_during_call import refusal_during_call
from tests.dialer.services.calls import end, up
from tests.examples import FEW
from tests.stages import staged
from tests.undone import undone
from tests.world import ACTOR, MORNING, World, ask, build_world, make_campaign, make_principal


@staged
def world() -> World:
    return build_world()


@staged
def attempt(world: World) -> Attempt:
    """A call that has left."""
    return up(world)


class TestCallEnd:
    def test_closes_the_permit_with_what_the_caps_count(self, attempt: Attempt) -> None:
        end(attempt, Outcome.ANSWERED, talk_seconds=42)

        permit = Permit.objects.get(pk=attempt.permit_id)
        assert (permit.state, permit.result, permit.talk_seconds) == ("closed", "answered", 42)

    @pytest.mark.parametrize("outcome", [Outcome.ANSWERED, Outcome.NO_ANSWER, Outcome.LINE_DOWN])
    def test_uses_up_the_agents_press_of_ready(
        self, world: World, attempt: Attempt, outcome: Outcome
    ) -> None:
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
        self, attempt: Attempt, outcome: Outcome, state: str, attempts: int, hours: float | None
    ) -> None:
        end(attempt, outcome)

        lead = Lead.objects.get(pk=attempt.lead_id)
        assert (lead.state, lead.attempts) == (state, attempts)
        if hours is not None:
            assert lead.due_at == MORNING + timedelta(hours=hours)

    def test_gives_up_after_the_last_try(self, world: World, attempt: Attempt) -> None:
        Lead.objects.filter(pk=attempt.lead_id).update(attempts=world.campaign.max_attempts - 1)

        end(attempt, Outcome.BUSY)

        assert Lead.objects.get(pk=attempt.lead_id).state == Lead.State.DONE

    def test_never_redials_a_lost_call(self, attempt: Attempt) -> None:
        call_end(attempt_id=attempt.pk, end=LOST, actor=ACTOR, now=MORNING)

        lead = Lead.objects.get(pk=attempt.lead_id)
        assert (lead.state, lead.last_result, lead.attempts) == (Lead.State.DONE, "lost", 1)

    def test_notes_that_the_person_refused(self, attempt: Attempt) -> None:
        refusal_during_call(attempt_id=attempt.pk, actor=ACTOR, now=MORNING)

        end(attempt, Outcome.ANSWERED, talk_seconds=4)

        attempt.refresh_from_db()
        assert attempt.disposition == Attempt.Disposition.REFUSED

    def test_happens_once(self, attempt: Attempt) -> None:
        end(attempt, Outcome.BUSY)

        again = end(attempt, Outcome.ANSWERED, talk_seconds=9)

        assert not again
        assert Permit.objects.get(pk=attempt.permit_id).result == "busy"
        assert AuditEntry.objects.filter(action="call.ended").count() == 1


class TestCarrierThatSaysNo:
    """CN13-REF-07: a block that the callee has switched on is a refusal for the industry."""

    @pytest.mark.parametrize(
        ("sip_code", "q850"), [(607, None), (608, None), (603, 24), (480, 24), (403, 24)]
    )
    def test_has_taken_down_a_refusal(
        self, world: World, attempt: Attempt, sip_code: int, q850: int | None
    ) -> None:
        end(attempt, Outcome.DECLINED, sip_code=sip_code, q850=q850)

        refusal = Refusal.objects.get()
        assert (refusal.source, refusal.evidence) == ("carrier", f"permit:{attempt.permit_id}")
        assert (refusal.principal, refusal.industry) == (world.principal, "education")
        attempt.refresh_from_db()
        assert attempt.disposition == Attempt.Disposition.REFUSED

    @pytest.mark.parametrize(
        ("sip_code", "q850"),
        [(603, None), (603, 21), (486, 17), (606, None), (480, 23)],
    )
    def test_is_told_from_a_callee_who_turns_one_call_away(
        self, world: World, sip_code: int, q850: int | None
    ) -> None:
        end(up(world), Outcome.DECLINED, sip_code=sip_code, q850=q850)

        assert not Refusal.objects.exists()

    @FEW
    @given(
        sip_code=st.sampled_from([None, 486, 607, 608, 609]),
        q850=st.sampled_from([None, 17, 24]),
        outcome=st.sampled_from(sorted(set(Outcome) - {Outcome.ANSWERED})),
    )
    def test_is_believed_whatever_the_line_makes_of_the_call(
        self, world: World, sip_code: int | None, q850: int | None, outcome: Outcome
    ) -> None:
        said_no = sip_code in {607, 608} or q850 == 24
        with undone():
            attempt = up(world)

            end(attempt, outcome, sip_code=sip_code, q850=q850)

            refused = Refusal.objects.filter(person=attempt.permit.person, source="carrier")
            attempt.refresh_from_db()
            assert refused.exists() is said_no
            assert (attempt.disposition == Attempt.Disposition.REFUSED) is said_no

    def test_is_heard_by_the_whole_industry(self, world: World, attempt: Attempt) -> None:
        other = make_campaign(
            people=world.people,
            principal=make_principal(name="另一家教育公司", industry="education"),
            caller_number=world.caller_number,
            trunk=world.trunk,
            code="other",
        )

        end(attempt, Outcome.DECLINED, sip_code=607)
        answer = ask(world, attempt.permit.person, seat=world.seats[1], filing=other.filing)

        assert "CN13-REF-02" in answer.rules  # type: ignore[union-attr]

    def test_says_it_once(self, attempt: Attempt) -> None:
        for _ in range(2):
            end(attempt, Outcome.DECLINED, sip_code=607)

        assert Refusal.objects.count() == 1
