"""Refusals heard in calls, and lifting one by two people."""

from datetime import timedelta

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from compliance import clock
from compliance.models import LiftRequest, RefusalLift, User
from compliance.services.consents_record import ConsentGiven, consents_record
from console.models import Approval
from tests.console.conftest import LogIn
from tests.console.officer.troubles import Troubled
from tests.parties import sha256


def agree_again(troubled: Troubled) -> int:
    """Let the person consent anew, on paper and outside a call; return the consent's key."""
    whitelist = troubled.attempt.permit.filing.whitelist
    given = ConsentGiven(
        person_id=troubled.person.pk,
        basis="consent",
        text_shown_sha256=sha256("text"),
        method="paper",
        evidence_sha256=sha256("signed again"),
        ai_allowed=False,
        given_at=troubled.heard.recorded_at + timedelta(microseconds=1),
        expires_at=None,
    )
    consents_record(whitelist=whitelist, given=[given], actor="u:1", now=clock.read())
    consent = troubled.person.consents.order_by("-pk").first()
    assert consent is not None
    return consent.pk


class TestInbox:
    def test_shows_first_where_the_agent_said_something_else(
        self, troubled: Troubled, log_in: LogIn
    ) -> None:
        page = log_in("compliance").get("/refusals/heard/")

        (call,) = page.context["inbox"].calls
        assert (call.verdict, call.by_machine) == ("differs", True)
        assert call.permit.pk == troubled.attempt.permit_id
        body = page.content.decode()
        assert "机器听到" in body
        assert "已通话" in body
        assert troubled.number not in body

    def test_lists_the_others_too(self, troubled: Troubled, log_in: LogIn) -> None:
        calls = log_in("compliance").get("/refusals/heard/?show=all").context["inbox"].calls

        assert troubled.heard in [one for call in calls for one in call.refusals]

    def test_takes_few_questions_of_the_database(
        self,
        troubled: Troubled,
        log_in: LogIn,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        client = log_in("compliance")
        for path in ("/refusals/heard/", "/refusals/heard/?show=all"):
            with django_assert_max_num_queries(40):
                client.get(path)


class TestLifting:
    def ask(self, client: Client, troubled: Troubled, consent: int) -> str:
        answer = client.post(
            f"/refusals/{troubled.heard.pk}/lift/", {"consent": str(consent)}, follow=True
        )
        return answer.content.decode()

    def test_waits_for_a_second_person(self, troubled: Troubled, log_in: LogIn) -> None:
        consent = agree_again(troubled)

        self.ask(log_in("compliance"), troubled, consent)

        approval = Approval.objects.get(kind="refusal_lift")
        assert approval.subject == str(LiftRequest.objects.get().pk)
        assert not RefusalLift.objects.exists()
        assert "有效" in (
            log_in("compliance").get(f"/refusals/{troubled.heard.pk}/").content.decode()
        )

    def test_is_not_offered_without_a_later_consent(
        self, troubled: Troubled, log_in: LogIn
    ) -> None:
        older = troubled.person.consents.order_by("pk").first()
        assert older is not None
        client = log_in("compliance")

        page = client.get(f"/refusals/{troubled.heard.pk}/").content.decode()
        said = self.ask(client, troubled, older.pk)

        assert "没有晚于此拒绝的有效同意" in page
        assert "拒绝仍然有效" in said
        assert not LiftRequest.objects.exists()

    def test_is_nothing_for_whoever_only_reads(self, troubled: Troubled, log_in: LogIn) -> None:
        consent = agree_again(troubled)

        answer = log_in("regulator").post(
            f"/refusals/{troubled.heard.pk}/lift/", {"consent": str(consent)}
        )

        assert answer.status_code == 403
        assert User.objects.filter(username="regulator").exists()
        assert not LiftRequest.objects.exists()
