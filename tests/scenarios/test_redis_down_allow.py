"""REDIS-DOWN-ALLOW: an error of the look-up store falls through to the call.

Here the broker carries messages only. While it is away nothing new is dialled, refusals are
still taken, and when it is back the campaign goes on and honours them.
"""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from django.test import override_settings

from compliance.models import Refusal
from config.services.binaries import valkey_program
from config.services.ports import free_port
from dialer import streams
from dialer.models import Lead
from tests.scenarios.floor import Floor, until
from tests.world import MORNING, World, callees, let_time_pass, refuse


class Broker:
    """A broker of this test's own, which can be killed and started again."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder, self._port = folder, port
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"redis://127.0.0.1:{port}/0"

    def start(self) -> None:
        program = valkey_program(account=None, beside=self._folder)
        self._process = subprocess.Popen(
            [
                *(str(program), "--port", str(self._port), "--bind", "127.0.0.1"),
                *("--dir", str(self._folder), "--save", "", "--appendonly", "no"),
            ],
            stdout=subprocess.DEVNULL,
        )
        until(self._answers)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


@pytest.fixture
def broker(sockets: None, tmp_path: Path) -> Iterator[Broker]:
    folder = tmp_path / "broker"
    folder.mkdir()
    own = Broker(folder, free_port())
    own.start()
    with override_settings(REDIS_URL=own.url):
        streams.client.cache_clear()
        yield own
    streams.client.cache_clear()
    own.kill()
    shutil.rmtree(folder)


class TestBrokerAway:
    def test_lets_no_call_out_and_forgets_no_refusal(
        self, world: World, open_floor: Callable[..., Floor], broker: Broker
    ) -> None:
        floor = open_floor()
        floor.start_line()
        before, refusing, after = callees(world, 3)
        floor.leads(before)
        floor.work_off()
        floor.leads(refusing, after)
        floor.ready()

        broker.kill()
        with pytest.raises(redis.RedisError):
            floor.tick()
        refuse(refusing, world.principal)
        seen_while_away = sum(floor.invites().values())
        broker.start()
        until(lambda: (beat := streams.heartbeat_of(world.trunk.code)) and beat.up)
        floor.work_off()

        assert floor.invites_to(before) == 1
        assert seen_while_away == 1
        assert Refusal.objects.count() == 1
        assert floor.invites_to(refusing) == 0
        assert floor.invites_to(after) == 1  # the campaign went on

    def test_costs_a_permit_whose_message_was_lost_and_nothing_else(
        self, world: World, open_floor: Callable[..., Floor], broker: Broker
    ) -> None:
        floor = open_floor()
        (person,) = callees(world, 1)
        (lead,) = floor.leads(person)
        floor.ready(world.seat)
        floor.pretend_a_line()
        assert floor.tick() == 1

        broker.kill()  # with the message in it
        broker.start()
        floor.start_line()
        let_time_pass(MORNING.replace(minute=30))
        seen_after_loss = floor.invites_to(person)

        assert seen_after_loss == 0
        assert Lead.objects.get(pk=lead.pk).state == Lead.State.CLAIMED  # until the sweep
