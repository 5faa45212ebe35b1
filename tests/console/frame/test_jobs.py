"""Long work."""

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from audit.models import AuditEntry
from compliance import clock
from console.jobs import JobFailedError, Result, queue
from console.jobs.alive import JOB, at_work, is_alive
from console.jobs.kind import Kind, Report
from console.jobs.kinds import KINDS
from console.jobs.progress import progress_of
from console.models import Job
from tests.console.conftest import LogIn
from tests.console.frame.conftest import person


def work(job: Job, report: Report) -> Result:
    report(done=1, of=4, words=("读取", "Reading"))
    if job.arguments.get("fail") == "in words":
        raise JobFailedError("文件已损坏。", "The file is damaged.")
    if job.arguments.get("fail"):
        raise RuntimeError("secret 13812345678")
    return Result(zh="已读取 4 行。", en="4 rows were read.", url="/jobs/")


TRY = Kind(code="try", zh="试运行", en="A try", run=work, roles=frozenset({"supervisor"}))


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "KINDS", {**KINDS, "try": TRY})
    monkeypatch.setattr("console.views.frame.jobs.KINDS", {**KINDS, "try": TRY})


def made(**arguments: str) -> Job:
    return Job.objects.create(
        kind="try", arguments=arguments, owner=person("supervisor"), started_at=clock.read()
    )


def after(job: Job) -> Job:
    job.refresh_from_db()
    return job


class TestJob:
    def test_runs_and_leads_to_its_result(self, supervisor: Client) -> None:
        job = made()

        queue.run(job.pk)

        page = supervisor.get(reverse("console:job", args=[job.pk])).content.decode()
        assert after(job).state == "done"
        assert "已读取 4 行。" in page
        assert 'href="/jobs/"' in page
        assert progress_of(job.pk).percent == 25

    def test_tells_in_both_languages_why_it_failed(self, supervisor: Client) -> None:
        job = made(fail="in words")

        queue.run(job.pk)

        assert (after(job).state, job.words_zh, job.words_en) == (
            "failed", "文件已损坏。", "The file is damaged.",
        )  # fmt: skip

    def test_shows_nothing_of_an_error_that_nobody_foresaw(self, supervisor: Client) -> None:
        job = made(fail="yes")

        queue.run(job.pk)

        page = supervisor.get(reverse("console:job", args=[job.pk])).content.decode()
        assert after(job).state == "failed"
        assert queue.BROKEN[0] in page
        assert "13812345678" not in page

    def test_runs_once(self, supervisor: Client) -> None:
        job = made()
        queue.run(job.pk)
        queue.run(job.pk)

        assert after(job).tries == 1
        assert AuditEntry.objects.of("job.ended").count() == 1

    def test_waits_while_another_worker_has_it(self, supervisor: Client) -> None:
        job = made()

        with at_work(job.pk) as mine:
            assert mine
            queue.run(job.pk)

        assert after(job).state == "waiting"

    def test_waits_while_every_place_is_taken(self, supervisor: Client) -> None:
        job = made()

        with at_work(uuid.uuid4()) as one, at_work(uuid.uuid4()) as two:
            assert one
            assert two
            queue.run(job.pk)
            assert after(job).state == "waiting"
        queue.run(job.pk)

        assert after(job).state == "done"

    def test_is_told_as_stopped_once_its_worker_is_dead(self, supervisor: Client) -> None:
        job = made()
        Job.objects.filter(pk=job.pk).update(state="running")
        with at_work(job.pk):
            queue.sweep()
            assert after(job).state == "running"
            assert is_alive(job.pk)

        queue.sweep()

        page = supervisor.get(reverse("console:job", args=[job.pk])).content.decode()
        assert after(job).state == "stopped"
        assert queue.KILLED[0] in page

    def test_dies_with_its_workers_connection(self, supervisor: Client) -> None:
        job = made()
        with at_work(job.pk), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks"
                " WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
                " AND classid = %s",
                [JOB >> 32 | (job.pk.int >> 32 & 0xFFFFFF)],
            )
            assert cursor.fetchall() == [(True,)]
            for _ in range(1000):  # the server ends it in its own time
                if not is_alive(job.pk):
                    break

            assert not is_alive(job.pk)

    def test_starts_again_when_it_was_stopped(self, supervisor: Client) -> None:
        job = made()
        Job.objects.filter(pk=job.pk).update(state="stopped")

        supervisor.post(reverse("console:job_again", args=[job.pk]))
        queue.run(job.pk)

        assert (after(job).state, job.tries) == ("done", 1)

    def test_is_its_owners_alone(self, supervisor: Client, log_in: LogIn) -> None:
        job = made()

        assert log_in("compliance").get(reverse("console:job", args=[job.pk])).status_code == 404
        assert supervisor.get(reverse("console:job", args=[job.pk])).status_code == 200

    def test_ends_the_polling_of_its_page(self, supervisor: Client) -> None:
        job = made()
        url = reverse("console:job_state", args=[job.pk])
        assert "HX-Refresh" not in supervisor.get(url)

        queue.run(job.pk)

        assert supervisor.get(url)["HX-Refresh"] == "true"


class TestTrailCheck:
    def test_is_started_by_a_press_and_finds_all_well(self, officer: Client) -> None:
        officer.post(reverse("console:trail_check"))
        job = Job.objects.get(kind="trail_check")

        queue.run(job.pk)

        assert after(job).state in ("done", "failed")
        assert AuditEntry.objects.of("job.started").count() == 1
