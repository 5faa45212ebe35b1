"""CN13-SEC-01: one process opens recordings, and only what the trail lets it give out."""

import hashlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.test import override_settings

from config.demo.processes import Places, demo_processes
from dialer.deploy_check import recordings_key
from dialer.recording.player import Player
from dialer.recording.player_client import play, whole
from dialer.recording.player_words import NotPlayedError, address_of
from dialer.recording.sealed_writer import path_of
from tests.dialer.recording.studio import (
    PRIVATE,
    finish,
    read_back,
    recorder_in,
    say,
    speech,
)

ENTRY = uuid4()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recordings")


@pytest.fixture(scope="module")
def recorded(folder: Path) -> UUID:
    """A recording of a minute."""
    recorder = recorder_in(folder)
    say(recorder, speech(40.0, seed=1))
    finish(recorder)
    return recorder.opened.id


@pytest.fixture(scope="module")
def digest(folder: Path, recorded: UUID) -> str:
    return hashlib.sha256(path_of(folder, recorded).read_bytes()).hexdigest()


Opened = Callable[[Callable[[UUID, UUID], str]], Path]


@pytest.fixture
def player(folder: Path, tmp_path: Path) -> Iterator[Opened]:
    """Start a player that asks the test who may hear what; return where it listens."""
    started: list[tuple[Player, threading.Thread]] = []

    def start(allowed: Callable[[UUID, UUID], str]) -> Path:
        address = tmp_path / ("deep" * 20) / "player"  # longer than an address may be
        one = Player(address=address, folder=folder, private=PRIVATE, allowed=allowed)
        thread = threading.Thread(target=one.serve)
        thread.start()
        started.append((one, thread))
        return address

    yield start
    for one, thread in started:
        one.stop()
        thread.join()


class TestPlayer:
    def test_gives_the_whole_recording_in_parts(
        self, player: Opened, folder: Path, recorded: UUID, digest: str
    ) -> None:
        address = player(lambda entry, _: digest if entry == ENTRY else "")
        reader = read_back(folder, recorded)

        got = whole(address, recording=recorded, entry=ENTRY)

        assert len(got) > 1 << 20  # more than one answer
        assert got == reader.wav(first=0, count=reader.size)

    def test_gives_nothing_that_it_is_not_allowed_to(self, player: Opened, recorded: UUID) -> None:
        def nobody(_entry: UUID, _recording: UUID) -> str:
            raise NotPlayedError("not_allowed")

        with pytest.raises(NotPlayedError) as refused:
            play(player(nobody), recording=recorded, entry=ENTRY)

        assert refused.value.why == "not_allowed"

    def test_gives_nothing_of_a_file_that_is_not_on_the_record(
        self, player: Opened, recorded: UUID
    ) -> None:
        with pytest.raises(NotPlayedError) as refused:
            play(player(lambda *_: "0" * 64), recording=recorded, entry=ENTRY)

        assert refused.value.why == "altered"

    def test_gives_nothing_of_a_file_under_the_name_of_another(
        self, player: Opened, folder: Path, recorded: UUID, digest: str
    ) -> None:
        other = uuid4()
        path_of(folder, other).parent.mkdir(exist_ok=True)
        path_of(folder, other).write_bytes(path_of(folder, recorded).read_bytes())

        with pytest.raises(NotPlayedError) as refused:
            play(player(lambda *_: digest), recording=other, entry=ENTRY)

        assert refused.value.why == "altered"

    def test_says_that_a_file_is_gone(self, player: Opened) -> None:
        with pytest.raises(NotPlayedError) as refused:
            play(player(lambda *_: ""), recording=uuid4(), entry=ENTRY)

        assert refused.value.why == "gone"

    def test_goes_on_after_nonsense(self, player: Opened, recorded: UUID, digest: str) -> None:
        address = player(lambda *_: digest)
        for said in (b"", b"\n", b"[]\n", b"{}\n", b'{"first": -1}\n', b"\xff" * 5000):
            with socket.socket(socket.AF_UNIX) as sock, address_of(address) as short:
                sock.connect(short)
                with suppress(OSError):  # it may have hung up before it heard all of it
                    sock.sendall(said)
                    sock.shutdown(socket.SHUT_WR)
                    assert sock.recv(100) == b""

        assert play(address, recording=recorded, entry=ENTRY, first=0, count=4).content == b"RIFF"

    def test_is_missed_when_it_is_away(self, tmp_path: Path) -> None:
        with pytest.raises(NotPlayedError) as refused:
            play(tmp_path / "nobody", recording=uuid4(), entry=ENTRY)

        assert refused.value.why == "away"

    def test_answers_only_its_own_group(self, player: Opened) -> None:
        address = player(lambda *_: "")

        assert address.stat().st_mode & 0o777 == 0o660


class TestKey:
    def test_is_given_to_no_other_process_of_the_demo(self, tmp_path: Path) -> None:
        places = Places(
            carrier_port=1,
            carrier_records=tmp_path / "carrier.csv",
            carrier_script=tmp_path / "carrier.json",
            phones_port=2,
            phones_records=tmp_path / "phones.csv",
            line_keys=tmp_path / "line-keys",
            console_port=1,
        )
        processes = demo_processes(
            places=places, environ={}, role_urls={}, trunk="t", line_ready=lambda: True
        )
        told = {
            one.name for one in processes if "--keys" in one.argv or "recording_player" in one.argv
        }

        assert told == {"player"}
        for one in processes:
            said = json.dumps([list(one.argv), dict(one.env)])
            assert one.name == "player" or "player" not in said, one.name

    def test_in_reach_of_an_account_is_told_by_check_deploy(self, tmp_path: Path) -> None:
        (warning,) = recordings_key()
        assert warning.id == "dialer.W001"

        with override_settings(KEYS_DIR=tmp_path):
            assert recordings_key() == []

    def test_is_in_no_setting(self) -> None:
        for name in dir(settings):
            if name.isupper():
                assert "recording.key" not in str(getattr(settings, name)), name
