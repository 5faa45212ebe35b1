"""Personal data leaves in clear when two people agree, for a day, and each fetch is on record."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from audit.models import AuditEntry
from compliance import clock
from compliance.models import ComplaintEvent, User
from console.approvals.kinds import KINDS
from console.exports import arguments_of, asked_for, file_of
from console.jobs import queue
from console.jobs.disclosure import NOBODY_AGREED
from console.jobs.kinds.complaint_pack import NOT_PLAYED
from console.models import Approval, Job
from console.tasks import exports as forget
from dialer.models import Recording
from tests.audit.tree import seal_all
from tests.console.conftest import LogIn
from tests.console.house import set_clock
from tests.console.officer.troubles import Troubled
from tests.recordings import kept_recording, playing


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    return tmp_path


def ask(client: Client, troubled: Troubled, **more: str) -> Approval:
    said = {"disclose": "yes", "reason": "主管部门来函要求", **more}
    client.post(f"/dossiers/{troubled.person.pk}/bundle/", said)
    return Approval.objects.get(kind="export")


def agree(client: Client, asked: Approval) -> None:
    client.post(f"/approvals/{asked.pk}/decide/", {"verdict": "approve"})


def made(asked: Approval) -> Job:
    job = Job.objects.get(arguments__token=asked.asked["token"])
    queue.run(job.pk)
    job.refresh_from_db()
    return job


class TestABundleWithTheNumber:
    def test_is_begun_once_another_person_agrees(self, troubled: Troubled, log_in: LogIn) -> None:
        seal_all()
        officer = log_in("compliance")
        asked = ask(officer, troubled)
        agree(officer, asked)
        assert not Job.objects.exists()

        agree(log_in("owner"), asked)

        job = made(asked)
        assert (job.state, job.owner.username) == ("done", "compliance"), job.words_en
        content = officer.get(f"{job.result}bundle.zip").content
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            records = packed.read("records.zip")
        with zipfile.ZipFile(io.BytesIO(records)) as packed:
            assert troubled.number[-8:].encode() in packed.read("person.json")
        assert AuditEntry.objects.of("export.fetched").get().object == f"job:{job.pk}"
        assert log_in("owner").get(f"{job.result}bundle.zip").status_code == 404

    def test_shows_whoever_decides_what_and_why_without_the_number(
        self, troubled: Troubled, log_in: LogIn
    ) -> None:
        asked = ask(log_in("compliance"), troubled)

        page = log_in("owner").get(f"/approvals/{asked.pk}/").content.decode()

        assert "主管部门来函要求" in page
        assert troubled.person.masked in page
        assert troubled.number not in page

    def test_is_asked_for_with_a_reason_by_compliance_alone(
        self, troubled: Troubled, log_in: LogIn
    ) -> None:
        url = f"/dossiers/{troubled.person.pk}/bundle/"
        log_in("compliance").post(url, {"disclose": "yes", "reason": " "})
        assert log_in("owner").post(url, {"disclose": "yes", "reason": "x"}).status_code == 403

        assert not Approval.objects.exists()
        assert not Job.objects.exists()

    def test_is_fetched_for_a_day_and_then_deleted(
        self, troubled: Troubled, log_in: LogIn
    ) -> None:
        seal_all()
        officer = log_in("compliance")
        asked = ask(officer, troubled)
        agree(log_in("owner"), asked)
        job = made(asked)

        Job.objects.filter(pk=job.pk).update(ended_at=clock.read() - timedelta(hours=25))

        assert officer.get(f"{job.result}bundle.zip").status_code == 404
        assert file_of(job).exists()
        forget()
        assert not file_of(job).exists()


class TestAJob:
    @pytest.mark.parametrize("kind", ["dossier_bundle", "complaint_pack"])
    def test_that_nobody_agreed_to_makes_nothing(self, troubled: Troubled, kind: str) -> None:
        seal_all()
        officer = User.objects.get(username="compliance")
        arguments = {"person": troubled.person.pk, "complaint": troubled.complaint.pk}
        asked = asked_for(job=kind, arguments=arguments, reason="x")
        job = queue.start_for(
            owner=officer,
            kind=kind,
            arguments=arguments_of(asked),
            by=officer,
            now=clock.read(),
        )

        queue.run(job.pk)

        job.refresh_from_db()
        assert (job.state, job.words_zh) == ("failed", NOBODY_AGREED[0])
        assert not file_of(job).exists()

    def test_makes_nothing_beside_what_was_agreed_to(
        self, troubled: Troubled, log_in: LogIn
    ) -> None:
        seal_all()
        asked = ask(log_in("compliance"), troubled)
        agree(log_in("owner"), asked)
        job = Job.objects.get()
        Job.objects.update(arguments=job.arguments | {"person": troubled.person.pk + 1})

        assert made(asked).state == "failed"

    def test_is_begun_once(self, troubled: Troubled, log_in: LogIn) -> None:
        asked = ask(log_in("compliance"), troubled)
        owner = log_in("owner")
        agree(owner, asked)
        asked.refresh_from_db()

        from console.approvals.flow import subject_of  # noqa: PLC0415

        decider = User.objects.get(username="owner")
        KINDS["export"].approve(subject_of(asked), decider, clock.read())

        assert Job.objects.count() == 1


class TestTheTrailInClear:
    def test_takes_two_people_too(self, troubled: Troubled, log_in: LogIn) -> None:
        seal_all()
        officer = log_in("compliance")
        said = {"what": "all", "disclose": "yes", "reason": "主管部门来函要求"}
        officer.post("/audit/export/", said)
        asked = Approval.objects.get(kind="export")
        assert not Job.objects.exists()

        agree(log_in("owner"), asked)
        job = made(asked)

        assert job.state == "done", job.words_en
        answer = officer.get(job.result)
        content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            assert b'"d":' in packed.read("entries.jsonl")

    def test_is_not_for_the_regulator(self, troubled: Troubled, log_in: LogIn) -> None:
        said = {"what": "all", "disclose": "yes", "reason": "x"}

        assert log_in("regulator").post("/audit/export/", said).status_code == 403
        assert not Approval.objects.exists()


@pytest.fixture
def recorded(troubled: Troubled, tmp_path: Path) -> Iterator[Recording]:
    """What was said in the call that somebody complained of, and a player."""
    row = kept_recording(troubled.attempt, folder=tmp_path / "files")
    with playing(row, folder=tmp_path / "files", address=tmp_path / "player"):
        yield row


def ask_for_sound(client: Client, troubled: Troubled, reason: str = "12321 要求举证") -> str:
    """Ask for the pack with recordings; return where that leads."""
    url = f"/complaints/{troubled.complaint.pk}/pack.zip"
    return str(client.post(url, {"recordings": "yes", "reason": reason})["Location"])


class TestAPackWithRecordings:
    def test_is_begun_once_another_person_agrees(
        self, troubled: Troubled, recorded: Recording, log_in: LogIn
    ) -> None:
        officer = log_in("compliance")
        ask_for_sound(officer, troubled)
        asked = Approval.objects.get(kind="export")
        assert (
            f"投诉 {troubled.complaint.pk}"
            in officer.get(f"/approvals/{asked.pk}/").content.decode()
        )
        assert not AuditEntry.objects.of("recording.played").exists()

        agree(log_in("owner"), asked)

        job = made(asked)
        assert job.state == "done", job.words_en
        content = officer.get(f"{job.result}pack.zip").content
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            assert f"recordings/{recorded.pk}.wav" in packed.namelist()
            assert all(
                troubled.number.encode() not in packed.read(name) for name in packed.namelist()
            )
        packed_event = troubled.complaint.events.get(kind=ComplaintEvent.Kind.PACKED)
        assert packed_event.sha256 == hashlib.sha256(content).hexdigest()
        assert packed_event.sha256 in officer.get(job.result).content.decode()
        assert AuditEntry.objects.of("export.fetched").get().object == f"job:{job.pk}"
        assert log_in("owner").get(f"{job.result}pack.zip").status_code in {403, 404}

    def test_is_not_asked_for_without_a_reason(self, troubled: Troubled, log_in: LogIn) -> None:
        back = ask_for_sound(log_in("compliance"), troubled, " ")

        assert back == f"/complaints/{troubled.complaint.pk}/"
        assert not Approval.objects.exists()

    def test_is_not_made_by_halves_when_the_player_is_away(
        self, troubled: Troubled, log_in: LogIn, settings: Settings, tmp_path: Path
    ) -> None:
        kept_recording(troubled.attempt, folder=tmp_path / "files")
        settings.RECORDING_PLAYER = tmp_path / "nobody"
        ask_for_sound(log_in("compliance"), troubled)
        asked = Approval.objects.get(kind="export")
        agree(log_in("owner"), asked)

        job = made(asked)

        assert (job.state, job.words_en) == ("failed", NOT_PLAYED[1])
        assert not file_of(job).exists()

    def test_is_not_begun_again_on_an_agreement_of_long_ago(
        self, troubled: Troubled, recorded: Recording, log_in: LogIn
    ) -> None:
        officer = log_in("compliance")
        ask_for_sound(officer, troubled)
        asked = Approval.objects.get(kind="export")
        agree(log_in("owner"), asked)
        Job.objects.update(state=Job.State.FAILED, ended_at=clock.read())

        set_clock(clock.read() + timedelta(hours=25))
        officer = log_in("compliance")
        officer.post(f"/jobs/{Job.objects.get().pk}/again/")

        assert made(asked).words_zh == NOBODY_AGREED[0]
        assert not AuditEntry.objects.of("recording.played").exists()

    def test_is_for_compliance_alone(self, troubled: Troubled, log_in: LogIn) -> None:
        url = f"/complaints/{troubled.complaint.pk}/pack.zip"
        said = {"recordings": "yes", "reason": "x"}

        assert log_in("owner").post(url, said).status_code == 403

        assert not Approval.objects.exists()
