"""CN13-REC-01, CN13-SEC-01: who hears a recording, why, and that it is on the record."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from audit.models import AuditEntry
from compliance import clock
from compliance.models import User
from compliance.numbers import normalise
from compliance.services.complaint_open import Intake, complaint_open
from compliance.services.people_admit import user_create
from compliance.services.person_for_number import number_of
from dialer.models import Attempt, Recording
from dialer.recording.player_words import NotPlayedError
from dialer.services.recording_play import allowed, recording_play
from tests.console.conftest import LogIn
from tests.console.seed import Seeded
from tests.recordings import kept_recording, playing


@pytest.fixture
def recorded(seeded: Seeded, tmp_path: Path) -> Iterator[Recording]:
    """The call that was answered, with what was said in it, and a player."""
    attempt = Attempt.objects.get(permit__decision_id=seeded.permitted)
    row = kept_recording(attempt, folder=tmp_path / "files")
    with playing(row, folder=tmp_path / "files", address=tmp_path / "player"):
        yield row


def page(seeded: Seeded) -> str:
    return reverse("console:recording", kwargs={"decision_id": seeded.permitted})


def listen(client: Client, seeded: Seeded, reason: str = "complaint") -> str:
    """Give a reason; return where the player is."""
    response = client.post(page(seeded), {"reason": reason})
    assert response.status_code == 302, response.status_code
    return str(response["Location"])


class TestRecordingPage:
    @pytest.mark.parametrize("username", ["compliance", "supervisor"])
    def test_lets_who_may_hear_it_in_parts(
        self, seeded: Seeded, recorded: Recording, log_in: LogIn, username: str
    ) -> None:
        client = log_in(username)
        assert "收听" in client.get(page(seeded)).content.decode()

        heard = listen(client, seeded)
        body = client.get(heard).content.decode()
        whole = client.get(f"{heard}audio.wav")
        part = client.get(f"{heard}audio.wav", headers={"range": "bytes=44-53"})
        behind = client.get(f"{heard}audio.wav", headers={"range": "bytes=99999-"})

        assert f'<audio controls preload="metadata" src="{heard}audio.wav">' in body
        assert "<script" not in body.split("<audio")[1]
        assert (whole.status_code, whole.content[:4]) == (206, b"RIFF")
        assert len(whole.content) == 44 + 4 * 8000
        assert part.content == whole.content[44:54]
        assert part["Content-Range"] == f"bytes 44-53/{len(whole.content)}"
        assert part["Content-Type"] == "audio/wav"
        assert part["Cache-Control"] == "no-store"
        assert behind.status_code == 416

    def test_puts_who_and_why_on_the_trail_first(
        self, seeded: Seeded, recorded: Recording, log_in: LogIn
    ) -> None:
        heard = listen(log_in("compliance"), seeded, "refusal")

        entry = AuditEntry.objects.of("recording.played").get()
        officer = User.objects.get(username="compliance")
        assert (entry.actor, entry.object) == (f"u:{officer.pk}", f"recording:{recorded.pk}")
        assert json.loads(bytes(entry.body))["data"]["reason"] == "refusal"
        assert str(entry.eid) in heard

    @pytest.mark.parametrize("username", ["owner", "agent01", "regulator"])
    def test_is_closed_to_others(
        self, seeded: Seeded, recorded: Recording, log_in: LogIn, username: str
    ) -> None:
        client = log_in(username)

        assert client.get(page(seeded)).status_code == 403
        assert client.post(page(seeded), {"reason": "complaint"}).status_code == 403
        assert not AuditEntry.objects.of("recording.played").exists()

    def test_is_closed_to_the_supervisor_of_another_campaign(
        self, seeded: Seeded, recorded: Recording, log_in: LogIn
    ) -> None:
        user_create(
            username="another",
            password_hash="!",
            role=User.Role.SUPERVISOR,
            real_name="另一位",
            actor="svc:test",
            now=clock.read(),
        )

        assert log_in("another").get(page(seeded)).status_code == 403
        assert AuditEntry.objects.of("access.denied").exists()

    def test_is_closed_to_whoever_a_complaint_of_the_person_is_about(
        self, seeded: Seeded, recorded: Recording, log_in: LogIn
    ) -> None:
        heard = listen(log_in("supervisor"), seeded)
        permit = recorded.attempt.permit
        intake = Intake(
            channel="12321", permit_id=permit.pk, filing=None, external_ref="", summary=""
        )
        number = normalise(number_of(permit.person))
        complaint_open(number=number, intake=intake, actor="svc:test", now=clock.read())

        for url in (page(seeded), heard, f"{heard}audio.wav"):  # the author of the campaign
            assert log_in("supervisor").get(url).status_code == 403
        assert log_in("compliance").get(page(seeded)).status_code == 200

    def test_asks_for_a_reason_of_the_list(
        self, seeded: Seeded, recorded: Recording, log_in: LogIn
    ) -> None:
        client = log_in("compliance")

        for reason in ("", "curiosity"):
            assert listen(client, seeded, reason) == page(seeded)
        assert not AuditEntry.objects.of("recording.played").exists()

    def test_gives_nobody_what_another_was_let_hear(
        self, seeded: Seeded, recorded: Recording, log_in: LogIn
    ) -> None:
        heard = listen(log_in("compliance"), seeded)

        assert log_in("supervisor").get(f"{heard}audio.wav").status_code == 403
        assert log_in("supervisor").get(heard).status_code == 403

    def test_says_when_the_player_is_away(
        self, seeded: Seeded, recorded: Recording, log_in: LogIn, tmp_path: Path
    ) -> None:
        client = log_in("compliance")
        heard = listen(client, seeded)

        with override_settings(RECORDING_PLAYER=tmp_path / "nobody"):
            assert client.get(f"{heard}audio.wav").status_code == 503

    def test_is_found_from_the_decision(
        self, seeded: Seeded, recorded: Recording, log_in: LogIn
    ) -> None:
        url = reverse("console:decision", kwargs={"decision_id": seeded.permitted})

        body = log_in("compliance", "en").get(url).content.decode()

        assert page(seeded) in body
        assert recorded.audio_sha256 in body
        assert "Recording kept" in body
        assert page(seeded) not in log_in("regulator").get(url).content.decode()


class TestAllowed:
    def test_holds_for_an_hour_and_that_recording(
        self, seeded: Seeded, recorded: Recording
    ) -> None:
        now = clock.read()
        officer = User.objects.get(username="compliance")
        entry = recording_play(recording=recorded, by=officer, reason="quality", now=now)

        assert allowed(entry=entry, recording=recorded.pk, now=now) == recorded.file_sha256
        refused: list[tuple[UUID, UUID, timedelta]] = [
            (uuid4(), recorded.pk, timedelta()),
            (entry, uuid4(), timedelta()),
            (entry, recorded.pk, timedelta(hours=1, seconds=1)),
        ]
        for which, recording, later in refused:
            with pytest.raises(NotPlayedError):
                allowed(entry=which, recording=recording, now=now + later)
