"""DIA-10 and DIA-11 on the wire: a machine says what was approved; keys 9 and 0."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from audit.models import AuditEntry
from compliance.models import Permit, Person, Refusal
from dialer.line_process.both_legs import BothLegs
from dialer.lines.carrier.records import EventRecord
from dialer.models import Attempt, Campaign, Prompt
from dialer.services import prompt_approve
from tests.dialer.prompts.robots import ROBOT_STEPS, robot_campaign
from tests.dialer.prompts.sounds import tone
from tests.scenarios.floor import Floor, until
from tests.world import World, build_world, callee

NOTICE, NOBODY = 0.5, 0.2  # seconds
WAITS = {"behaviour": "answer_wait", "ring_seconds": 0.05}
FIRST_UTTERANCE = timedelta(seconds=3)  # CN13-DIA-10


@pytest.fixture
def world(transactional_db: None) -> World:
    return build_world(purpose="P6")


@pytest.fixture
def campaign(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Campaign:
    """A machine's campaign whose files are much shorter than its words."""
    monkeypatch.setattr(prompt_approve, "MOST_SIGNS_A_SECOND", 1000)
    campaign = robot_campaign(world, steps=ROBOT_STEPS)
    for part, seconds in (("notice", NOTICE), ("nobody", NOBODY)):
        prompt_approve.prompt_approve(
            script=campaign.filing.script,
            file=prompt_approve.PromptFile(data=tone(seconds), part=part, cloned=False),
            folder=tmp_path / "prompts",
            author=world.people.author,
            approver=world.people.approver,
            now=campaign.filing.registered_at,
        )
    return campaign


def called(floor: Floor, campaign: Campaign, *, place: int = 0) -> Person:
    """Have the machine call somebody."""
    person = callee(floor.world, place=place)
    floor.add(person, campaign=campaign)
    floor.ready(floor.world.seats[place], campaign=campaign)
    assert floor.tick(campaign=campaign) == 1
    return person


def ended(floor: Floor) -> Attempt:
    floor.settle()
    return Attempt.objects.get()


def carrier_heard(floor: Floor) -> dict[str, EventRecord]:
    (call,) = floor.carrier.calls()
    return {one.kind: one for one in floor.carrier.events(call.call_id)}


def packets(heard: dict[str, EventRecord]) -> int:
    """Return how much audio the callee had got when it ended."""
    return int(heard["ended"].detail.split(", ")[1].split()[0])


class TestNotice:
    def test_speaks_within_three_seconds_and_hangs_up_at_its_end(
        self, open_floor: Callable[..., Floor], campaign: Campaign
    ) -> None:
        floor = open_floor({0: WAITS})
        floor.start_line()
        called(floor, campaign)

        attempt = ended(floor)

        heard = carrier_heard(floor)
        silent = heard["voice"].at - heard["answered"].at
        assert silent < FIRST_UTTERANCE
        assert heard["ended"].detail.startswith("by caller")
        assert packets(heard) >= NOTICE / 0.02 - 2
        assert (attempt.result, attempt.ended_by) == ("answered", "us")
        assert floor.wire_equals_permits()

    @pytest.mark.long
    def test_is_refused_by_key_nine_while_it_speaks(
        self, open_floor: Callable[..., Floor], campaign: Campaign
    ) -> None:
        floor = open_floor({0: {**WAITS, "key": "9", "key_seconds": 0.1}})
        floor.start_line()
        person = called(floor, campaign)

        ended(floor)

        refusal = Refusal.objects.get()
        assert (refusal.person_id, refusal.source) == (person.pk, "key_9")

    def test_brings_the_agent_of_its_seat_by_key_zero(
        self, open_floor: Callable[..., Floor], campaign: Campaign
    ) -> None:
        talks = {"key": "0", "key_seconds": 0.1, "behaviour": "answer", "talk_seconds": 1.5}
        floor = open_floor({0: {**WAITS, **talks}})
        floor.start_line()
        called(floor, campaign)

        attempt = ended(floor)

        told = json.loads(bytes(AuditEntry.objects.get(action="call.person_asked").body))
        assert told["data"] == {"came": True}
        assert attempt.agent_after_ms is not None  # the callee has heard the agent
        assert (attempt.result, attempt.ended_by) == ("answered", "callee")

    def test_says_so_and_ends_where_key_zero_finds_nobody(
        self,
        open_floor: Callable[..., Floor],
        campaign: Campaign,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(BothLegs, "bring", lambda _legs: None)
        floor = open_floor({0: {**WAITS, "key": "0", "key_seconds": 0.1}})
        floor.start_line()
        called(floor, campaign)

        attempt = ended(floor)

        entry = AuditEntry.objects.get(action="call.person_asked")
        told = json.loads(bytes(entry.body))
        assert (told["object"], told["data"]) == (f"attempt:{attempt.pk}", {"came": False})
        assert packets(carrier_heard(floor)) < (NOTICE + NOBODY) / 0.02
        assert not Refusal.objects.exists()

    @pytest.mark.parametrize("harm", [pytest.param("missing", marks=pytest.mark.long), "altered"])
    def test_calls_nobody_without_its_approved_files(
        self,
        open_floor: Callable[..., Floor],
        campaign: Campaign,
        tmp_path: Path,
        harm: str,
    ) -> None:
        file = tmp_path / "prompts" / f"{Prompt.objects.get(part='nobody').sha256}.wav"
        if harm == "missing":
            file.unlink()
        else:
            file.write_bytes(tone(0.3))
        floor = open_floor({0: WAITS})
        floor.start_line()
        called(floor, campaign)

        until(lambda: Permit.objects.filter(state="void").exists(), otherwise=floor.state)

        assert Permit.objects.get().void_reason == "prompt_not_ready"
        assert floor.carrier.calls() == []
        assert not Attempt.objects.exists()

    @pytest.mark.long
    def test_is_asked_of_the_gate_with_a_seat_that_stands_behind_it(
        self, open_floor: Callable[..., Floor], campaign: Campaign
    ) -> None:
        floor = open_floor()
        floor.pretend_a_line()
        person = callee(floor.world)
        floor.add(person, campaign=campaign)

        assert floor.tick(campaign=campaign) == 0  # nobody is ready to take over

        floor.ready(campaign=campaign)
        assert floor.tick(campaign=campaign) == 1
        assert Permit.objects.get().filing.robot
