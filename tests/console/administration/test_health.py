"""Health: every part that a call stands on is named, with what it means and what to do."""

import json
import os
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import redis
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from compliance import clock
from compliance.models import PackEdition
from compliance.services.external_list import external_list_register
from compliance.services.kill_switch import kill_switch_engage
from console.health import board as boards
from console.health import check, host, pulse
from console.health.board import everything
from console.health.marks import remember
from console.health.part import Part, State
from console.jobs import queue
from console.models import HealthMark, Job, SelfCheck
from console.tasks import health as look
from console.tasks import jobs as tick
from dialer import streams
from dialer.line_process.invite_journal import SUFFIX
from tests.audit.fixtures import execute, guards_off
from tests.compliance.gate.test_sealed import sealed
from tests.console.conftest import LogIn
from tests.console.seed import Seeded

EVERY = {
    *("stops", "rulebook", "deployment", "clocks", "lists", "calendar"),
    *("database", "broker", "line", "schedule", "worker", "player"),
    *("sealing", "alarms", "anchors", "witness", "reconciliation"),
    *("disk", "clock", "keys"),
}
NOWHERE = "redis://127.0.0.1:1/0"


def seen() -> dict[str, Part]:
    return {part.code: part for part in everything(now=clock.read())}


@pytest.fixture
def lines() -> Iterator[Path]:
    """Give the journals a folder."""
    from django.conf import settings  # noqa: PLC0415

    folder = Path(settings.LINES_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "loopback.20260311.invites"
    yield path
    path.unlink(missing_ok=True)


@pytest.fixture
def pulse_taken() -> Iterator[None]:
    """Take the worker's pulse away before and behind."""
    cache.delete(pulse.KEY)
    yield
    cache.delete(pulse.KEY)
    streams.client().delete("yunhu:celery:default")


def run_check() -> SelfCheck:
    job = Job.objects.create(
        kind="self_check",
        owner_id=_owner(),
        started_at=clock.read(),
    )
    queue.run(job.pk)
    return SelfCheck.objects.get(job=job)


def _owner() -> int:
    from compliance.models import User  # noqa: PLC0415

    return User.objects.get(username="owner").pk


class TestThePage:
    def test_names_every_part_in_both_languages_with_few_queries(
        self, seeded: Seeded, log_in: LogIn, django_assert_max_num_queries: object
    ) -> None:
        assert {code.partition(":")[0] for code in seen()} >= EVERY
        for language, word in (("zh-hans", "怎么办"), ("en", "What to do")):
            client = log_in("regulator", language)
            body = ""
            for name in ("health", "health_parts", "health_papers"):
                with django_assert_max_num_queries(40):  # type: ignore[operator]
                    body += client.get(reverse(f"console:{name}")).content.decode()
            for part in seen().values():
                said = part.face.name
                assert (said.zh if language == "zh-hans" else said.en) in body
            assert word in body

    def test_leads_to_nothing_that_the_reader_may_not_open(
        self, seeded: Seeded, log_in: LogIn
    ) -> None:
        body = log_in("regulator").get(reverse("console:health")).content.decode()

        assert f'href="{reverse("console:stop")}"' not in body
        assert f'action="{reverse("console:self_check")}"' not in body

    def test_names_what_is_broken_before_the_rest(
        self, seeded: Seeded, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sealed(lag_s=1000)

        body = log_in("owner").get(reverse("console:health")).content.decode()

        first = body.split('id="group-1"')[0]
        assert "有部分中断，呼叫受阻" in first
        assert "审计封存" in first
        assert "现在停呼" in first
        assert "audit_sequencer" in first


class TestAPart:
    def test_that_cannot_be_read_is_unknown_and_hides_no_other(
        self, seeded: Seeded, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(_now: datetime) -> Iterator[Part]:
            raise OSError

        groups = [
            (
                name,
                tuple((face, broken if face.code == "disk" else reader) for face, reader in rows),
            )
            for name, rows in boards._GROUPS
        ]
        monkeypatch.setattr(boards, "_GROUPS", groups)

        found = seen()

        assert (found["disk"].state, found["disk"].stops_now) == (State.UNKNOWN, True)
        assert found["database"].state == State.FINE

    def test_is_as_it_is_since_it_was_first_seen_so(self, seeded: Seeded) -> None:
        early = datetime(2026, 1, 1, tzinfo=UTC)
        parts = [seen()["alarms"]]
        assert remember(parts, at=early)["alarms"] == early

        assert remember(parts, at=early + timedelta(hours=1))["alarms"] == early
        sealed(stopped="refused")
        later = early + timedelta(hours=2)

        assert remember([seen()["alarms"]], at=later)["alarms"] == later

    def test_is_looked_at_by_the_schedule_too(self, seeded: Seeded) -> None:
        look()

        assert {one.code.partition(":")[0] for one in HealthMark.objects.all()} >= EVERY


def _stopped(_: object) -> None:
    kill_switch_engage(
        scope="platform", target="", reason="演练", actor="svc:drill", now=clock.read()
    )


def _stale_list(_: object) -> None:
    external_list_register(code="r", name="谢绝", industry="", actor="svc:test", now=clock.read())


def _no_keys(settings: LazySettings) -> None:
    settings.KEYS_DIR = Path("/nonexistent")


BREAKS: dict[str, tuple[str, Callable[[LazySettings], object]]] = {
    "a stop": ("stops", _stopped),
    "a list that nobody has read": ("lists", _stale_list),
    "sealing that is too late": ("sealing", lambda _: sealed(lag_s=1000)),
    "a signer that refuses": ("alarms", lambda _: sealed(stopped="refused")),
    "keys that are gone": ("keys", _no_keys),
}


class TestWhatIsBroken:
    @pytest.mark.parametrize("what", BREAKS)
    def test_is_named_and_stops_calls(
        self, seeded: Seeded, settings: LazySettings, what: str
    ) -> None:
        code, break_it = BREAKS[what]
        assert seen()[code].state in (State.FINE, State.LATE, State.ABSENT)

        break_it(settings)

        assert (seen()[code].state, seen()[code].stops_now) == (State.BROKEN, True)

    def test_is_the_rulebook_whose_edition_was_altered(
        self, seeded: Seeded, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from compliance.rulebook.bound import PackError  # noqa: PLC0415

        def altered(_at: datetime) -> None:
            raise PackError("edition 7 is not what was approved")

        monkeypatch.setattr("console.health.law.book_at", altered)

        assert seen()["rulebook"].state == State.BROKEN
        assert "edition 7" in seen()["rulebook"].said.en
        assert not PackEdition.objects.filter(approved_at__isnull=False).exists()

    def test_is_the_message_store_that_does_not_answer(
        self, seeded: Seeded, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        away = redis.Redis.from_url(NOWHERE, socket_connect_timeout=0.2)
        monkeypatch.setattr(streams, "client", lambda: away)

        found = seen()

        assert (found["broker"].state, found["broker"].stops_now) == (State.BROKEN, True)
        assert found["line:loopback"].state == State.UNKNOWN
        assert found["database"].state == State.FINE

    def test_is_a_clock_that_is_off(self, seeded: Seeded, monkeypatch: pytest.MonkeyPatch) -> None:
        real = clock.host_now
        assert seen()["clock"].state == State.FINE

        monkeypatch.setattr(clock, "host_now", lambda: real() - timedelta(seconds=3))

        assert seen()["clock"].state == State.BROKEN

    def test_is_a_disk_without_room(self, seeded: Seeded, monkeypatch: pytest.MonkeyPatch) -> None:
        full = SimpleNamespace(f_bavail=1, f_frsize=4096)
        monkeypatch.setattr(host, "os", SimpleNamespace(statvfs=lambda _: full))

        assert seen()["disk"].state == State.BROKEN

    def test_is_a_line_without_heartbeat_or_down(self, seeded: Seeded) -> None:
        key = "yunhu:heartbeat:loopback"
        streams.client().delete(key)
        assert seen()["line:loopback"].state == State.BROKEN

        beat = streams.Heartbeat(live=2, max_calls=9, up=False, invites_sent=0, reason="no route")
        streams.beat(trunk_code="loopback", heartbeat=beat)
        assert "no route" in seen()["line:loopback"].said.en
        streams.beat(
            trunk_code="loopback",
            heartbeat=streams.Heartbeat(live=2, max_calls=9, up=True, invites_sent=0),
        )

        assert seen()["line:loopback"].state == State.FINE
        streams.client().delete(key)

    def test_is_a_journal_that_nobody_takes_over(self, seeded: Seeded, lines: Path) -> None:
        at = clock.host_now() - timedelta(minutes=1)
        lines.write_text(
            json.dumps({"id": os.urandom(16).hex(), "at": at.isoformat()}) + "\n{half"
        )

        found = seen()["journal:loopback"]
        assert lines.name.endswith(SUFFIX)

        assert (found.state, found.since) == (State.LATE, at)


class TestTheSchedule:
    def test_and_the_worker_are_known_by_the_tick(self, seeded: Seeded, pulse_taken: None) -> None:
        found = seen()
        assert found["schedule"].state == State.BROKEN
        assert found["worker"].state == State.UNKNOWN

        tick()

        found = seen()
        assert (found["schedule"].state, found["worker"].state) == (State.FINE, State.FINE)

    def test_is_told_from_a_worker_that_takes_nothing(
        self, seeded: Seeded, pulse_taken: None, sockets: None, settings: LazySettings
    ) -> None:
        from config.celery import app  # noqa: PLC0415

        with app.connection_for_write(settings.REDIS_URL) as broker:  # this test process's own
            app.send_task("console.jobs", expires=6, connection=broker)

        found = seen()

        assert found["schedule"].state == State.FINE
        assert (found["worker"].state, found["worker"].stops_now) == (State.BROKEN, False)


class TestThePlayer:
    def test_is_there_if_it_takes_a_connection(
        self, seeded: Seeded, settings: LazySettings, tmp_path: Path, sockets: None
    ) -> None:
        settings.RECORDING_PLAYER = tmp_path / "player"
        assert (seen()["player"].state, seen()["player"].stops_now) == (State.BROKEN, False)

        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
            listening.bind(str(settings.RECORDING_PLAYER))
            listening.listen()

            assert seen()["player"].state == State.FINE


class TestTheSelfCheck:
    def test_takes_every_step_and_keeps_what_it_found(
        self, seeded: Seeded, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = log_in("owner")
        assert client.post(reverse("console:self_check")).status_code == 302
        job = Job.objects.get(kind="self_check")

        queue.run(job.pk)

        job.refresh_from_db()
        made = SelfCheck.objects.get(job=job)
        assert (job.state, len(made.found)) == ("done", len(check.steps()))
        page = client.get(reverse("console:health")).content.decode()
        assert all(one["name"][0] in page for one in made.found)
        assert job.result.endswith("#self-check")

    def test_goes_on_behind_a_step_that_breaks(
        self, seeded: Seeded, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken() -> tuple[bool, object]:
            raise OSError

        monkeypatch.setattr(check, "_store", broken)

        made = run_check()

        assert made.found[0]["fine"] is False
        assert "OSError" in made.found[0]["said"][1]
        assert len(made.found) == len(check.steps())

    def test_finds_an_entry_that_was_altered(self, seeded: Seeded) -> None:
        before = {one["name"][1]: one["fine"] for one in run_check().found}
        assert before["Every entry of the trail"]
        guards_off()
        changed = "UPDATE audit_entry SET outcome = 'denied' WHERE action = 'clock.demo_set'"
        assert execute(changed) > 0

        after = {one["name"][1]: one["fine"] for one in run_check().found}

        assert not after["Every entry of the trail"]


def test_a_client_that_reads_all_day_sees_the_parts_alone(seeded: Seeded, log_in: LogIn) -> None:
    client: Client = log_in("owner")

    body = client.get(reverse("console:health_parts")).content.decode()

    assert "<html" not in body
