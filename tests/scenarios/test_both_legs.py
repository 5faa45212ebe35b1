"""Whole calls with both legs over real SIP: the agent's phone, the callee, and who hears whom."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from audit.models import AuditEntry
from compliance.models import Abandonment, Permit, Refusal
from dialer.line_process import both_legs
from dialer.models import Attempt, SeatPhone, SeatSession
from dialer.services import prompt_approve
from dialer.services.desk_press import (
    CallOverError,
    NotYourCallError,
    call_digits,
    call_hang_up,
    call_hold,
    call_resume,
)
from tests.dialer.prompts.robots import PERSON_STEPS, robot_campaign
from tests.dialer.prompts.sounds import tone
from tests.scenarios.floor import Floor, until
from tests.sip.peers import PhonesProcess
from tests.world import MORNING, callee

WAITS = {"behaviour": "answer_wait", "ring_seconds": 0.05}
TALKS = {"behaviour": "answer", "ring_seconds": 0.05, "talk_seconds": 0.8, "echoes": True}
PHONE = {"behaviour": "answer_wait", "provisional": [180], "ring_seconds": 0.0}


@pytest.fixture(scope="module")
def own_phones(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PhonesProcess]:
    """Each seat's phone does something else."""
    script = {
        "ss0000": PHONE,
        "ss0001": {**PHONE, "agent_seconds": [0.4]},  # its agent hangs up
        "ss0002": {**PHONE, "agent_key": "5"},
        "ss0003": {**PHONE, "agent_silent": True},  # muted
    }
    phones = PhonesProcess(tmp_path_factory.mktemp("own"), {"numbers": script})
    yield phones
    phones.stop()


Open = Callable[..., Floor]


def call(floor: Floor, seat: int) -> Attempt:
    """Have one seat's call answered."""
    floor.leads(callee(floor.world))
    floor.ready(floor.world.seats[seat])
    assert floor.tick() == 1
    until(
        lambda: Attempt.objects.filter(answered_at__isnull=False).exists(), otherwise=floor.state
    )
    return Attempt.objects.get()


def ended(floor: Floor) -> tuple[Attempt, dict[str, object]]:
    floor.settle()
    entry = json.loads(bytes(AuditEntry.objects.get(action="call.ended").body))
    return Attempt.objects.get(), entry["data"]


def at_callee(floor: Floor) -> dict[str, str]:
    (row,) = floor.carrier.calls()
    return {event.kind: event.detail for event in floor.carrier.events(row.call_id)}


def at_phone(phones: PhonesProcess, floor: Floor, seat: int) -> list[tuple[str, str]]:
    """Return what the seat's phone noted in its last leg."""
    address = SeatPhone.objects.get(seat=floor.world.seats[seat]).address
    leg = [row for row in phones.legs() if row.request_uri_number == address][-1]
    return [(event.kind, event.detail) for event in phones.events(leg.call_id)]


class TestBothLegs:
    def test_hear_each_other_from_the_answer_on(
        self, open_floor: Open, own_phones: PhonesProcess
    ) -> None:
        floor = open_floor({0: TALKS}, own_phones)
        floor.start_line()
        call(floor, 0)

        attempt, told = ended(floor)

        assert (attempt.result, attempt.ended_by) == ("answered", "callee")
        assert attempt.bridged_after_ms is not None
        assert attempt.agent_after_ms is not None
        assert attempt.bridged_after_ms <= 50
        assert attempt.agent_after_ms < 1000
        assert told["agent_after_ms"] == attempt.agent_after_ms
        assert "voice" in at_callee(floor)  # the agent's, at the callee
        noted = dict(at_phone(own_phones, floor, 0))
        assert "talks" in noted
        assert len(floor.carrier.calls()) == 1  # legs of seats are none of the carrier's
        assert floor.wire_equals_permits()

    def test_end_when_the_agent_hangs_the_phone_up(
        self, open_floor: Open, own_phones: PhonesProcess
    ) -> None:
        floor = open_floor({0: WAITS}, own_phones)
        floor.start_line()
        call(floor, 1)

        attempt, told = ended(floor)

        assert (attempt.result, attempt.ended_by, told["ended_by"]) == (
            "answered",
            "agent",
            "agent",
        )
        assert at_callee(floor)["ended"].startswith("by caller")
        seat = SeatSession.objects.filter(seat=floor.world.seats[1])
        until(lambda: seat.filter(phone_up_at__isnull=False).exists())  # it is called again

    def test_part_at_key_nine_which_is_a_refusal(
        self, open_floor: Open, own_phones: PhonesProcess
    ) -> None:
        floor = open_floor({0: {**WAITS, "key": "9", "key_seconds": 0.4}}, own_phones)
        floor.start_line()
        call(floor, 0)

        attempt, _ = ended(floor)

        assert Refusal.objects.get().source == "key_9"
        assert (attempt.disposition, attempt.ended_by) == ("refused", "us")
        assert attempt.bridged_after_ms is not None

    def test_pass_keys_on_both_ways(self, open_floor: Open, own_phones: PhonesProcess) -> None:
        floor = open_floor({0: {**TALKS, "key": "7", "key_seconds": 0.3}}, own_phones)
        floor.start_line()
        call(floor, 2)

        ended(floor)

        assert at_callee(floor)["digit"] == "5"
        assert ("digit", "7") in at_phone(own_phones, floor, 2)


class TestAbandoned:
    def test_is_a_call_whose_callee_hears_no_agent_in_time(
        self, open_floor: Open, own_phones: PhonesProcess, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(both_legs, "JOIN_SECONDS", 0.3)
        floor = open_floor({0: WAITS}, own_phones)
        floor.start_line()
        call(floor, 3)

        attempt, told = ended(floor)

        assert (attempt.result, attempt.ended_by) == ("abandoned", "us")
        assert (attempt.agent_after_ms, told["agent_after_ms"]) == (None, None)
        assert Permit.objects.get().result == "abandoned"
        counted = Abandonment.objects.get()
        assert (counted.abandoned_day, counted.answered_day) == (1, 1)
        assert attempt.disposition == "unreached"

    def test_tells_the_callee_who_called_and_how_to_refuse(
        self,
        open_floor: Open,
        own_phones: PhonesProcess,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
    ) -> None:
        monkeypatch.setattr(both_legs, "JOIN_SECONDS", 0.3)
        monkeypatch.setattr(prompt_approve, "MOST_SIGNS_A_SECOND", 1000)
        floor = open_floor({0: {**WAITS, "key": "9", "key_seconds": 0.6}}, own_phones)
        world = floor.world
        campaign = robot_campaign(world, steps=PERSON_STEPS, robot=False)
        prompt_approve.prompt_approve(
            script=campaign.filing.script,
            file=prompt_approve.PromptFile(data=tone(2.0), part="sorry", cloned=False),
            folder=tmp_path / "prompts",
            author=world.people.author,
            approver=world.people.approver,
            now=MORNING,
        )
        floor.start_line()
        floor.add(callee(world), campaign=campaign)
        floor.ready(world.seats[3], campaign=campaign)
        assert floor.tick(campaign=campaign) == 1

        until(Attempt.objects.filter(answered_at__isnull=False).exists, otherwise=floor.state)
        attempt, _ = ended(floor)

        assert "voice" in at_callee(floor)  # that of the file: the agent is muted
        assert (attempt.result, attempt.disposition) == ("abandoned", "refused")
        assert Refusal.objects.get().source == "key_9"


class TestDesk:
    def test_lets_the_agent_of_the_call_hold_press_and_end_it(
        self, open_floor: Open, own_phones: PhonesProcess
    ) -> None:
        floor = open_floor({0: {**WAITS, "echoes": True}}, own_phones)
        floor.start_line()
        attempt = call(floor, 0)
        agent, other = (floor.world.seats[n].agent for n in (0, 1))
        pk = attempt.pk

        with pytest.raises(NotYourCallError):
            call_hang_up(attempt_id=pk, by=other, now=MORNING)
        call_hold(attempt_id=pk, by=agent, now=MORNING)
        until(lambda: ("listens", "") in at_phone(own_phones, floor, 0))
        call_resume(attempt_id=pk, by=agent, now=MORNING)
        until(lambda: at_phone(own_phones, floor, 0)[-1] == ("talks", ""))
        call_digits(attempt_id=pk, digits="12", by=agent, now=MORNING)
        until(lambda: "digit" in at_callee(floor))
        call_hang_up(attempt_id=pk, by=agent, now=MORNING)

        attempt, _ = ended(floor)
        assert attempt.ended_by == "agent"
        with pytest.raises(CallOverError):
            call_hang_up(attempt_id=pk, by=agent, now=MORNING)
        pressed = [
            json.loads(bytes(one.body))["data"]
            for one in AuditEntry.objects.filter(action="call.desk_pressed").order_by("pk")
        ]
        assert [one["what"] for one in pressed] == ["hold", "resume", "digits", "hang_up"]
        assert not attempt.presses.exclude(digits="").exists()


class TestSeatWithoutPhone:
    def test_gets_no_call_and_its_permit_is_given_back(
        self, open_floor: Open, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        phones = PhonesProcess(tmp_path_factory.mktemp("gone"))
        floor = open_floor({0: WAITS}, phones)
        floor.start_line()
        floor.ready(floor.world.seats[0])
        phones.stop(kill=True)
        SeatPhone.objects.filter(seat=floor.world.seats[0]).update(address="nobody-there")
        floor.leads(callee(floor.world))
        session = SeatSession.objects.filter(seat=floor.world.seats[0])
        until(lambda: session.filter(phone_up_at=None).exists())

        assert floor.tick() == 0
        session.update(phone_up_at=MORNING)  # as if the last word were not written yet
        assert floor.tick() == 1
        until(lambda: Permit.objects.filter(state="void").exists(), otherwise=floor.state)

        assert Permit.objects.get().void_reason == "seat_phone_down"
        assert floor.carrier.calls() == []
        assert not Attempt.objects.exists()
