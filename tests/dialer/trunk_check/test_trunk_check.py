"""manage.py trunk_check against the loopback carrier: it names what is broken, and never dials."""

import io
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from compliance.models import CallerNumber, CampaignFiling
from dialer import streams
from dialer.lines.sip.pyvoip import SipLine
from dialer.models import TrunkEndpoint
from dialer.services.endpoint_set import Reach, endpoint_set
from dialer.trunk_check import talk
from tests.sip.peers import HOST, CarrierProcess, config, until
from tests.stages import staged
from tests.world import MORNING, World, build_world

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]
WELL = {"manners": {"formats": "8 0 101", "date_ahead_seconds": 0, "seen_as": ""}}
ODD = {
    "manners": {"formats": "9", "date_ahead_seconds": 60, "seen_as": "203.0.113.7:4242"},
    "account": {"unknown_code": 404},
}
Check = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def well(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CarrierProcess]:
    process = CarrierProcess(tmp_path_factory.mktemp("well"), WELL)
    yield process
    process.stop()


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CarrierProcess]:
    process = CarrierProcess(tmp_path_factory.mktemp("odd"), ODD)
    yield process
    process.stop()


@pytest.fixture(autouse=True)
def hurried(
    sockets: None, monkeypatch: pytest.MonkeyPatch, settings: LazySettings, tmp_path: Path
) -> Iterator[None]:
    settings.RECORDINGS_DIR = tmp_path
    monkeypatch.setattr(talk, "PATIENCE_SECONDS", 0.3)
    monkeypatch.setattr(talk, "KNOCK_SECONDS", 0.1)
    streams.client.cache_clear()
    streams.client().flushdb()
    yield
    streams.client.cache_clear()


@staged
def world() -> World:
    return build_world()


@pytest.fixture
def check(world: World) -> Check:
    """Point the trunk somewhere and check it."""

    def checked(port: int, **changes: Any) -> dict[str, Any]:
        given = {
            "host": HOST,
            "port": port,
            "local_host": HOST,
            "username": "line",
            "password": "password",
            "registers": True,
            "calls_per_second": None,
        }
        reach = Reach(**{**given, **changes})
        endpoint_set(trunk=world.trunk, reach=reach, by=world.people.owner, now=MORNING)
        TrunkEndpoint.objects.update(rtp_port_high=20400)  # quicker looked through
        return told()

    return checked


def told() -> dict[str, Any]:
    out = io.StringIO()
    try:
        call_command("trunk_check", "loopback", "--json", stdout=out)
        code = 0
    except SystemExit as left:
        code = int(str(left.code))
    answer: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    assert code == (0 if answer["ok"] else 1)
    return answer


def grades(answer: dict[str, Any]) -> dict[str, str]:
    return {row["step"]: row["grade"] for row in answer["steps"]}


class TestCheck:
    def test_finds_nothing_broken_in_a_trunk_that_works(
        self, check: Check, well: CarrierProcess
    ) -> None:
        answer = check(well.port)

        assert (answer["ok"], answer["broken"]) == (True, [])
        found = grades(answer)
        steps = ("ledger", "name", "route", "reach", "register", "rtp", "edge")
        assert {found[step] for step in (*steps, "clock", "codecs", "recorder")} == {"ok"}
        assert found["process"] == "note"
        assert found["deployment"] == "note"  # of this folder of keys: it could sign

    def test_names_what_the_carrier_does_oddly(self, check: Check, odd: CarrierProcess) -> None:
        answer = check(odd.port)

        assert answer["broken"] == ["clock", "codecs"]
        assert grades(answer)["nat"] == "note"
        (nat,) = [row for row in answer["steps"] if row["step"] == "nat"]
        assert "203.0.113.7:4242" in nat["found"]["en"]

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"password": "wrong"}, "password of line is wrong"),
            ({"username": "other"}, "does not know the account other"),
        ],
    )
    def test_tells_a_wrong_password_from_an_unknown_account(
        self, check: Check, odd: CarrierProcess, changes: dict[str, Any], said: str
    ) -> None:
        answer = check(odd.port, **changes)

        assert "register" in answer["broken"]
        (row,) = [row for row in answer["steps"] if row["step"] == "register"]
        assert said in row["found"]["en"]
        assert all(row["do"].values())

    def test_tells_a_closed_port_from_silence(self, check: Check) -> None:
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as deaf:
            deaf.bind((HOST, 0))
            silent = check(deaf.getsockname()[1])
        closed = check(9)

        said = [
            row["found"]["en"]
            for answer in (silent, closed)
            for row in answer["steps"]
            if row["step"] == "reach"
        ]
        assert silent["broken"] == closed["broken"] == ["reach"]
        assert ["Not one answer" in said[0], "Nobody listens" in said[1]] == [True, True]
        assert grades(silent)["codecs"] == "skipped"

    def test_names_a_name_that_does_not_resolve_and_an_address_that_is_not_ours(
        self, check: Check, well: CarrierProcess
    ) -> None:
        stranger = check(well.port, local_host="192.0.2.77")
        TrunkEndpoint.objects.update(host=f"{'a' * 64}.example")
        unknown = told()

        assert unknown["broken"] == ["ledger", "name"]  # it is filed as loopback, too
        assert "route" in stranger["broken"]
        assert grades(stranger)["reach"] == "skipped"

    def test_names_what_the_ledger_lacks(self, check: Check, well: CarrierProcess) -> None:
        CallerNumber.objects.update(callout_opened=False)

        answer = check(well.port)

        said = [row["found"]["en"] for row in answer["steps"] if row["step"] == "ledger"]
        assert answer["broken"] == ["ledger"]
        assert any("No filed caller number" in one for one in said)
        assert any("spring-course" in one for one in said)  # as the rules say of its campaign

    def test_goes_on_where_no_campaign_uses_the_trunk(
        self, check: Check, well: CarrierProcess
    ) -> None:
        CampaignFiling.objects.update(state="paused")

        assert check(well.port)["ok"]

    def test_names_a_range_with_too_few_free_ports(
        self, check: Check, well: CarrierProcess, world: World
    ) -> None:
        check(well.port)
        TrunkEndpoint.objects.update(rtp_port_low=20000, rtp_port_high=20006)

        assert told()["broken"] == ["rtp"]

    def test_names_a_house_without_room_for_recordings_or_the_public_keys(
        self, check: Check, well: CarrierProcess, settings: LazySettings, tmp_path: Path
    ) -> None:
        check(well.port)
        settings.RECORDINGS_DIR = tmp_path / "nowhere"
        settings.KEYS_DIR = tmp_path / "no-keys"

        answer = told()

        assert {"edge", "recorder"} <= set(answer["broken"])
        assert grades(answer)["reach"] == "skipped"

    def test_leaves_a_registered_line_alone_and_calls_nobody(
        self, check: Check, well: CarrierProcess
    ) -> None:
        line = SipLine(config(well.port, register=True))
        line.start()
        try:
            until(lambda: line.capacity().up)
            streams.beat(
                trunk_code="loopback",
                heartbeat=streams.Heartbeat(live=3, max_calls=50, up=True, invites_sent=3),
            )

            answer = check(well.port)

            assert answer["ok"]
            assert grades(answer)["process"] == "ok"
            assert line.capacity().up
            assert well.calls() == []
        finally:
            line.stop()

    def test_says_so_to_people_in_both_languages(self, check: Check, odd: CarrierProcess) -> None:
        check(odd.port)
        out = io.StringIO()

        with pytest.raises(SystemExit):
            call_command("trunk_check", "loopback", stdout=out)

        assert "✗ 编解码 codecs" in out.getvalue()
        assert "→ 请运营商开通 PCMA 或 PCMU。" in out.getvalue()

    def test_knows_no_trunk_that_the_ledger_does_not_have(self, world: World) -> None:
        with pytest.raises(CommandError, match="no trunk nowhere"):
            call_command("trunk_check", "nowhere")


def test_never_writes_an_invite() -> None:
    source = Path(talk.__file__).read_text()

    assert "INVITE" not in source.partition('"""\n')[2]
