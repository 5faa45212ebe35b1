"""What needs a second person."""

import json

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction
from django.db.utils import DatabaseError
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse

from audit.models import AuditEntry
from compliance import clock
from compliance.denials import DeniedError
from compliance.models import CampaignFiling, User
from compliance.services.filing_activate import filing_activate
from console.approvals import propose
from console.approvals.flow import AskedBeforeError
from console.approvals.kinds import KINDS
from console.models import Approval, Vote
from tests.console.conftest import LogIn
from tests.console.factor import shown_before
from tests.console.frame.conftest import person

SUMMARY = ("启用课程任务", "Activate the course campaign")
OTHER_BROWSER = "b" * 64


def request_of(username: str, browser: str = "a" * 64) -> HttpRequest:
    request = RequestFactory().post("/")
    request.user = person(username)
    request.META["yunhu.browser"] = browser
    return request


@pytest.fixture
def asked(draft: CampaignFiling) -> Approval:
    return propose(request_of("supervisor"), kind="campaign", subject=draft.pk, summary=SUMMARY)


def decide(client: Client, asked: Approval, verdict: str = "approve", reason: str = "") -> int:
    url = reverse("console:approval_decide", args=[asked.pk])
    return client.post(url, {"verdict": verdict, "reason": reason}).status_code


def state_of(asked: Approval) -> str:
    asked.refresh_from_db()
    return asked.state


def actions(asked: Approval) -> list[str]:
    told = AuditEntry.objects.filter(object=f"approval:{asked.pk}").order_by("pk")
    return list(told.values_list("action", flat=True))


class TestApproval:
    def test_is_carried_out_by_the_service_once_a_second_person_agrees(
        self, asked: Approval, draft: CampaignFiling, officer: Client
    ) -> None:
        decide(officer, asked)

        draft.refresh_from_db()
        assert state_of(asked) == "approved"
        assert asked.carried_out_at is not None
        assert (draft.state, draft.approver) == ("active", person("compliance"))
        assert actions(asked) == ["approval.proposed", "approval.approved", "approval.carried_out"]

    def test_is_listed_for_those_who_may_decide_and_for_whoever_asked(
        self, asked: Approval, officer: Client, supervisor: Client
    ) -> None:
        for client, where in ((officer, "waiting"), (supervisor, "own")):
            listed = client.get(reverse("console:approvals")).context["listed"]
            assert list(getattr(listed, where)) == [asked]

    def test_shows_what_it_is_about(self, asked: Approval, officer: Client) -> None:
        body = officer.get(reverse("console:approval", args=[asked.pk])).content.decode()

        assert "autumn-course" in body
        assert SUMMARY[0] in body

    def test_is_not_decided_by_whoever_asked(self, draft: CampaignFiling, log_in: LogIn) -> None:
        mine = propose(
            request_of("compliance"), kind="campaign", subject=draft.pk, summary=SUMMARY
        )

        decide(log_in("compliance"), mine)

        assert state_of(mine) == "open"
        assert actions(mine) == ["approval.proposed", "approval.denied"]

    def test_is_not_decided_by_another_account_in_the_same_browser(
        self, draft: CampaignFiling, log_in: LogIn
    ) -> None:
        client = log_in("supervisor")
        client.get(reverse("console:approvals"))
        mark = client.cookies["browser"].value
        asked = propose(_as_sent(client), kind="campaign", subject=draft.pk, summary=SUMMARY)
        client.post(reverse("console:log_out"))
        client.force_login(person("compliance"))
        shown_before(client, person("compliance"))

        page = client.get(reverse("console:approval", args=[asked.pk])).content.decode()
        decide(client, asked)

        assert client.cookies["browser"].value == mark
        assert "这是提请时所用的浏览器" in page
        assert state_of(asked) == "open"
        assert actions(asked)[-1] == "approval.denied"

    def test_is_not_decided_by_a_role_that_does_not(self, asked: Approval, log_in: LogIn) -> None:
        for username, status in (("agent01", 403), ("regulator", 403)):
            assert decide(log_in(username), asked) == status
        assert state_of(asked) == "open"

    def test_is_turned_down_with_a_reason_only(self, asked: Approval, officer: Client) -> None:
        assert decide(officer, asked, "reject") == 422
        assert state_of(asked) == "open"

        decide(officer, asked, "reject", "话术未写明身份 13812345678")

        vote = asked.votes.get()
        assert state_of(asked) == "rejected"
        assert "13812345678" not in vote.reason
        assert actions(asked)[-1] == "approval.rejected"

    def test_is_withdrawn_by_whoever_asked_alone(
        self, asked: Approval, officer: Client, supervisor: Client
    ) -> None:
        url = reverse("console:approval_withdraw", args=[asked.pk])
        officer.post(url)
        assert state_of(asked) == "open"

        supervisor.post(url)

        assert state_of(asked) == "withdrawn"
        assert actions(asked)[-1] == "approval.withdrawn"

    def test_says_in_words_what_the_service_refuses(
        self, asked: Approval, draft: CampaignFiling, officer: Client
    ) -> None:
        filing_activate(filing=draft, approver=person("owner"), now=clock.read())

        decide(officer, asked)

        page = officer.get(reverse("console:approval", args=[asked.pk])).content.decode()
        assert (state_of(asked), asked.carried_out_at) == ("approved", None)
        assert asked.failure_zh in page
        assert "not waiting for activation" in asked.failure_en
        assert actions(asked)[-1] == "approval.failed"

    def test_can_be_carried_out_again_by_whoever_approved_after_a_kill(
        self, asked: Approval, draft: CampaignFiling, officer: Client, supervisor: Client
    ) -> None:
        Vote.objects.create(
            approval=asked, by=person("compliance"), browser=OTHER_BROWSER,
            verdict="approved", voted_at=asked.proposed_at,
        )  # fmt: skip
        url = reverse("console:approval_again", args=[asked.pk])

        assert supervisor.post(url).status_code == 404
        officer.post(url)

        draft.refresh_from_db()
        assert (state_of(asked), draft.state) == ("approved", "active")

    def test_waits_once(self, asked: Approval, draft: CampaignFiling) -> None:
        with pytest.raises(AskedBeforeError) as before:
            propose(request_of("owner"), kind="campaign", subject=draft.pk, summary=SUMMARY)

        assert before.value.approval == asked

    def test_is_asked_for_by_those_who_may(self, draft: CampaignFiling) -> None:
        for username in ("agent01", "regulator"):
            with pytest.raises(DeniedError):
                propose(request_of(username), kind="campaign", subject=draft.pk, summary=SUMMARY)


class TestTheDatabase:
    @pytest.mark.parametrize(
        ("username", "browser", "verdict"),
        [
            ("supervisor", OTHER_BROWSER, "approved"),  # the same person
            ("compliance", "a" * 64, "approved"),  # the same browser
            ("agent01", OTHER_BROWSER, "approved"),  # a role that does not decide
            ("compliance", OTHER_BROWSER, "withdrawn"),  # somebody else's request
        ],
    )
    def test_refuses_a_vote_of_no_second_person(
        self, username: str, browser: str, verdict: str, asked: Approval
    ) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            vote(asked, username, browser, verdict)

    def test_refuses_a_vote_of_an_account_that_was_closed(self, asked: Approval) -> None:
        User.objects.filter(username="compliance").update(is_active=False)

        with pytest.raises(IntegrityError), transaction.atomic():
            vote(asked, "compliance", OTHER_BROWSER, "approved")

    def test_refuses_a_second_vote_of_one_person_or_browser(self, asked: Approval) -> None:
        Approval.objects.filter(pk=asked.pk)
        two = Approval.objects.create(
            kind="suspension", subject="1", summary_zh="恢复", summary_en="Resume", people=2,
            roles=["compliance", "administrator"], proposer=person("supervisor"),
            browser="a" * 64, proposed_at=asked.proposed_at,
        )  # fmt: skip
        vote(two, "compliance", OTHER_BROWSER, "approved")
        assert state_of(two) == "open"

        for username, browser in (("compliance", "c" * 64), ("owner", OTHER_BROWSER)):
            with pytest.raises(IntegrityError), transaction.atomic():
                vote(two, username, browser, "approved")
        vote(two, "owner", "c" * 64, "approved")

        assert state_of(two) == "approved"

    @pytest.mark.parametrize(
        "change",
        [
            "state = 'approved'",
            "state = 'rejected'",
            "asked = '{}', people = 3",
            "browser = repeat('d', 64)",
            "roles = '{agent}'",
        ],
    )
    def test_moves_nothing_without_votes(self, change: str, asked: Approval) -> None:
        with (
            pytest.raises(ProgrammingError, match=r"Votes alone|stays as it was"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE console_approval SET {change} WHERE id = %s", [asked.pk])

    def test_keeps_approvals_and_votes(self, asked: Approval) -> None:
        vote(asked, "compliance", OTHER_BROWSER, "rejected")

        for statement in (
            "DELETE FROM console_vote",
            "UPDATE console_vote SET verdict = 'approved'",
            "DELETE FROM console_approval",
        ):
            with (
                pytest.raises((InternalError, ProgrammingError, DatabaseError), match="append"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)


class TestKinds:
    def test_say_their_name_in_both_languages_and_who_may_ask(self) -> None:
        for code, kind in KINDS.items():
            assert kind.code == code
            assert kind.zh
            assert kind.en.isascii()
            assert kind.proposers
            assert kind.roles


def vote(asked: Approval, username: str, browser: str, verdict: str) -> Vote:
    return Vote.objects.create(
        approval=asked,
        by=person(username),
        browser=browser,
        verdict=verdict,
        reason="不合规" if verdict == "rejected" else "",
        voted_at=asked.proposed_at,
    )


def _as_sent(client: Client) -> HttpRequest:
    """Return a request as the client's browser sends it."""
    return client.get(reverse("console:approvals")).wsgi_request


def test_the_trail_tells_which_kind_it_was(asked: Approval) -> None:
    entry = AuditEntry.objects.of("approval.proposed").get()

    assert json.loads(bytes(entry.body))["data"]["kind"] == "campaign"
