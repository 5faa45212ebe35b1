"""Accounts: who opens and closes one, the first password, and the second person it takes."""

import logging

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from audit.models import AuditEntry
from compliance.models import User
from console.models import Approval
from tests.console.call_centre.conftest import agent
from tests.console.call_centre.registers import done, refused, shown
from tests.console.conftest import LogIn
from tests.console.seed import Seeded

NEW = {"username": "agent77", "real_name": "新话务员", "role": "agent"}


@pytest.fixture(autouse=True)
def hashed_fast(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def opened(owner: Client, **more: str) -> tuple[User, str]:
    """Open an account; return it, and the password that the answer shows."""
    answer = owner.post("/accounts/open/", {**NEW, **more})
    assert answer.status_code == 200, answer.status_code
    return User.objects.latest("pk"), str(answer.context["first_password"])


class TestAccounts:
    def test_tell_role_seat_factor_training_and_last_log_in(
        self, seeded: Seeded, supervisor: Client
    ) -> None:
        body = shown(supervisor, "/accounts/")

        for one in User.objects.all():
            assert f'href="/accounts/{one.pk}/">{one.username}</a>' in body
        assert f'href="/seats/{agent().seat.pk}/">S001</a>' in body
        narrowed = shown(supervisor, "/accounts/?role=regulator")
        assert "agent01" not in narrowed
        assert ">regulator</a>" in narrowed

    def test_show_the_matrix_itself(self, seeded: Seeded, supervisor: Client) -> None:
        rows = {link.name: opens for link, opens in supervisor.get("/accounts/").context["matrix"]}

        assert rows["factors"] == [True, True, False, False, False]
        assert rows["seat"] == [False, False, False, True, False]

    def test_are_opened_and_closed_by_an_administrator_alone(
        self, seeded: Seeded, supervisor: Client, officer: Client, log_in: LogIn
    ) -> None:
        row = agent()
        for client in (supervisor, officer, log_in("regulator"), log_in("agent02")):
            assert client.get("/accounts/open/").status_code == 403
            assert client.post("/accounts/open/", NEW).status_code == 403
            for what in ("close", "password"):
                assert client.post(f"/accounts/{row.pk}/{what}/").status_code == 403

        row.refresh_from_db()
        assert row.is_active
        assert not User.objects.filter(username="agent77").exists()

    def test_get_a_first_password_that_shows_once_and_is_nowhere_else(
        self, seeded: Seeded, owner: Client, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG):
            user, password = opened(owner)

        assert user.check_password(password)
        assert len(password) >= 20
        assert password not in caplog.text
        assert AuditEntry.objects.of("user.password_given").get().object == f"u:{user.pk}"
        assert not any(password.encode() in bytes(one.body) for one in AuditEntry.objects.all())
        for path in ("/accounts/", f"/accounts/{user.pk}/", "/accounts/open/"):
            assert password not in shown(owner, path)
        assert password not in str(dict(owner.session))
        assert "该用户名已使用" in refused(owner, "/accounts/open/", **NEW)

    def test_differ_in_their_first_passwords(self, seeded: Seeded, owner: Client) -> None:
        _, one = opened(owner)
        _, other = opened(owner, username="agent78")

        assert one != other

    def test_are_closed_for_good_with_their_seat(self, seeded: Seeded, owner: Client) -> None:
        row = agent(4)

        done(owner, f"/accounts/{row.pk}/close/")

        row.refresh_from_db()
        assert not row.is_active
        assert not row.seat.active
        assert ">agent04</a>" not in shown(owner, "/accounts/")
        assert ">agent04</a>" in shown(owner, "/accounts/?state=closed")
        assert f"/accounts/{row.pk}/password/" not in shown(owner, f"/accounts/{row.pk}/")
        done(owner, f"/accounts/{row.pk}/password/")  # refused, and said so
        row.refresh_from_db()
        assert not hasattr(row, "first_password")

    def test_of_ones_own_are_neither_closed_nor_given_a_password(
        self, seeded: Seeded, owner: Client
    ) -> None:
        own = User.objects.get(username="owner")
        for what in ("close", "password"):
            assert f"/accounts/{own.pk}/{what}/" not in shown(owner, f"/accounts/{own.pk}/")
            done(owner, f"/accounts/{own.pk}/{what}/")

        own.refresh_from_db()
        assert own.is_active
        assert not hasattr(own, "first_password")
        assert AuditEntry.objects.of("access.denied").count() == 2


class TestAnAccountThatDecides:
    """Whoever could open one alone could be the second person to what they ask for."""

    NEW = {"username": "officer9", "real_name": "新专员", "role": "compliance"}

    def asked(self, owner: Client) -> Approval:
        to = done(owner, "/accounts/open/", **self.NEW)
        approval = Approval.objects.get(kind="account")
        assert to == f"/approvals/{approval.pk}/"
        return approval

    def decide(self, client: Client, approval: Approval) -> str:
        url = f"/approvals/{approval.pk}/"
        body = shown(client, url)
        client.post(f"{url}decide/", {"verdict": "approve", "reason": "已当面核实"})
        return body

    def test_is_opened_once_a_second_person_has_agreed(
        self, seeded: Seeded, owner: Client, officer: Client
    ) -> None:
        approval = self.asked(owner)
        self.decide(owner, approval)
        assert not User.objects.filter(username="officer9").exists()

        body = self.decide(officer, approval)

        for told in ("officer9", "新专员", "合规专员"):
            assert told in body
        user = User.objects.get(username="officer9")
        assert (user.role, user.has_usable_password()) == ("compliance", False)
        entry = AuditEntry.objects.of("user.created").get(object=f"u:{user.pk}")
        assert entry.actor == f"u:{User.objects.get(username='owner').pk}"
        assert f'href="/accounts/{user.pk}/"' in shown(owner, f"/approvals/{approval.pk}/")
        given = owner.post(f"/accounts/{user.pk}/password/").context["first_password"]
        user.refresh_from_db()
        assert user.check_password(given)

    def test_waits_once_however_often_it_is_asked_for(self, seeded: Seeded, owner: Client) -> None:
        assert self.asked(owner) == self.asked(owner)

    def test_is_not_opened_under_a_name_that_was_taken_since(
        self, seeded: Seeded, owner: Client, officer: Client
    ) -> None:
        approval = self.asked(owner)
        User.objects.create(username="officer9", role=User.Role.AGENT)

        self.decide(officer, approval)

        assert "该用户名已使用" in shown(officer, f"/approvals/{approval.pk}/")
        assert User.objects.get(username="officer9").role == "agent"

    def test_is_not_opened_for_somebody_who_is_no_administrator_any_more(
        self, seeded: Seeded, owner: Client, officer: Client
    ) -> None:
        approval = self.asked(owner)
        User.objects.filter(username="owner").update(is_active=False)

        self.decide(officer, approval)

        assert not User.objects.filter(username="officer9").exists()
        assert "已不是在用的管理员" in shown(officer, f"/approvals/{approval.pk}/")

    def test_is_not_closed_while_nobody_else_would_be_left_who_decides(
        self, seeded: Seeded, owner: Client
    ) -> None:
        row = User.objects.get(username="compliance")

        to = done(owner, f"/accounts/{row.pk}/close/")

        assert "请先开设接任者" in shown(owner, to)
        row.refresh_from_db()
        assert row.is_active

    def test_is_opened_by_the_one_administrator_of_a_new_house(
        self, log_in: LogIn, db: None
    ) -> None:
        User.objects.create(username="first", role=User.Role.ADMINISTRATOR)

        user, password = opened(log_in("first"), **self.NEW)

        assert user.role == "compliance"
        assert user.check_password(password)


class TestAUserName:
    @pytest.mark.parametrize("name", ["u13812345678", "zhang.13812345678"])
    @pytest.mark.parametrize("role", ["agent", "compliance"])
    def test_that_shows_a_telephone_number_is_refused(
        self, seeded: Seeded, log_in: LogIn, name: str, role: str
    ) -> None:
        given = {"username": name, "real_name": "某某", "role": role}

        assert "不得含电话号码" in refused(log_in("owner"), "/accounts/open/", **given)

    def test_that_is_taken_is_asked_for_in_vain(self, seeded: Seeded, log_in: LogIn) -> None:
        given = {"username": "agent01", "real_name": "某某", "role": "compliance"}

        assert "该用户名已使用" in refused(log_in("owner"), "/accounts/open/", **given)
        assert not Approval.objects.exists()
