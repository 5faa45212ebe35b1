"""The evidence bundle of a number: whole, masked, and anybody can verify it."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from audit.models import AuditEntry
from console.jobs import queue
from console.models import Job
from tests.audit.tree import seal_all
from tests.audit.verify.making import LOG
from tests.console.conftest import LogIn
from tests.console.officer.troubles import Troubled


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    return tmp_path


def started(client: Client, troubled: Troubled) -> Job:
    client.post(f"/dossiers/{troubled.person.pk}/bundle/")
    job = Job.objects.get()
    queue.run(job.pk)
    job.refresh_from_db()
    return job


class TestBundle:
    def test_is_made_by_one_click_and_verifies_offline(
        self, troubled: Troubled, log_in: LogIn, folder: Path
    ) -> None:
        seal_all()
        client = log_in("compliance")
        job = started(client, troubled)
        assert job.state == Job.State.DONE, job.words_en

        content = client.get(f"{job.result}bundle.zip").content

        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            packed.extractall(folder / "out")
        out = folder / "out"
        checked = subprocess.run(
            [sys.executable, "-I", out / "verify.py", out / "trail", "--vkey", LOG.vkey, "--json"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert checked.returncode == 0, checked.stdout
        assert (out / "dossier.pdf").read_bytes().startswith(b"%PDF")
        lines = (out / "trail" / "entries.jsonl").read_text(encoding="utf-8").splitlines()
        assert len(lines) >= 5
        assert "records.zip" in json.loads((out / "manifest.json").read_text())["files"]

    def test_holds_no_number_in_any_file(self, troubled: Troubled, log_in: LogIn) -> None:
        seal_all()
        client = log_in("compliance")
        job = started(client, troubled)

        with zipfile.ZipFile(io.BytesIO(client.get(f"{job.result}bundle.zip").content)) as packed:
            for name in packed.namelist():
                assert troubled.number.encode() not in packed.read(name), name

    def test_is_on_the_record_and_shown_to_whoever_asked_alone(
        self, troubled: Troubled, log_in: LogIn
    ) -> None:
        seal_all()
        job = started(log_in("compliance"), troubled)

        assert AuditEntry.objects.of("evidence.packed").exists()
        assert AuditEntry.objects.of("export.made").exists()
        assert log_in("compliance").get(job.result).status_code == 200
        assert log_in("owner").get(job.result).status_code == 404
        assert log_in("owner").get(f"{job.result}bundle.zip").status_code == 404

    def test_says_in_words_that_nothing_is_sealed_yet(
        self, troubled: Troubled, log_in: LogIn
    ) -> None:
        job = started(log_in("compliance"), troubled)

        assert job.state == Job.State.FAILED
        assert "尚未完整封存" in job.words_zh
        assert log_in("compliance").get(f"/dossiers/bundles/{job.pk}/").status_code == 404
