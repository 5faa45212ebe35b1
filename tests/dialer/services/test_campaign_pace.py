"""One tick of a campaign, against the real gate and the real broker."""

from datetime import timedelta

import pytest

from compliance import clock
from compliance.models import Permit
from compliance.passport import passport_check
from compliance.services.filing_pause import filing_pause
from compliance.services.person_for_number import number_of
from dialer import streams
from dialer.models import Campaign, Lead, SeatSession
from dialer.services.campaign_pace import campaign_pace
from tests.world import MORNING, World, add_lead, callee, callees, freeze, log_on

TRUNK = "loopback"


def line_is_up(*, live: int = 0) -> None:
    streams.beat(
        trunk_code=TRUNK,
        heartbeat=streams.Heartbeat(live=live, max_calls=50, up=True, invites_sent=0),
    )


def tick(world: World) -> int:
    campaign = Campaign.objects.select_related("filing__trunk").get(pk=world.campaign.pk)
    return campaign_pace(campaign=campaign, now=MORNING)


class TestCampaignPace:
    @pytest.fixture(autouse=True)
    def two_seats_are_ready(self, world: World) -> None:
        for seat in world.seats:
            log_on(world, seat)

    def test_launches_one_call_for_each_ready_seat(self, world: World) -> None:
        line_is_up()
        for person in callees(world, 5):
            add_lead(world, person)

        launched = tick(world)

        assert launched == len(world.seats)
        assert Permit.objects.filter(state=Permit.State.ISSUED).count() == launched

    def test_hands_the_permits_to_the_trunk(self, world: World) -> None:
        line_is_up()
        streams.open_stream(TRUNK)
        add_lead(world, callee(world))

        tick(world)

        waiting = streams.next_permits(trunk_code=TRUNK, reader="me", wait_ms=100, at_most=5)
        (one,) = waiting
        assert one.permit_id == Permit.objects.get().pk
        assert passport_check(one.identity, now=clock.host_now()).permit == str(one.permit_id)

    def test_shows_no_number_to_who_reads_the_broker(self, world: World) -> None:
        line_is_up()
        streams.open_stream(TRUNK)
        person = callee(world)
        add_lead(world, person)

        tick(world)

        waiting = str(streams.client().xrange(streams.stream_of(TRUNK)))
        (handed,) = streams.next_permits(trunk_code=TRUNK, reader="me", wait_ms=100, at_most=5)
        assert str(Permit.objects.get().pk) in waiting
        assert number_of(person)[3:] not in waiting
        for part in handed.identity.split("."):  # Base64 hides nothing: the claims name the number
            assert part not in waiting

    def test_launches_nothing_while_the_line_is_silent(self, world: World) -> None:
        add_lead(world, callee(world))

        assert tick(world) == 0

    def test_launches_nothing_on_a_full_trunk(self, world: World) -> None:
        line_is_up(live=50)
        add_lead(world, callee(world))

        assert tick(world) == 0

    def test_goes_on_to_the_next_lead_when_one_is_refused(self, world: World) -> None:
        line_is_up()
        stranger = add_lead(world, callee(world, place=1, consented=False))
        wanted = add_lead(world, callee(world, place=2))

        launched = tick(world)

        stranger.refresh_from_db()
        wanted.refresh_from_db()
        assert launched == 1
        assert (stranger.state, wanted.state) == (Lead.State.BLOCKED, Lead.State.CLAIMED)

    def test_launches_nothing_for_a_paused_campaign(self, world: World) -> None:
        line_is_up()
        add_lead(world, callee(world))
        filing_pause(filing=world.filing, actor="u:1", reason="audit", now=MORNING)

        assert tick(world) == 0

    def test_asks_once_and_then_waits_when_no_lead_could_be_called(self, world: World) -> None:
        night = freeze(MORNING.replace(hour=15))  # 23:00 in Shanghai
        line_is_up()
        for person in callees(world, 3):
            add_lead(world, person)
        campaign = Campaign.objects.select_related("filing__trunk").get(pk=world.campaign.pk)

        launched = campaign_pace(campaign=campaign, now=night)

        campaign.refresh_from_db()
        assert launched == 0
        assert campaign.waits_until is not None
        assert campaign.waits_until > night + timedelta(hours=8)
        assert Lead.objects.filter(state=Lead.State.WAITING).count() == 3
        assert SeatSession.objects.filter(state=SeatSession.State.READY).count() == 2
