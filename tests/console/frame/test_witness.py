"""Whoever enrols an account's authenticator is seen by somebody else, so that nobody is two."""

import re

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from pytest_django.fixtures import Settings

from audit.models import AuditEntry
from compliance.models import User
from console.models import Approval, SecondFactor
from tests.console.conftest import LogIn
from tests.console.factor import URL, code_of, show_factor
from tests.console.frame.conftest import person
from tests.console.house import PASSWORD
from tests.console.seed import Seeded

OWN = "eine-eigene-parole-7731"
NEW = {"username": "li", "real_name": "李专员", "role": "compliance"}


@pytest.fixture(autouse=True)
def hashed_fast(seeded: Seeded, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    User.objects.update(password=make_password(PASSWORD))


@pytest.fixture
def owner(log_in: LogIn) -> Client:
    return log_in("owner")


@pytest.fixture
def officer(log_in: LogIn) -> Client:
    return log_in("compliance")


def first_password(owner: Client, user: User) -> str:
    answer = owner.post(f"/accounts/{user.pk}/password/")
    return str(answer.context["first_password"])


def enrolled(username: str, password: str, *, first: bool) -> Client:
    """Log in at a new browser, as whoever knows the password, and enrol an authenticator."""
    client, user = Client(), User.objects.get(username=username)
    client.post("/login/", {"username": username, "password": password})
    if first:
        given = {"present": password, "chosen": OWN, "again": OWN}
        assert client.post("/password/", given).status_code == 302
        client.post("/login/", {"username": username, "password": OWN})
    client.get(URL)
    client.post(URL, {"code": code_of(user)})
    return client


def opens(client: Client, path: str = "/decisions/") -> bool:
    return client.get(path).status_code == 200


def witness() -> Approval:
    return Approval.objects.get(kind="factor_witness")


def decide(client: Client, verdict: str = "approve") -> str:
    """Decide the one that waits; return what its page then says."""
    url = f"/approvals/{witness().pk}/"
    client.post(f"{url}decide/", {"verdict": verdict, "reason": "已当面核实"})
    return client.get(url).content.decode()


class TestOneAdministrator:
    def test_is_no_second_person_under_the_name_of_somebody_else(
        self, owner: Client, officer: Client
    ) -> None:
        """An account that was agreed to in good faith, taken by whoever had it opened."""
        owner.post("/accounts/open/", NEW)
        asked = Approval.objects.get(kind="account")
        officer.post(f"/approvals/{asked.pk}/decide/", {"verdict": "approve", "reason": ""})
        li = User.objects.get(username="li")

        taken = enrolled("li", first_password(owner, li), first=True)

        assert not opens(taken)
        assert "须由另一名" in taken.get(URL).content.decode()
        assert "发放初始密码的人不能见证" in decide(owner)
        assert not opens(taken)
        owner.post("/accounts/open/", {**NEW, "username": "wang", "role": "administrator"})
        wang = Approval.objects.get(kind="account", subject="wang")
        taken.post(f"/approvals/{wang.pk}/decide/", {"verdict": "approve", "reason": ""})
        assert not User.objects.filter(username="wang").exists()

    def test_is_none_either_with_a_colleague_who_never_enrolled(
        self, owner: Client, officer: Client, log_in: LogIn
    ) -> None:
        supervisor = person("supervisor")

        taken = enrolled("supervisor", first_password(owner, supervisor), first=True)

        assert not opens(taken, "/live/")
        assert "owner" in officer.get(f"/approvals/{witness().pk}/").content.decode()

    def test_is_no_witness_because_somebody_else_gave_a_password_since(
        self, owner: Client, officer: Client, log_in: LogIn
    ) -> None:
        User.objects.create(username="second", role=User.Role.ADMINISTRATOR)
        supervisor = person("supervisor")
        enrolled("supervisor", first_password(owner, supervisor), first=True)
        first_password(log_in("second"), supervisor)

        assert "发放初始密码的人不能见证" in decide(owner)
        assert SecondFactor.objects.get(user=supervisor).unwitnessed


class TestAWitness:
    def test_lets_it_count_at_once(self, owner: Client, officer: Client) -> None:
        waiting = enrolled("supervisor", PASSWORD, first=False)
        assert not opens(waiting, "/live/")

        body = decide(officer)

        assert "supervisor" in body
        assert opens(waiting, "/live/")
        entry = AuditEntry.objects.of("user.factor_witnessed").get()
        assert entry.object == f"u:{person('supervisor').pk}"
        assert entry.actor == f"u:{person('compliance').pk}"

    def test_sees_it_for_every_later_log_in(self, owner: Client, officer: Client) -> None:
        enrolled("supervisor", PASSWORD, first=False)
        decide(officer)

        later = Client()
        later.post("/login/", {"username": "supervisor", "password": PASSWORD})
        show_factor(later, person("supervisor"))

        assert opens(later, "/live/")
        assert Approval.objects.count() == 1

    def test_who_says_no_takes_it_away(self, owner: Client, officer: Client) -> None:
        taken = enrolled("supervisor", PASSWORD, first=False)

        decide(officer, "reject")

        assert not SecondFactor.objects.filter(user=person("supervisor")).exists()
        assert taken.get(URL).headers["Location"].startswith("/login/")

    def test_is_asked_anew_for_another_authenticator(self, owner: Client, officer: Client) -> None:
        enrolled("supervisor", PASSWORD, first=False)
        decide(officer)
        SecondFactor.objects.filter(user=person("supervisor")).delete()

        assert not opens(enrolled("supervisor", PASSWORD, first=False), "/live/")

    def test_is_not_oneself(self, owner: Client, log_in: LogIn) -> None:
        waiting = enrolled("compliance", PASSWORD, first=False)

        waiting.post(f"/approvals/{witness().pk}/decide/", {"verdict": "approve", "reason": ""})

        assert not opens(waiting)

    def test_is_told_of_on_the_pages(self, owner: Client, officer: Client) -> None:
        waiting = enrolled("supervisor", PASSWORD, first=False)

        english = waiting.get(URL, headers={"accept-language": "en"}).content.decode()

        assert "A colleague has to confirm it is you" in english
        for path in ("/second-factors/", "/accounts/", f"/accounts/{person('supervisor').pk}/"):
            assert "待见证" in owner.get(path).content.decode(), path
        assert re.search("见证 supervisor", officer.get("/approvals/").content.decode())


class TestClosingTheOthers:
    def test_frees_nobody(self, owner: Client, officer: Client) -> None:
        User.objects.filter(username="compliance").update(is_active=False)

        taken = enrolled("supervisor", first_password(owner, person("supervisor")), first=True)

        assert not opens(taken, "/live/")


class TestNobody:
    def test_has_to_be_there_for_an_agent(self, owner: Client, officer: Client) -> None:
        assert opens(enrolled("agent01", PASSWORD, first=False), "/seat/")

    def test_has_to_be_there_for_the_first_of_a_house(self, seeded: Seeded) -> None:
        assert opens(enrolled("owner", PASSWORD, first=False))

    @pytest.mark.parametrize("username", ["supervisor", "regulator"])
    def test_is_a_witness_who_does_not_decide(
        self, log_in: LogIn, username: str, seeded: Seeded
    ) -> None:
        log_in(username)

        assert opens(enrolled("owner", PASSWORD, first=False))
