"""A line process that dies takes no callee with it: lost, never redialled, hung up by the next."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from audit.models import AuditEntry
from compliance.models import Refusal
from config.demo.line_keys import line_keys
from dialer import streams
from dialer.models import Attempt, Campaign, Lead, SeatSession
from tests.races.swarm import environment
from tests.scenarios.floor import Floor, until
from tests.sip.peers import ROOT, PhonesProcess
from tests.world import MORNING, World, build_world, callee, callees, run_clock

TALKS = {"behaviour": "answer_wait", "ring_seconds": 0.05}
RINGS = {"behaviour": "no_answer"}
TAKEN_OVER_SECONDS = 15.0
BUSY = 3.0  # where a start takes long, as long as so many of a line that takes nothing over


def said(action: str) -> list[dict[str, Any]]:
    entries = AuditEntry.objects.filter(action=action).order_by("pk")
    return [json.loads(bytes(entry.body)) for entry in entries]


class TestTakenOver:
    def test_the_next_process_hangs_up_whom_the_last_one_left_on_the_line(
        self, world: World, open_floor: Callable[..., Floor], tmp_path: Path
    ) -> None:
        floor = open_floor({0: {**TALKS, "behaviour": "answer", "talk_seconds": 0.6}})
        floor.start_line()
        floor.leads(callee(world))
        floor.ready()
        floor.tick()
        until(lambda: Attempt.objects.exclude(answered_at=None).exists())
        book = tmp_path / "lines" / "loopback.dialogs"
        until(lambda: b"sealed" in book.read_bytes())
        phones = book.with_name("loopback~house.dialogs")
        left = {one: one.read_bytes() for one in (book, phones)}
        floor.settle()
        floor.stop_line()
        assert "over" in book.read_text()

        for one, content in left.items():
            one.write_bytes(content)
        floor.start_line()

        legs = {json.loads(one)["call"] for one in left[phones].splitlines()}
        entries = AuditEntry.objects.filter(action="call.orphan_ended")
        until(lambda: entries.count() == 1 + len(legs))
        told, leg = sorted(said("call.orphan_ended"), key=lambda one: one["object"])[:2]
        attempt = Attempt.objects.get()
        assert leg["object"] == f"trunk:{world.trunk.pk}"
        assert (leg["data"]["by"], leg["data"]["permit"]) == ("BYE", "")
        assert told["object"] == f"attempt:{attempt.pk}"
        assert told["data"]["permit"] == str(attempt.permit_id)
        assert (told["data"]["by"], told["data"]["sip_code"]) == ("BYE", 200)
        until(lambda: "over" in book.read_text())

    def test_the_next_process_records_a_key_9_that_the_last_one_could_not(
        self, world: World, open_floor: Callable[..., Floor], tmp_path: Path
    ) -> None:
        floor = open_floor({0: {**TALKS, "behaviour": "answer", "talk_seconds": 0.6}})
        floor.start_line()
        floor.leads(callee(world))
        floor.ready()
        floor.tick()
        until(lambda: Attempt.objects.exclude(ended_at=None).exists())
        floor.settle()
        floor.stop_line()
        attempt = Attempt.objects.get()
        heard = tmp_path / "lines" / "loopback.refusals"
        heard.write_text(json.dumps({"attempt": attempt.pk}) + "\n")

        floor.start_line()

        until(Refusal.objects.exists)
        assert Refusal.objects.get().evidence == f"permit:{attempt.permit_id}"
        until(lambda: "over" in heard.read_text())


class RealProcess:
    """`manage.py run_lines` as a process of its own, on the database of this run."""

    def __init__(self, folder: Path) -> None:
        self.began = time.monotonic()
        keys = line_keys(keys=Path(settings.KEYS_DIR), folder=folder / "keys")
        self.popen = subprocess.Popen(
            [sys.executable, "manage.py", "run_lines", "loopback"],
            cwd=ROOT,
            env={
                **environment(),
                "REDIS_URL": settings.REDIS_URL,
                "LINES_DIR": str(folder / "lines"),
                "KEYS_DIR": str(keys),
            },
        )

    def wait_up(self) -> float:
        """Wait for the first heartbeat; return the seconds that it took."""
        until(lambda: (beat := streams.heartbeat_of("loopback")) is not None and beat.up)
        return time.monotonic() - self.began

    def kill(self) -> None:
        os.kill(self.popen.pid, signal.SIGKILL)
        self.popen.wait()
        streams.client().delete("yunhu:heartbeat:loopback")  # nobody is to believe the last one

    def stop(self) -> None:
        self.popen.terminate()
        self.popen.wait(timeout=20)


@pytest.mark.long
class TestKilled:
    TALKING, RINGING = 40, 10

    @pytest.fixture
    def world(self, transactional_db: None) -> World:
        return build_world(seats=self.TALKING + self.RINGING, max_calls=60)

    def test_with_fifty_calls_up_loses_fifty_redials_none_and_every_leg_is_ended(
        self,
        world: World,
        open_floor: Callable[..., Floor],
        practice_phones: PhonesProcess,
        tmp_path: Path,
    ) -> None:
        calls = self.TALKING + self.RINGING
        ring = range(self.TALKING, calls)
        floor = open_floor({place: RINGS if place in ring else TALKS for place in range(calls)})
        earlier = {leg.call_id for leg in practice_phones.legs()}
        run_clock(MORNING)
        Campaign.objects.update(ring_seconds=45)  # nobody is to be given up meanwhile
        first = RealProcess(tmp_path)
        second: RealProcess | None = None
        try:
            start = first.wait_up()
            floor.leads(*callees(world, calls))
            floor.ready()
            until(
                lambda: not floor.tick() and Attempt.objects.count() == calls,
                seconds=40,  # they ring for 45
                otherwise=floor.state,
            )
            until(lambda: Attempt.objects.exclude(answered_at=None).count() == self.TALKING)
            until(lambda: Attempt.objects.exclude(ringing_at=None).count() == calls)

            first_legs = {leg.call_id for leg in practice_phones.legs()} - earlier
            first.kill()
            second = RealProcess(tmp_path)
            seconds = second.wait_up()
            entries = AuditEntry.objects.filter(action="call.orphan_ended")
            until(lambda: entries.count() == calls + len(world.seats))

            lost = Attempt.objects.filter(result="lost").exclude(ended_at=None)
            assert lost.count() == calls
            assert seconds < max(TAKEN_OVER_SECONDS, BUSY * start)
            self._every_leg_was_ended_by_us(floor)
            self._every_phone_was_hung_up(practice_phones, first_legs)
            told = [one["data"] for one in said("call.orphan_ended")]
            assert {(one["by"], one["sip_code"]) for one in told} == {
                ("BYE", 200),
                ("CANCEL", 200),
            }

            self._nobody_is_called_again(floor, calls)
        finally:
            for process in (first, second):
                if process is not None:
                    process.stop()

    def _every_phone_was_hung_up(self, phones: PhonesProcess, legs: set[str]) -> None:
        byes = [one for leg in legs for one in phones.events(leg) if one.kind == "bye_reason"]
        assert len(byes) == self.TALKING + self.RINGING

    def _every_leg_was_ended_by_us(self, floor: Floor) -> None:
        """Ask the carrier's own records."""
        ends = [floor.carrier.events(call.call_id) for call in floor.carrier.calls()]
        byes = [one for events in ends for one in events if one.kind == "bye_reason"]
        ended = [one for events in ends for one in events if one.kind == "ended"]
        canceled = [one for events in ends for one in events if one.kind == "canceled"]
        assert len(byes) == len(ended) == self.TALKING
        assert {one.detail.split(",")[0] for one in ended} == {"by caller"}
        assert {one.detail.split(";")[1] for one in byes} == {"cause=41"}
        assert len(canceled) == self.RINGING

    def _nobody_is_called_again(self, floor: Floor, calls: int) -> None:
        assert set(Lead.objects.values_list("state", flat=True)) == {Lead.State.DONE}
        busy = [SeatSession.State.RESERVED, SeatSession.State.ON_CALL]
        assert not SeatSession.objects.filter(state__in=busy).exists()
        for _ in range(3):
            floor.ready()
            assert floor.tick() == 0
        assert len(floor.carrier.calls()) == calls
