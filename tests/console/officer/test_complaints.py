"""Complaints: taken in, handled, proved, and out of sight of whoever they are about."""

import hashlib
import io
import zipfile
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from audit.models import AuditEntry
from compliance import clock
from compliance.models import Complaint, ComplaintEvent, Refusal, User
from compliance.services.complaint_accuse import account_tie
from console.selectors.officer.complaints import case_of
from tests.console.conftest import LogIn
from tests.console.officer.troubles import Troubled
from tests.console.seed import Seeded


def step(client: Client, case: Complaint, kind: str, **given: str) -> str:
    answer = client.post(f"/complaints/{case.pk}/step/", {"kind": kind, **given}, follow=True)
    return answer.content.decode()


def kinds(case: Complaint) -> list[str]:
    return list(case.events.order_by("pk").values_list("kind", flat=True))


class TestIntake:
    def test_stops_the_calls_and_opens_the_case(self, seeded: Seeded, log_in: LogIn) -> None:
        client, number = log_in("compliance"), seeded.numbers[0]

        answer = client.post(
            "/complaints/new/",
            {"number": number, "channel": "12321", "summary": f"一天三次，我的号码 {number}"},
            follow=True,
        )

        case = Complaint.objects.get()
        assert case.refusal.everywhere
        assert "已停止对该号码的一切呼叫" in answer.content.decode()
        assert number not in case.summary
        assert number not in answer.content.decode()

    def test_says_beside_the_field_what_is_wrong_and_keeps_the_rest(
        self, seeded: Seeded, log_in: LogIn
    ) -> None:
        answer = log_in("compliance").post(
            "/complaints/new/", {"number": "12", "channel": "web", "external_ref": "SH-7"}
        )

        assert set(answer.context["problems"]) == {"number", "channel"}
        assert 'value="SH-7"' in answer.content.decode()
        assert not Complaint.objects.exists()
        assert not Refusal.objects.filter(source="complaint").exists()


class TestCase:
    def test_goes_from_the_handler_to_its_end(self, troubled: Troubled, log_in: LogIn) -> None:
        client, case = log_in("compliance"), troubled.complaint

        step(client, case, "assigned", handler="compliance")
        step(client, case, "upheld", note="录音中已拒绝")
        step(client, case, "answered", note="已致歉")
        page = step(client, case, "closed")

        assert kinds(case) == ["assigned", "upheld", "answered", "closed"]
        assert "已办结" in page
        assert client.get("/complaints/?show=closed").context["queue"].closed == 1

    def test_refuses_in_words_what_the_case_is_not_ready_for(
        self, troubled: Troubled, log_in: LogIn
    ) -> None:
        page = step(log_in("compliance"), troubled.complaint, "closed")

        assert "不予办理" in page
        assert kinds(troubled.complaint) == []
        assert AuditEntry.objects.of("complaint.access_denied").exists()

    @pytest.mark.parametrize("kind", ["overdue", "packed", "", "made-up"])
    def test_takes_no_step_that_is_not_a_persons(
        self, kind: str, troubled: Troubled, log_in: LogIn
    ) -> None:
        step(log_in("compliance"), troubled.complaint, kind)

        assert kinds(troubled.complaint) == []

    def test_hands_over_a_pack_whose_digest_stays_with_it(
        self, troubled: Troubled, log_in: LogIn
    ) -> None:
        answer = log_in("compliance").post(f"/complaints/{troubled.complaint.pk}/pack.zip")

        packed = troubled.complaint.events.get(kind=ComplaintEvent.Kind.PACKED)
        assert packed.sha256 == hashlib.sha256(answer.content).hexdigest()
        with zipfile.ZipFile(io.BytesIO(answer.content)) as pack:
            assert {"case.json", "permits.json", "audit.json"} <= set(pack.namelist())
            held = b"".join(pack.read(name) for name in pack.namelist())
        assert troubled.number.encode() not in held

    def test_shows_what_agent_and_machine_said_of_the_call(
        self, troubled: Troubled, log_in: LogIn
    ) -> None:
        page = log_in("compliance").get(f"/complaints/{troubled.complaint.pk}/")

        assert [call.pk for call in page.context["calls"]] == [troubled.attempt.pk]
        assert "已通话" in page.content.decode()

    def test_counts_its_clocks_by_the_local_day(self, troubled: Troubled) -> None:
        case = troubled.complaint
        before = case_of(case, now=clock.read())
        after = case_of(case, now=clock.read() + timedelta(days=60))

        assert [one.tone for one in before.clocks][-1] == "fine"
        assert not before.late
        assert {one.tone for one in after.clocks} == {"late"}
        assert after.late

    def test_takes_few_questions_of_the_database(
        self,
        troubled: Troubled,
        log_in: LogIn,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        client = log_in("compliance")
        for path in ("/complaints/", f"/complaints/{troubled.complaint.pk}/"):
            with django_assert_max_num_queries(40):
                client.get(path)


class TestTheAccused:
    @pytest.mark.parametrize("reader", ["compliance", "owner", "regulator"])
    def test_see_nothing_of_the_case(self, reader: str, troubled: Troubled, log_in: LogIn) -> None:
        case = troubled.complaint
        account_tie(
            user=User.objects.get(username=reader),
            actor="u:1",
            now=clock.read(),
            principal=troubled.attempt.permit.filing.principal,
        )
        client = log_in(reader)

        assert client.get("/complaints/").context["queue"].cases == []
        assert client.get(f"/complaints/{case.pk}/").status_code == 404
        for path in ("step/", "accused/", "pack.zip"):
            assert client.post(f"/complaints/{case.pk}/{path}").status_code in (403, 404), path
        assert kinds(case) == []

    def test_are_no_supervisors_or_agents_business(
        self, troubled: Troubled, log_in: LogIn
    ) -> None:
        for reader in ("supervisor", "agent01"):
            client = log_in(reader)
            for path in ("/complaints/", f"/complaints/{troubled.complaint.pk}/"):
                assert client.get(path).status_code == 403, (reader, path)

    def test_lose_sight_of_it_when_they_are_named_later(
        self, troubled: Troubled, log_in: LogIn
    ) -> None:
        case = troubled.complaint
        log_in("compliance").post(f"/complaints/{case.pk}/accused/", {"seat": "S004"})

        assert case.accused.filter(seat__code="S004").exists()
        named = AuditEntry.objects.of("complaint.accused").get()
        assert named.object == f"complaint:{case.pk}"
