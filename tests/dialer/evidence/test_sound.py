"""CN13-CMP-04: a recording is evidence: its digests always, its sound for compliance."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from audit.models import AuditEntry
from compliance.models import User
from dialer.models import Attempt, Recording
from dialer.person_records import person_records
from dialer.services.evidence_pack import EvidenceRefusedError, evidence_pack
from dialer.services.recording_play import allowed
from tests.dialer.recording.studio import read_back
from tests.dialer.services.calls import talked
from tests.recordings import kept_recording, playing
from tests.stages import staged
from tests.world import MORNING, World, build_world, number_at


@staged
def world() -> World:
    return build_world()


@staged
def talk(world: World) -> Attempt:
    return talked(world)


@pytest.fixture
def kept(talk: Attempt, tmp_path: Path) -> Recording:
    return kept_recording(talk, folder=tmp_path)


@pytest.fixture
def officer(world: World) -> User:
    User.objects.filter(pk=world.people.approver.pk).update(role=User.Role.COMPLIANCE)
    return User.objects.get(pk=world.people.approver.pk)


@pytest.fixture
def player(kept: Recording, tmp_path: Path) -> Iterator[None]:
    with playing(kept, folder=tmp_path, address=tmp_path / "player"):
        yield


def pack(out: Path, officer: User, *more: str) -> dict[str, bytes]:
    words = ("--number", number_at(0), "--by", officer.username, "--out", str(out), "--json")
    call_command("evidence_pack", *words, *more, stdout=io.StringIO())
    with zipfile.ZipFile(out) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


class TestEvidencePack:
    def test_tells_the_digests_of_every_recording(
        self, kept: Recording, officer: User, tmp_path: Path
    ) -> None:
        (row,) = json.loads(pack(tmp_path / "p.zip", officer)["recordings.json"])

        assert row["audio_sha256"] == kept.audio_sha256
        assert not [name for name in pack(tmp_path / "p.zip", officer) if name.endswith(".wav")]

    def test_has_the_sound_where_compliance_asks_for_it(
        self, kept: Recording, officer: User, player: None, tmp_path: Path
    ) -> None:
        files = pack(tmp_path / "p.zip", officer, "--recordings")

        reader = read_back(tmp_path, kept.pk)
        assert files[f"recordings/{kept.pk}.wav"] == reader.wav(first=0, count=reader.size)
        entry = AuditEntry.objects.of("recording.played").get()
        assert entry.actor == f"u:{officer.pk}"
        assert allowed(entry=entry.eid, recording=kept.pk, now=MORNING) == kept.file_sha256
        again = pack(tmp_path / "q.zip", officer, "--recordings")
        assert again == files  # that somebody listened is no part of it

    def test_is_not_made_by_halves_when_the_player_is_away(
        self, kept: Recording, officer: User, tmp_path: Path
    ) -> None:
        with (
            override_settings(RECORDING_PLAYER=tmp_path / "nobody"),
            pytest.raises(CommandError, match="away") as failed,
        ):
            pack(tmp_path / "p.zip", officer, "--recordings")

        assert failed.value.returncode == 5
        assert not (tmp_path / "p.zip").exists()

    def test_gives_sound_to_nobody_else(self, world: World, kept: Recording) -> None:
        person = kept.attempt.permit.person
        for role in set(User.Role) - {User.Role.COMPLIANCE}:
            User.objects.filter(pk=world.people.approver.pk).update(role=role)
            by = User.objects.get(pk=world.people.approver.pk)

            with pytest.raises(EvidenceRefusedError):
                evidence_pack(
                    person=person,
                    complaint=None,
                    by=by,
                    unmasked=False,
                    sound={kept.pk: b""},
                    now=MORNING,
                )


class TestAccess:
    def test_tells_of_recordings(self, kept: Recording) -> None:
        person = Attempt.objects.get().permit.person

        found = person_records(person, number=number_at(0))

        assert [row["id"] for row in found["recording"]] == [str(kept.pk)]
        assert f"recording:{kept.pk}" in json.dumps(found["trail"])
