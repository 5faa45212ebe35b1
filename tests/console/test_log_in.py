"""Logging in and out."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from audit.models import AuditEntry, AuditPii
from compliance.models import DemoClock, User
from tests.console.factor import show_factor
from tests.console.house import PASSWORD
from tests.console.seed import Seeded

ACCOUNTS = ["owner", "compliance", "supervisor", "agent01", "regulator"]
LOG_IN, DEMO = "/login/", "/login/demo/"


def at_home() -> Client:
    return Client(SERVER_NAME="localhost")


def actions() -> list[str]:
    return list(
        AuditEntry.objects.filter(action__startswith="user.log")
        .order_by("pk")
        .values_list("action", flat=True)
    )


class TestLogIn:
    def test_opens_the_console_with_the_right_password(self, seeded: Seeded) -> None:
        client = Client()

        response = client.post(LOG_IN, {"username": "supervisor", "password": PASSWORD})

        assert response["Location"] == "/"
        show_factor(client, User.objects.get(username="supervisor"))
        assert client.get(reverse("console:live")).status_code == 200
        assert actions() == ["user.logged_in"]

    def test_records_a_failure_and_nothing_that_was_typed(self, seeded: Seeded) -> None:
        typed = {"username": "supervisor", "password": "wrong-secret-typed"}

        response = Client().post(LOG_IN, typed)

        supervisor = User.objects.get(username="supervisor")
        entry = AuditEntry.objects.of("user.login_failed").get()
        assert response.status_code == 200
        assert 'role="alert"' in response.content.decode()
        assert (entry.object, entry.outcome) == (f"u:{supervisor.pk}", "denied")
        assert b"wrong-secret" not in bytes(entry.body)
        assert all("wrong-secret" not in row.plain for row in AuditPii.objects.all())

    def test_records_a_failure_for_a_name_that_nobody_has(self, seeded: Seeded) -> None:
        Client().post(LOG_IN, {"username": "13812345678", "password": "x"})

        entry = AuditEntry.objects.of("user.login_failed").get()
        assert entry.object == "u:unknown"
        assert b"13812345678" not in bytes(entry.body)

    @pytest.mark.parametrize("next_page", ["https://evil.example/", "//evil.example/"])
    def test_never_leads_to_another_site(self, next_page: str, seeded: Seeded) -> None:
        typed = {"username": "supervisor", "password": PASSWORD, "next": next_page}

        assert Client().post(LOG_IN, typed)["Location"] == "/"

    def test_asks_for_the_token_of_the_form(self, seeded: Seeded) -> None:
        client = Client(enforce_csrf_checks=True)

        response = client.post(LOG_IN, {"username": "supervisor", "password": PASSWORD})

        assert response.status_code == 403
        assert "页面已过期" in response.content.decode()


class TestLogOut:
    def test_ends_the_session_and_is_recorded(self, seeded: Seeded) -> None:
        client = Client()
        client.post(LOG_IN, {"username": "supervisor", "password": PASSWORD})

        client.post("/logout/")

        assert client.get(reverse("console:live")).status_code == 302
        assert actions() == ["user.logged_in", "user.logged_out"]

    def test_is_not_done_by_a_link(self, seeded: Seeded) -> None:
        client = Client()
        client.force_login(User.objects.get(username="supervisor"))
        show_factor(client, User.objects.get(username="supervisor"))

        assert client.get("/logout/").status_code == 405
        assert client.get(reverse("console:live")).status_code == 200


class TestDemoLogIn:
    def test_logs_in_as_each_account_of_the_demo(self, seeded: Seeded) -> None:
        for account in ACCOUNTS:
            client = at_home()

            client.post(DEMO, {"account": account})

            assert client.get("/", follow=True).context["request"].user.username == account
        assert actions() == ["user.logged_in"] * len(ACCOUNTS)

    def test_is_offered_on_the_log_in_page(self, seeded: Seeded) -> None:
        assert at_home().get(LOG_IN).content.decode().count('name="account"') == len(ACCOUNTS)

    def test_does_not_exist_without_a_demo_clock(self, seeded: Seeded) -> None:
        DemoClock.objects.all().delete()

        client = at_home()

        assert client.post(DEMO, {"account": "owner"}).status_code == 404
        assert 'name="account"' not in client.get(LOG_IN).content.decode()
        assert "_auth_user_id" not in client.session

    def test_does_not_exist_for_a_browser_elsewhere(
        self, seeded: Seeded, settings: Settings
    ) -> None:
        settings.ALLOWED_HOSTS = ["*"]
        elsewhere: list[dict[str, Any]] = [
            {"REMOTE_ADDR": "192.168.1.7"},
            {"REMOTE_ADDR": ""},
            {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
            {"HTTP_FORWARDED": "for=127.0.0.1"},
            {"HTTP_HOST": "yunhu.example.cn"},
        ]

        for one in elsewhere:
            client = at_home()
            assert client.post(DEMO, {"account": "owner"}, **one).status_code == 404, one
            assert 'name="account"' not in client.get(LOG_IN, **one).content.decode(), one

    def test_does_not_exist_for_another_account(self, seeded: Seeded) -> None:
        for account in ("agent02", "nobody", ""):
            assert at_home().post(DEMO, {"account": account}).status_code == 404, account

    def test_is_no_link(self, seeded: Seeded) -> None:
        assert at_home().get(DEMO).status_code == 405
