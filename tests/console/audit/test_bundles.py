"""Bundles made in the background."""

import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from audit import verify
from audit.heads import log_verifiers
from audit.models import AuditEntry
from console.jobs import queue
from console.models import Job
from tests.audit.sealing import Log
from tests.console.conftest import LogIn
from tests.console.seed import Seeded


@pytest.fixture
def officer(
    seeded: Seeded, log_in: LogIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Client:
    monkeypatch.setattr(settings, "EVIDENCE_DIR", tmp_path / "exports")
    Log(folder=tmp_path).seal()
    return log_in("compliance")


def made(client: Client, **asked: str) -> Job:
    response = client.post(reverse("console:audit_export"), asked)
    job = Job.objects.latest("started_at")
    assert response["Location"] == reverse("console:job", args=[job.pk])
    queue.run(job.pk)
    job.refresh_from_db()
    return job


class TestABundle:
    def test_verifies_with_the_verifier_that_lies_beside_it(
        self, officer: Client, tmp_path: Path
    ) -> None:
        job = made(officer, what="all")

        answer = officer.get(job.result)
        packed = tmp_path / "bundle.zip"
        packed.write_bytes(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
        zipfile.ZipFile(packed).extractall(tmp_path / "bundle")
        origin = (tmp_path / "bundle" / "checkpoint").read_text().partition("\n")[0]
        key = log_verifiers(origin)[0].vkey
        assert verify.main([str(tmp_path / "bundle"), "--vkey", key]) == 0
        assert (tmp_path / "bundle" / "verify.py").read_bytes() == Path(
            verify.__file__
        ).read_bytes()
        assert AuditEntry.objects.of("export.fetched").get().object == f"job:{job.pk}"

    def test_holds_no_personal_data(self, officer: Client, tmp_path: Path) -> None:
        job = made(officer, what="range", lo="0", hi="5")

        with zipfile.ZipFile(tmp_path / "exports" / f"{job.pk}.zip") as packed:
            lines = packed.read("entries.jsonl").splitlines()

        assert len(lines) == 5
        assert not any(b'"d":' in line for line in lines)

    def test_is_for_whoever_asked_for_it_alone(self, officer: Client, log_in: LogIn) -> None:
        job = made(officer, what="all")

        assert log_in("owner").get(job.result).status_code == 404

    def test_beyond_the_log_fails_in_words(self, officer: Client) -> None:
        job = made(officer, what="range", lo="0", hi="999999")

        assert job.state == "failed"
        assert "未能导出" in job.words_zh

    def test_of_nothing_is_not_begun(self, officer: Client) -> None:
        officer.post(reverse("console:audit_export"), {"what": "range", "lo": "x", "hi": "2"})

        assert not Job.objects.exists()
