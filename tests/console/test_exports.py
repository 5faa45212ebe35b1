"""Nothing of an export outlives its time, however the worker that made it ended."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from audit.exports import export
from audit.exports.bundle import write_bundle
from compliance import clock
from compliance.models import User
from console.jobs import queue
from console.jobs.alive import at_work
from console.jobs.kinds import audit_bundle, dossier_bundle
from console.models import Job
from console.tasks import exports as forget
from tests.audit.tree import seal_all
from tests.console.officer.troubles import trouble
from tests.console.seed import Seeded

State = Job.State
LEFT = ("{}.zip", "{}.part", "{}/entries.jsonl", ".{}.0a1b2c3d.part/entries.jsonl")
BEFORE = timedelta(hours=23)
AFTER = timedelta(hours=25)
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def evidence(settings: Settings, tmp_path: Path) -> Path:
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    return tmp_path / "evidence"


def job_ended(
    ago: timedelta | None,
    *,
    state: str = State.STOPPED,
    kind: str = "audit_bundle",
    **more: object,
) -> Job:
    now = clock.read()
    return Job.objects.create(
        kind=kind,
        arguments=more,
        owner=User.objects.get(username="compliance"),
        state=state,
        started_at=now - timedelta(days=9),
        ended_at=None if ago is None else now - ago,
    )


def leave(evidence: Path, job: Job) -> None:
    """Leave all that a worker could, and what the next one made."""
    for name in LEFT:
        path = evidence / name.format(job.pk)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("in clear")


def names(evidence: Path) -> set[str]:
    return {path.name for path in evidence.iterdir()}


@pytest.mark.usefixtures("seeded")
class TestForgetting:
    @pytest.mark.parametrize("state", [State.STOPPED, State.FAILED, State.DONE])
    @pytest.mark.parametrize("kind", ["audit_bundle", "dossier_bundle", "complaint_pack"])
    def test_leaves_nothing_of_what_was_in_clear_after_a_day(
        self, kind: str, state: str, evidence: Path
    ) -> None:
        leave(evidence, job_ended(AFTER, state=state, kind=kind, disclose=True))

        forget()

        assert names(evidence) == set()

    def test_needs_no_file_to_find_the_rest(self, evidence: Path) -> None:
        job = job_ended(AFTER, disclose=True)
        leave(evidence, job)
        (evidence / f"{job.pk}.zip").unlink()

        forget()

        assert names(evidence) == set()

    def test_leaves_nothing_of_what_was_masked_after_a_week(self, evidence: Path) -> None:
        leave(evidence, job_ended(WEEK + AFTER))

        forget()

        assert names(evidence) == set()

    @pytest.mark.parametrize(
        ("ago", "state", "more"),
        [
            (BEFORE, State.STOPPED, {"disclose": True}),
            (WEEK - AFTER, State.STOPPED, {}),
            (None, State.RUNNING, {"disclose": True}),
            (None, State.WAITING, {"disclose": True}),
            (AFTER, State.DONE, {"disclose": True, "kind": "trail_check"}),
        ],
    )
    def test_touches_nothing_else(
        self, ago: timedelta | None, state: str, more: dict[str, Any], evidence: Path
    ) -> None:
        leave(evidence, job_ended(ago, state=state, **more))
        (evidence / "README").touch()
        before = names(evidence)

        forget()

        assert names(evidence) == before

    def test_leaves_a_job_that_has_begun_again_to_its_worker(self, evidence: Path) -> None:
        job = job_ended(AFTER, disclose=True)
        leave(evidence, job)
        before = names(evidence)

        with at_work(job.pk):
            forget()

        assert names(evidence) == before

    def test_has_nothing_to_do_before_the_first_export(self, evidence: Path) -> None:
        forget()

        assert not evidence.exists()


class TestWhatAnExportUnpacks:
    @pytest.mark.parametrize("module", [audit_bundle, dossier_bundle])
    def test_is_found_by_the_jobs_name_and_forgotten(
        self, module: Any, seeded: Seeded, evidence: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        troubled = trouble(seeded)
        seal_all()
        written: list[Path] = []
        export_made = module.audit_export

        def exported(*, out: Path, **given: Any) -> object:
            written.append(out)
            return export_made(out=out, **given)

        def bundled(folder: Path, **given: Any) -> object:
            written.append(folder)
            return write_bundle(folder, **given)

        monkeypatch.setattr(module, "audit_export", exported)
        monkeypatch.setattr(export, "write_bundle", bundled)
        asked = {"what": "all", "formats": ["jsonl"], "person": troubled.person.pk}
        kind = module.__name__.rpartition(".")[2]
        job = job_ended(None, state=State.WAITING, kind=kind, **asked)

        queue.run(job.pk)

        job.refresh_from_db()
        assert job.state == State.DONE, job.words_en
        assert names(evidence) == {f"{job.pk}.zip"}
        assert len(written) == 2
        for folder in written:  # as if the worker had been killed then
            assert folder.is_relative_to(evidence), folder
            folder.mkdir(parents=True)
        Job.objects.update(ended_at=clock.read() - WEEK - AFTER)
        forget()
        assert names(evidence) == set()
