"""Refusals that arrive between the decision and the dialling: no call leaves after one."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from chinese_calendar import is_workday
from django.db import connection

from compliance.models import Permit, Person, Refusal, Seat, SeatDuty, Trunk
from compliance.services.seat_duty import seat_pressed_ready
from tests.races.swarm import Answer, Command, Swarm
from tests.world import MORNING, World, callees, let_time_pass, make_seats

SEATS = 24
WAVES_A_DAY = 18  # 432 calls: below the 500 of a caller number, and 18 of a seat's 25 an hour
BETWEEN_WAVES = timedelta(minutes=1)  # a day's waves end before the agents' break is due
AMIDST = {"wait_seconds": 0.25}  # while the line takes its time between permit and INVITE
REFUSING = 0.4  # share of the people who say no while their permit is on its way
LEADS = [
    pytest.param(96),
    pytest.param(None, id="long", marks=[pytest.mark.long, pytest.mark.timeout(3600)]),
]


@dataclass
class Count:
    """What the line itself saw, and what it found in the register as it sent each INVITE."""

    invites: int = 0
    invites_after_refusal: int = 0
    refusals: int = 0
    errors: int = 0


def dial_all(world: World, swarm: Swarm, *, leads: int, seed: int = 1, **more: object) -> Count:
    """Decide, refuse and dial in waves, every dial and every refusal in a race of eight."""
    Trunk.objects.update(max_calls=4 * SEATS)  # far from the cap: decisions need not queue for it
    seats = [*world.seats, *make_seats(SEATS - len(world.seats))]
    dice, count, morning = random.Random(seed), Count(), MORNING
    people = callees(world, leads)
    for wave, start in enumerate(range(0, leads, SEATS)):
        if wave and wave % WAVES_A_DAY == 0:
            morning = next_workday(morning)
        now = let_time_pass(morning + wave % WAVES_A_DAY * BETWEEN_WAVES)
        press_ready(seats, now, first=wave % WAVES_A_DAY == 0)
        called = people[start : start + SEATS]
        asked = asking(world, called, seats=seats, now=now)
        permits = [answer["permit"] for answer in swarm.share(asked)]
        race = shuffled(world=world, called=called, permits=permits, now=now, dice=dice, more=more)
        note(count, race, swarm.share(race))
        end_calls(now)
    return count


def press_ready(seats: Sequence[Seat], now: datetime, *, first: bool) -> None:
    """Press for every seat; only the day's first press can begin the work anew."""
    if first:
        for seat in seats:
            seat_pressed_ready(seat_id=seat.pk, now=now)
    SeatDuty.objects.update(ready_at=now)


def asking(
    world: World, called: list[Person], *, seats: Sequence[Seat], now: datetime
) -> list[Command]:
    """Ask for a permit for each person, each by a seat of its own."""
    return [
        {
            "do": "request",
            "filing": world.campaign.filing_id,
            "person": person.pk,
            "seat": seat.pk,
            "now": now.isoformat(),
        }
        for person, seat in zip(called, seats, strict=False)
    ]


def shuffled(
    *,
    world: World,
    called: list[Person],
    permits: list[str],
    now: datetime,
    dice: random.Random,
    more: dict[str, object],
) -> list[Command]:
    """Put each refusal beside the dial that it races with, before it or after it."""
    pairs: list[list[Command]] = []
    for person, permit in zip(called, permits, strict=True):
        at = now.isoformat()
        pair: list[Command] = [
            {"do": "dial", "permit": permit, "trunk": world.trunk.pk, "now": at, **more}
        ]
        if dice.random() < REFUSING:
            no = {"do": "refuse", "person": person.pk, "principal": world.principal.pk, "now": at}
            late = {"wait_seconds": dice.choice([0, 0.005, 0.01, 0.02])}
            pair.insert(dice.randrange(2), {**no, **late, **more})
        pairs.append(pair)
    dice.shuffle(pairs)
    return [command for pair in pairs for command in pair]


def note(count: Count, commands: list[Command], answers: list[Answer]) -> None:
    for command, answer in zip(commands, answers, strict=True):
        count.errors += "error" in answer
        count.refusals += command["do"] == "refuse"
        count.invites += answer.get("invited", False)
        count.invites_after_refusal += answer.get("refused", False)


def end_calls(now: datetime) -> None:
    Permit.objects.filter(state="redeemed").update(
        state="closed", result="no_answer", talk_seconds=0, ended_at=now
    )
    Permit.objects.filter(state="issued").update(state="expired")


def next_workday(now: datetime) -> datetime:
    """Return the same time on the next day that the State Council calls a workday."""
    later = now + timedelta(days=1)
    while not is_workday(later.date()):  # the morning is the same day here and in Beijing
        later += timedelta(days=1)
    return later


def spent_after_refusal() -> int:
    """Count in the ledger: redemptions later than a refusal of the same person."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM compliance_permit p JOIN compliance_refusal r"
            " ON r.person_id = p.person_id AND r.recorded_at < p.redeemed_at"
        )
        return int(cursor.fetchone()[0])


class TestRefusal:
    @pytest.mark.parametrize("leads", LEADS)
    def test_is_never_overtaken_by_a_call(
        self, world: World, swarm: Swarm, leads: int | None, request: pytest.FixtureRequest
    ) -> None:
        leads = leads or int(request.config.getoption("--refusing-leads"))
        count = dial_all(world, swarm, leads=leads)

        assert count.errors == 0
        assert count.invites_after_refusal == 0
        assert spent_after_refusal() == 0
        assert count.refusals == Refusal.objects.count() > leads * REFUSING * 0.8
        # Everybody who had not refused was called: the count could have been wrong.
        assert count.invites >= leads - count.refusals
        voided = Permit.objects.filter(state="void").count()
        assert count.invites + voided == leads

    @pytest.mark.long
    @pytest.mark.parametrize("leads", [48])
    def test_holds_even_if_the_line_takes_its_time(
        self, world: World, swarm: Swarm, leads: int
    ) -> None:
        count = dial_all(world, swarm, leads=leads, line_seconds=0.02)

        assert count.invites > 0
        assert count.invites_after_refusal == 0

    @pytest.mark.long
    def test_is_overtaken_in_a_twin_that_neither_voids_nor_looks_again(
        self, world: World, swarm: Swarm
    ) -> None:
        count = dial_all(world, swarm, leads=48, without=["voiding", "probe"])

        assert count.invites_after_refusal > 0

    @pytest.mark.long
    @pytest.mark.parametrize("safeguard", ["voiding", "probe"])
    def test_is_not_overtaken_if_only_one_of_the_two_is_missing(
        self, world: World, swarm: Swarm, safeguard: str
    ) -> None:
        count = dial_all(world, swarm, leads=48, without=[safeguard])

        assert count.invites > 0
        assert count.invites_after_refusal == 0

    @pytest.mark.parametrize("without", [[], ["number_held"]])
    def test_is_overtaken_only_in_a_twin_that_lets_the_number_go_before_the_invite(
        self, world: World, swarm: Swarm, without: list[str]
    ) -> None:
        people = callees(world, 4)  # each is dialled by one process and refuses in another
        asked = asking(world, people, seats=make_seats(4), now=MORNING)
        permits = [answer["permit"] for answer in swarm.share(asked)]
        at = {"now": MORNING.isoformat()}
        slow = {**at, "trunk": world.trunk.pk, "line_seconds": 0.6, "without": without}
        dials = [{"do": "dial", "permit": permit, **slow} for permit in permits]
        noes = [
            {"do": "refuse", "person": p.pk, "principal": world.principal.pk, **at, **AMIDST}
            for p in people
        ]

        answers = swarm.at_once([*dials, *noes])

        assert any(answer.get("invited") for answer in answers)
        assert any(answer.get("refused") for answer in answers) == bool(without)
