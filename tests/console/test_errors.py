"""What people see when something goes wrong."""

from contextlib import suppress

import pytest
from django.db import DatabaseError, connection
from django.test import Client, RequestFactory

from console.views.errors import bad_request, broken
from tests.console.conftest import LogIn
from tests.console.seed import Seeded


class TestErrorPages:
    def test_speak_both_languages(self, seeded: Seeded, log_in: LogIn) -> None:
        for path, status, zh, en in (
            ("/live/", 403, "您的角色无权打开此页", "Your role may not open this page"),
            ("/nowhere/", 404, "没有这个页面或记录", "There is no such page or record"),
        ):
            response = log_in("agent01").get(path)

            body = response.content.decode()
            assert response.status_code == status
            assert zh in body
            assert en in body

    def test_need_no_database_when_the_database_may_be_what_failed(self, db: None) -> None:
        with connection.cursor() as cursor, suppress(DatabaseError):
            cursor.execute("SELECT 1 / 0")  # the transaction answers nothing from here on

        body = broken(RequestFactory().get("/")).content.decode()

        assert "系统出错" in body
        assert "Something broke" in body
        assert "the clock is unknown" in body

    def test_say_that_a_request_makes_no_sense(self, db: None) -> None:
        response = bad_request(RequestFactory().get("/"), ValueError())

        assert response.status_code == 400
        assert "请求无法理解" in response.content.decode()

    def test_show_a_failed_page_without_a_trace(
        self, seeded: Seeded, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = Client(raise_request_exception=False, SERVER_NAME="localhost")
        monkeypatch.setattr("console.views.log_in.demo_accounts", lambda: 1 / 0)

        response = client.get("/login/")

        assert response.status_code == 500
        assert "ZeroDivisionError" not in response.content.decode()
