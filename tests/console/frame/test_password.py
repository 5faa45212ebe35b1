"""A first password opens nothing but the choice of another one."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from pytest_django.fixtures import Settings

from audit.models import AuditEntry
from compliance import clock
from compliance.models import FirstPassword, User
from compliance.services.first_password import LASTS, first_password_give
from console.views.frame import factor
from tests.console.conftest import LogIn
from tests.console.factor import code_of
from tests.console.frame.conftest import person
from tests.console.house import PASSWORD
from tests.console.seed import Seeded

CHOSEN = "a meadow with seven hens"


@pytest.fixture(autouse=True)
def hashed_fast(seeded: Seeded, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    User.objects.update(password=make_password(PASSWORD))


@pytest.fixture
def first(seeded: Seeded) -> str:
    """The password that the owner has given the supervisor."""
    return first_password_give(user=person("supervisor"), by=person("owner"), now=clock.read())


def logged_in(password: str) -> Client:
    client = Client()
    client.post("/login/", {"username": "supervisor", "password": password})
    return client


def change(client: Client, present: str, chosen: str = CHOSEN, again: str = "") -> int:
    given = {"present": present, "chosen": chosen, "again": again or chosen}
    return client.post("/password/", given).status_code


class TestFirstPassword:
    def test_opens_no_page_but_the_choice_of_another(self, first: str) -> None:
        client = logged_in(first)

        assert client.get("/jobs/")["Location"].startswith("/second-factor/")
        assert client.get("/second-factor/")["Location"] == "/password/"
        assert client.get("/password/").status_code == 200

    @pytest.mark.parametrize(("led", "status"), [("away", 302), ("", 422)])
    def test_verifies_nobody_even_with_the_right_code(
        self, first: str, monkeypatch: pytest.MonkeyPatch, led: str, status: int
    ) -> None:
        """Neither the page nor, were the page to forget it, what verifies."""
        client = logged_in(first)
        monkeypatch.setattr(factor, "first_password_stands", lambda _: bool(led))

        answer = client.post("/second-factor/", {"code": code_of(person("supervisor"))})

        assert answer.status_code == status
        assert client.get("/jobs/").status_code == 302
        assert "second_factor" not in client.session

    def test_is_over_once_another_was_chosen(self, first: str) -> None:
        client = logged_in(first)

        assert change(client, first) == 302

        assert not FirstPassword.objects.exists()
        answer = client.post("/second-factor/", {"code": code_of(person("supervisor"))})
        assert answer["Location"] == "/"
        assert client.get("/jobs/").status_code == 200
        assert logged_in(first).get("/password/")["Location"].startswith("/login/")

    def test_ends_the_log_ins_that_stood(self, seeded: Seeded, log_in: LogIn) -> None:
        client = log_in("supervisor")
        assert client.get("/jobs/").status_code == 200

        first_password_give(user=person("supervisor"), by=person("owner"), now=clock.read())

        assert client.get("/jobs/")["Location"].startswith("/login/")

    def test_cannot_be_kept(self, first: str) -> None:
        client = logged_in(first)

        assert change(client, first, first) == 422

        assert FirstPassword.objects.exists()

    def test_lasts_three_days(self, first: str) -> None:
        given = FirstPassword.objects.get().given_at
        FirstPassword.objects.update(given_at=given - LASTS - timedelta(minutes=1))
        client = logged_in(first)

        assert change(client, first) == 422

        assert FirstPassword.objects.exists()
        assert client.get("/jobs/").status_code == 302


class TestOwnPassword:
    def test_is_changed_by_whoever_knows_the_present_one(
        self, seeded: Seeded, log_in: LogIn
    ) -> None:
        client = log_in("supervisor")

        assert change(client, "not the present one") == 422
        assert change(client, PASSWORD, "short") == 422
        assert change(client, PASSWORD, CHOSEN, "another meadow, eight hens") == 422
        assert person("supervisor").check_password(PASSWORD)
        assert change(client, PASSWORD) == 302

        assert person("supervisor").check_password(CHOSEN)
        assert client.get("/jobs/").status_code == 200  # this session goes on
        entry = AuditEntry.objects.of("user.password_changed").get()
        assert entry.actor == f"u:{person('supervisor').pk}"
        assert AuditEntry.objects.of("user.login_failed").count() == 1
        assert not any(CHOSEN.encode() in bytes(one.body) for one in AuditEntry.objects.all())

    def test_is_not_changed_before_the_second_factor_was_shown(self, seeded: Seeded) -> None:
        client = logged_in(PASSWORD)

        assert client.get("/password/")["Location"] == "/second-factor/"
        assert change(client, PASSWORD) == 302

        assert person("supervisor").check_password(PASSWORD)
