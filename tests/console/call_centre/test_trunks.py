"""Trunks: the ledger, the endpoint, and the check that runs in a worker."""

from pathlib import Path

import pytest
import redis
from django.test import Client
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from audit.models import AuditEntry
from compliance.models import Trunk
from console.jobs.kinds import trunk_check
from console.models import Job, TrunkCheck
from dialer import streams
from dialer.models import TrunkEndpoint
from dialer.trunk_check.finding import STEPS
from tests.console.call_centre.conftest import work
from tests.console.call_centre.registers import done, paper, refused, shown
from tests.console.conftest import LogIn
from tests.console.seed import Seeded

ENDPOINT = {
    "host": "127.0.0.1",
    "port": 5099,
    "local_host": "127.0.0.1",
    "edge_port": 5060,
    "username": "line",
    "password": "geheim-passwort",
}


def trunk() -> Trunk:
    return Trunk.objects.get()


class TestTrunks:
    def test_show_the_ledger_and_its_clock(self, seeded: Seeded, supervisor: Client) -> None:
        body = shown(supervisor, "/trunks/")

        assert f'href="/trunks/{trunk().pk}/"' in body
        assert "2026-07-31" in body  # 180 days after its review
        assert "2028-05-31" in body  # the first certificate of its numbers
        assert "/ 200" in body
        assert "没有线路进程" in body or "状态不明" in body
        page = shown(supervisor, f"/trunks/{trunk().pk}/")
        for number in trunk().caller_numbers.all():
            assert number.number in page

    def test_tell_that_the_message_store_does_not_answer(
        self, seeded: Seeded, supervisor: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def silent(_: str) -> None:
            raise redis.ConnectionError

        monkeypatch.setattr(streams, "heartbeat_of", silent)

        assert "状态不明" in shown(supervisor, "/trunks/")

    def test_are_reviewed_with_evidence(self, seeded: Seeded, supervisor: Client) -> None:
        path = f"/trunks/{trunk().pk}/review/"
        assert "晚于上次复核" in refused(supervisor, path, on="2026-02-01", document=paper())

        done(supervisor, path, on="2026-03-10", document=paper())

        assert "2026-09-06" in shown(supervisor, "/trunks/")

    def test_are_out_of_use_for_good(self, seeded: Seeded, supervisor: Client) -> None:
        done(supervisor, f"/trunks/{trunk().pk}/close/", reason="合同终止")

        assert not trunk().active
        assert "close/" not in shown(supervisor, f"/trunks/{trunk().pk}/")

    def test_are_read_with_few_queries(
        self,
        seeded: Seeded,
        supervisor: Client,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for path in ("/trunks/", f"/trunks/{trunk().pk}/", "/trunks/record/"):
            with django_assert_max_num_queries(40):
                shown(supervisor, path)


class TestEndpoint:
    def test_is_an_administrators_and_never_shows_its_password(
        self, seeded: Seeded, supervisor: Client, log_in: LogIn
    ) -> None:
        path = f"/trunks/{trunk().pk}/endpoint/"
        assert supervisor.post(path, ENDPOINT).status_code == 403
        assert not TrunkEndpoint.objects.filter(port=5099).exists()
        owner = log_in("owner")

        done(owner, path, **ENDPOINT)

        assert TrunkEndpoint.objects.get().port == 5099
        for page in (path, f"/trunks/{trunk().pk}/"):
            assert "geheim-passwort" not in shown(owner, page)
        assert not any(
            b"geheim-passwort" in bytes(entry.body)
            for entry in AuditEntry.objects.of("trunk.endpoint_set")
        )

    def test_of_a_loopback_trunk_stays_in_this_machine(
        self, seeded: Seeded, log_in: LogIn
    ) -> None:
        body = refused(
            log_in("owner"),
            f"/trunks/{trunk().pk}/endpoint/",
            **{**ENDPOINT, "host": "203.0.113.7"},
        )

        assert "回环的线路不得通往其他机器" in body
        assert not body.count("geheim-passwort")


class TestCheck:
    @pytest.fixture(autouse=True)
    def folders(self, settings: Settings, tmp_path: Path) -> None:
        settings.RECORDINGS_DIR = tmp_path
        streams.client.cache_clear()

    def test_runs_in_a_worker_and_is_told_step_by_step(
        self, seeded: Seeded, supervisor: Client, log_in: LogIn
    ) -> None:
        row = trunk()

        to = done(supervisor, f"/trunks/{row.pk}/check/")
        assert not TrunkCheck.objects.exists()
        (job,) = work()

        assert to == f"/jobs/{job.pk}/"
        check = TrunkCheck.objects.get()
        assert (job.state, job.result) == (Job.State.DONE, f"/trunks/checks/{check.pk}/")
        assert "线路台账与备案" in job.words_zh  # it has no endpoint
        assert "ledger and filing" in job.words_en
        assert {one["step"] for one in check.report} == {one.name for one in STEPS}
        for client, language in ((supervisor, "zh"), (log_in("regulator", "en"), "en")):
            body = shown(client, f"/trunks/checks/{check.pk}/")
            for one in check.report:
                assert escape(one["found"][language]) in body
        entry = AuditEntry.objects.of("trunk.checked").get()
        assert (entry.object, entry.outcome) == (f"trunk:{row.pk}", "error")
        assert f'href="/trunks/checks/{check.pk}/"' in shown(supervisor, "/trunks/")

    def test_that_could_not_be_finished_leaves_no_result(
        self, seeded: Seeded, supervisor: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def silent(*_: object, **__: object) -> None:
            raise redis.ConnectionError

        monkeypatch.setattr(trunk_check, "trunk_steps", silent)
        done(supervisor, f"/trunks/{trunk().pk}/check/")

        (job,) = work()

        assert (job.state, job.words_zh) == (Job.State.FAILED, "消息存储没有应答，检查未完成。")
        assert not TrunkCheck.objects.exists()

    def test_is_not_started_by_whoever_only_reads(self, seeded: Seeded, log_in: LogIn) -> None:
        answer = log_in("regulator").post(f"/trunks/{trunk().pk}/check/")

        assert answer.status_code == 403
        assert not Job.objects.exists()
