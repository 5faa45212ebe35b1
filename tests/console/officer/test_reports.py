"""Suspensions and the daily report."""

import hashlib
import json

from django.db import connection
from pytest_django import DjangoAssertNumQueries

from compliance import clock
from compliance.lists.moments import LOCAL
from compliance.models import CorrectiveReport, DailyReport, Suspension
from compliance.services.suspension_begin import suspension_begin
from console.models import Approval
from tests.audit.tree import seal_all
from tests.console.conftest import LogIn
from tests.console.officer.troubles import Troubled

PLAN = "原因：话务员未按话术结束通话；已复训并逐通核查一个月。"


def suspended(troubled: Troubled) -> Suspension:
    return suspension_begin(
        Suspension(
            seat=troubled.attempt.permit.seat,
            cause="chain",
            complaint=troubled.complaint,
            counts={"upheld": 2},
            begun_at=clock.read(),
            begun_by="u:1",
        )
    )


class TestSuspensions:
    def test_say_what_rests_and_why(self, troubled: Troubled, log_in: LogIn) -> None:
        one = suspended(troubled)

        for reader, sees_case in (("compliance", True), ("supervisor", False)):
            client = log_in(reader)
            assert "处罚联动" in client.get("/suspensions/").content.decode()
            page = client.get(f"/suspensions/{one.pk}/")
            assert (page.context["complaint"] == troubled.complaint.pk) is sees_case

    def test_end_by_a_report_that_two_others_approve(
        self, troubled: Troubled, log_in: LogIn
    ) -> None:
        one = suspended(troubled)

        log_in("supervisor").post(f"/suspensions/{one.pk}/report/", {"text": PLAN})

        report = CorrectiveReport.objects.get()
        approval = Approval.objects.get(kind="suspension")
        assert (approval.subject, approval.people) == (str(report.pk), 2)
        assert not hasattr(Suspension.objects.get(pk=one.pk), "resumption")

    def test_take_no_report_that_says_nothing(self, troubled: Troubled, log_in: LogIn) -> None:
        one = suspended(troubled)

        log_in("compliance").post(f"/suspensions/{one.pk}/report/", {"text": "已整改"})

        assert not CorrectiveReport.objects.exists()


class TestDailyReport:
    def made(self, log_in: LogIn) -> DailyReport:
        today = clock.read().astimezone(LOCAL).date().isoformat()
        log_in("compliance").post("/reports/make/", {"day": today})
        return DailyReport.objects.get()

    def test_is_sealed_and_shown_with_its_proof(self, troubled: Troubled, log_in: LogIn) -> None:
        report = self.made(log_in)
        seal_all()

        page = log_in("regulator").get(f"/reports/{report.pk}/")

        assert page.context["kept"].proof.sealed.checkpoint
        assert "已封存" in page.content.decode()
        content = log_in("regulator").get(f"/reports/{report.pk}/report.json").content
        assert hashlib.sha256(content).hexdigest() == report.sha256

    def test_leads_from_each_figure_to_its_rows(self, troubled: Troubled, log_in: LogIn) -> None:
        one = suspended(troubled)
        report, client = self.made(log_in), log_in("compliance")
        figures = json.loads(bytes(report.body))
        parts = client.get(f"/reports/{report.pk}/").context["parts"]

        links = [link for part in parts for _, link in part.linked if link]
        told = figures["decisions"] + figures["asked_by"] + figures["objections_by_rule"]
        counts = [row["count"] for row in told]
        assert links[len(counts)] == f"/suspensions/{one.pk}/"
        assert client.get(links.pop(len(counts))).status_code == 200
        counts += [row["permits"] for row in figures["numbers"]]
        assert figures["numbers"]
        for link, count in zip(links, counts, strict=True):
            assert len(client.get(link).context["page"].decisions) == count, link

    def test_is_a_pdf_too(self, troubled: Troubled, log_in: LogIn) -> None:
        report = self.made(log_in)

        paper = log_in("supervisor").get(f"/reports/{report.pk}/report.pdf")

        assert paper.content.startswith(b"%PDF")
        again = log_in("supervisor").get(f"/reports/{report.pk}/report.pdf")
        assert again.content == paper.content

    def test_says_so_when_its_bytes_were_altered(self, troubled: Troubled, log_in: LogIn) -> None:
        report = self.made(log_in)
        body = bytes(report.body).replace(b'"v":1', b'"v":2')
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE compliance_dailyreport DISABLE TRIGGER USER")
        DailyReport.objects.filter(pk=report.pk).update(body=body)

        page = log_in("compliance").get(f"/reports/{report.pk}/")

        assert not page.context["kept"].intact
        assert "内容与摘要不符" in page.content.decode()

    def test_is_not_made_of_a_day_ahead(self, troubled: Troubled, log_in: LogIn) -> None:
        for day in ("2199-01-01", "no day", ""):
            log_in("compliance").post("/reports/make/", {"day": day})

        assert not DailyReport.objects.exists()

    def test_takes_few_questions_of_the_database(
        self,
        troubled: Troubled,
        log_in: LogIn,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        report, client = self.made(log_in), log_in("compliance")
        for path in ("/reports/", f"/reports/{report.pk}/", "/suspensions/"):
            with django_assert_max_num_queries(40):
                client.get(path)
