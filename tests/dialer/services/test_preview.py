"""An agent sees the person first; the gate decides when the agent asks for the call."""

from datetime import datetime, timedelta

import pytest

from audit.models import AuditEntry
from compliance.models import Decision, Permit, SeatDuty
from dialer import streams
from dialer.models import Campaign, Lead, Preview, SeatSession
from dialer.models.preview import LEAST_LOOK, LONGEST_LOOK
from dialer.services.call_launch import Launch
from dialer.services.call_release import call_release
from dialer.services.campaign_pace import campaign_pace
from dialer.services.dial_request import NoLineFreeError
from dialer.services.leftovers_sweep import leftovers_sweep
from dialer.services.preview_call import (
    NoPhoneError,
    NoPreviewError,
    PreviewAnswer,
    TooSoonError,
    preview_call,
)
from dialer.services.preview_put_back import PutBackTooOftenError, preview_put_back
from dialer.services.preview_show import MOST_ASKED, LookOnError, preview_show
from dialer.services.seat_phone_state import phones_up
from dialer.services.seat_press import seat_pause
from tests.world import MORNING, World, add_lead, callee, callees, freeze, log_on, refuse

AGENT = "u:1"
TRUNK = "loopback"


def line_is_up() -> None:
    streams.beat(
        trunk_code=TRUNK,
        heartbeat=streams.Heartbeat(live=0, max_calls=50, up=True, invites_sent=0),
    )


def show(world: World, *, now: datetime = MORNING, seat: int = 0) -> Preview | None:
    campaign = Campaign.objects.select_related("filing").get(pk=world.campaign.pk)
    shown = preview_show(seat=world.seats[seat], campaign=campaign, actor=AGENT, now=now)
    phones_up(seat_ids=[world.seats[seat].pk], now=now)
    return shown


def call(world: World, *, after: timedelta = LEAST_LOOK) -> PreviewAnswer:
    line_is_up()
    return preview_call(seat=world.seat, actor=AGENT, now=freeze(MORNING + after))


def session_of(world: World) -> SeatSession:
    return SeatSession.objects.get(seat=world.seat)


class TestPreviewShow:
    def test_shows_who_has_been_due_longest(self, world: World) -> None:
        first, second = (add_lead(world, person) for person in callees(world, 2))
        Lead.objects.filter(pk=second.pk).update(due_at=MORNING - timedelta(hours=2))

        shown = show(world)

        assert shown is not None
        assert (shown.lead, shown.until) == (second, MORNING + LONGEST_LOOK)
        assert Lead.objects.get(pk=second.pk).state == Lead.State.CLAIMED
        assert Lead.objects.get(pk=first.pk).state == Lead.State.WAITING
        assert AuditEntry.objects.of("lead.previewed").get().object == f"lead:{second.pk}"

    def test_shows_nobody_whom_the_book_would_not_let_call(self, world: World) -> None:
        said_no, stranger = callee(world), callee(world, place=1, consented=False)
        refuse(said_no, world.principal)
        leads = [add_lead(world, said_no), add_lead(world, stranger)]

        assert show(world) is None

        states = {Lead.objects.get(pk=lead.pk).state for lead in leads}
        assert states == {Lead.State.BLOCKED}
        assert not Preview.objects.exists()
        assert set(Decision.objects.values_list("kind", flat=True)) == {Decision.Kind.QUESTION}

    def test_asks_about_so_many_at_a_press_and_says_that_there_may_be_others(
        self, world: World
    ) -> None:
        for place in range(MOST_ASKED):
            add_lead(world, callee(world, place=place, consented=False))
        wanted = add_lead(world, callee(world, place=MOST_ASKED))

        with pytest.raises(LookOnError):
            show(world)
        found = show(world)

        assert found is not None
        assert found.lead == wanted

    def test_counts_as_the_press_that_a_call_needs(self, world: World) -> None:
        add_lead(world, callee(world))

        show(world)

        assert SeatDuty.objects.get(seat=world.seat).ready_at == MORNING

    def test_shows_one_person_to_one_seat_only(self, world: World) -> None:
        add_lead(world, callee(world))

        assert show(world) is not None
        assert show(world, seat=1) is None

    def test_keeps_the_pacer_from_dialling_for_the_seat(self, world: World) -> None:
        line_is_up()
        for person in callees(world, 2):
            add_lead(world, person)
        show(world)
        campaign = Campaign.objects.select_related("filing__trunk").get(pk=world.campaign.pk)

        assert campaign_pace(campaign=campaign, now=MORNING) == 0
        assert not Permit.objects.exists()


class TestPreviewCall:
    def test_gets_its_permit_from_the_gate(self, world: World) -> None:
        lead = add_lead(world, callee(world))
        shown = show(world)

        answer = call(world)

        assert answer.what is Launch.PERMITTED
        assert answer.permit is not None
        assert answer.permit.decision == answer.decision
        assert answer.decision.origin == "preview"
        assert session_of(world).state == SeatSession.State.RESERVED
        assert Lead.objects.get(pk=lead.pk).state == Lead.State.CLAIMED
        assert shown is not None
        shown.refresh_from_db()
        assert (shown.end, shown.decision) == (Preview.End.CALLED, answer.decision.pk)

    def test_is_refused_to_who_said_no_while_the_card_was_up(self, world: World) -> None:
        person = callee(world)
        lead = add_lead(world, person)
        show(world)
        refuse(person, None)

        answer = call(world)

        assert (answer.what, answer.permit) == (Launch.LEAD_BLOCKED, None)
        assert "CN13-REF-09" in answer.decision.objecting_rules
        assert session_of(world).state == SeatSession.State.READY
        assert Lead.objects.get(pk=lead.pk).state == Lead.State.BLOCKED

    def test_waits_until_somebody_can_have_read_the_card(self, world: World) -> None:
        add_lead(world, callee(world))
        show(world)

        with pytest.raises(TooSoonError):
            call(world, after=LEAST_LOOK - timedelta(milliseconds=1))
        assert not Permit.objects.exists()

    def test_comes_too_late_behind_the_cards_time(self, world: World) -> None:
        add_lead(world, callee(world))
        show(world)

        with pytest.raises(NoPreviewError):
            call(world, after=LONGEST_LOOK)

    def test_calls_once(self, world: World) -> None:
        add_lead(world, callee(world))
        show(world)
        call(world)

        with pytest.raises(NoPreviewError):
            call(world)
        assert Permit.objects.count() == 1

    def test_costs_no_permit_where_no_line_or_no_phone_is_there(self, world: World) -> None:
        add_lead(world, callee(world))
        show(world)
        now = freeze(MORNING + LEAST_LOOK)

        with pytest.raises(NoLineFreeError):
            preview_call(seat=world.seat, actor=AGENT, now=now)
        SeatSession.objects.update(phone_up_at=None)
        with pytest.raises(NoPhoneError):
            preview_call(seat=world.seat, actor=AGENT, now=now)

        assert not Permit.objects.exists()
        assert Preview.objects.open().count() == 1

    def test_leaves_a_seat_whose_permit_died_out_of_the_pacers_reach(self, world: World) -> None:
        add_lead(world, callee(world))
        show(world)
        permit = call(world).permit
        assert permit is not None
        Permit.objects.filter(pk=permit.pk).update(state=Permit.State.EXPIRED)

        call_release(permit_id=permit.pk, now=MORNING)

        campaign = Campaign.objects.select_related("filing__trunk").get(pk=world.campaign.pk)
        assert session_of(world).state == SeatSession.State.READY
        assert campaign_pace(campaign=campaign, now=MORNING) == 0


class TestPuttingBack:
    def test_gives_the_person_to_somebody_else(self, world: World) -> None:
        lead = add_lead(world, callee(world))
        show(world)

        preview_put_back(seat=world.seat, reason="known", actor=AGENT, now=MORNING)

        assert Lead.objects.get(pk=lead.pk).state == Lead.State.WAITING
        assert show(world) is None  # not to the same agent
        other = show(world, seat=1)
        assert other is not None
        assert other.lead == lead

    def test_needs_a_reason_of_the_list(self, world: World) -> None:
        add_lead(world, callee(world))
        show(world)

        with pytest.raises(ValueError, match="write one of"):
            preview_put_back(seat=world.seat, reason="dull", actor=AGENT, now=MORNING)

    def test_ends_before_agents_choose_whom_to_call(self, world: World) -> None:
        for person in callees(world, 4):
            add_lead(world, person)
        for _ in range(3):
            show(world)
            preview_put_back(seat=world.seat, reason="known", actor=AGENT, now=MORNING)
        show(world)

        with pytest.raises(PutBackTooOftenError):
            preview_put_back(seat=world.seat, reason="known", actor=AGENT, now=MORNING)


class TestLeftCards:
    def test_are_closed_when_their_time_is_over(self, world: World) -> None:
        lead = add_lead(world, callee(world))
        show(world)

        leftovers_sweep(now=freeze(MORNING + timedelta(seconds=30)))
        assert Lead.objects.get(pk=lead.pk).state == Lead.State.CLAIMED

        leftovers_sweep(now=freeze(MORNING + LONGEST_LOOK))
        assert Lead.objects.get(pk=lead.pk).state == Lead.State.WAITING
        assert session_of(world).state == SeatSession.State.BREAK
        assert Preview.objects.get().end == Preview.End.EXPIRED

    def test_are_closed_by_the_agents_next_press(self, world: World) -> None:
        lead = add_lead(world, callee(world))
        show(world)

        seat_pause(seat=world.seat, actor=AGENT, now=MORNING)
        assert Lead.objects.get(pk=lead.pk).state == Lead.State.WAITING
        assert Preview.objects.get().end == Preview.End.LEFT

        log_on(world, world.seat)
        assert not session_of(world).previews
