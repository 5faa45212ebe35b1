"""The second factor of each shift."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from audit.models import AuditEntry, AuditPii
from compliance import clock
from compliance.models import DemoClock, User
from compliance.vault import SealBrokenError
from console.approvals.kind import CannotCarryOutError
from console.approvals.kinds.factor_reset import factor_take_away
from console.matrix import MATRIX, ROWS
from console.models import Approval, SecondFactor
from console.second_factor import SESSION, SHIFT, factor_to_enrol, verify_for_demo
from tests.console.conftest import LogIn
from tests.console.factor import URL, code_of, show_factor
from tests.console.frame.conftest import person
from tests.console.house import PASSWORD
from tests.console.seed import Seeded
from tests.console.test_access import address

LOG_IN = "/login/"


@pytest.fixture(autouse=True)
def hashed_fast(seeded: Seeded, settings: Settings) -> None:
    """Many log in here: their passwords are hashed by what takes no time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    User.objects.update(password=make_password(PASSWORD))


@pytest.fixture
def half(seeded: Seeded) -> Client:
    """A browser whose person has given the password, and shown nothing yet."""
    client = Client()
    client.post(LOG_IN, {"username": "supervisor", "password": PASSWORD})
    return client


def show(client: Client, code: str) -> int:
    return client.post(URL, {"code": code}).status_code


def wrong_one(right: str) -> str:
    return f"{(int(right) + 1) % 1_000_000:06d}"


class TestSecondFactor:
    def test_stands_before_every_page(self, seeded: Seeded, half: Client) -> None:
        before = {name for name, row in ROWS.items() if row.before_factor}
        assert before == {"factor", "log_out", "password"}

        for name in sorted(set(MATRIX) - before):
            for answer in (half.get(address(name, seeded)), half.post(address(name, seeded))):
                assert answer.status_code == 302, name
                assert answer["Location"].startswith(URL), name

    def test_opens_the_console_and_leads_to_the_page_that_was_asked_for(
        self, half: Client
    ) -> None:
        asked = half.get("/jobs/")["Location"]

        answer = half.post(asked, {"code": code_of(person("supervisor")), "next": "/jobs/"})

        assert answer["Location"] == "/jobs/"
        assert half.get("/jobs/").status_code == 200

    def test_never_leads_to_another_site(self, half: Client) -> None:
        typed = {"code": code_of(person("supervisor")), "next": "https://evil.example/"}

        assert half.post(URL, typed)["Location"] == "/"

    def test_gives_the_session_a_new_key(self, half: Client) -> None:
        before = half.cookies["sessionid"].value

        show(half, code_of(person("supervisor")))

        assert half.cookies["sessionid"].value != before

    def test_is_wrong_with_any_other_code(self, half: Client) -> None:
        right = code_of(person("supervisor"))

        for code in (wrong_one(right), "", "abcdef", right[:5], "١٢٣٤٥٦", code_of(
            person("supervisor"), steps=-4
        )):  # fmt: skip
            SecondFactor.objects.update(throttling_failure_count=0)
            assert show(half, code) == 422, code
        assert half.get("/jobs/").status_code == 302
        assert AuditEntry.objects.of("user.factor_failed").count() == 6

    def test_takes_no_code_twice(self, half: Client) -> None:
        code = code_of(person("supervisor"))
        assert show(half, code) == 302
        again = Client()
        again.post(LOG_IN, {"username": "supervisor", "password": PASSWORD})

        assert show(again, code) == 422

    def test_takes_no_right_code_too_soon_after_wrong_ones(self, half: Client) -> None:
        right = code_of(person("supervisor"))
        for _ in range(3):
            show(half, wrong_one(right))

        assert show(half, right) == 422

    def test_of_another_person_is_wrong(self, half: Client) -> None:
        assert show(half, code_of(person("compliance"))) == 422

    def test_lasts_a_shift(self, half: Client) -> None:
        show(half, code_of(person("supervisor")))
        session = half.session
        session[SESSION] = {**session[SESSION], "at": session[SESSION]["at"] - 12 * 3600}
        session.save()

        assert half.get("/jobs/")["Location"].startswith(URL)

    def test_is_not_asked_for_by_a_session_that_names_another_or_none(self, half: Client) -> None:
        factor_to_enrol(person("compliance"))
        SecondFactor.objects.update(confirmed_at=clock.host_now())
        other = SecondFactor.objects.get(user=person("compliance"))
        at = clock.host_now().timestamp()

        forged: list[object] = [
            {"by": "totp", "id": other.pk, "at": at},
            {"by": "totp", "id": None, "at": at},
            {"by": "totp", "id": other.pk},
            {"by": "x", "id": 1, "at": at},
            "yes",
            True,
        ]
        for said in forged:
            session = half.session
            session[SESSION] = said
            session.save()
            assert half.get("/jobs/").status_code == 302, said

    def test_keeps_its_key_sealed_and_bound_to_its_person(self, half: Client) -> None:
        half.get(URL)
        factor = SecondFactor.objects.get(user=person("supervisor"))
        key = factor.key

        assert key not in bytes(factor.sealed_key)
        factor.user = person("compliance")
        with pytest.raises(SealBrokenError):
            _ = factor.key

    def test_shows_its_key_until_it_is_confirmed_and_never_again(self, half: Client) -> None:
        assert "data:image/svg+xml" in half.get(URL).content.decode()
        show(half, code_of(person("supervisor")))
        half.post("/logout/")
        half.post(LOG_IN, {"username": "supervisor", "password": PASSWORD})

        assert "data:image/svg+xml" not in half.get(URL).content.decode()

    def test_puts_enrolment_and_use_on_the_record_and_no_code(self, half: Client) -> None:
        code = code_of(person("supervisor"))
        show(half, code)

        for action in ("user.factor_enrolled", "user.factor_verified"):
            entry = AuditEntry.objects.of(action).get()
            assert entry.object == f"u:{person('supervisor').pk}"
            assert code.encode() not in bytes(entry.body)
        assert all(code != row.plain for row in AuditPii.objects.all())

    def test_is_a_redirect_of_the_whole_page_for_a_part_of_one(self, half: Client) -> None:
        answer = half.get("/jobs/", headers={"hx-request": "true"})

        assert (answer.status_code, answer["HX-Redirect"]) == (204, URL)


class TestDemo:
    def test_goes_without_and_says_so(self, seeded: Seeded) -> None:
        client = Client(SERVER_NAME="localhost")
        client.post("/login/demo/", {"account": "supervisor"})

        assert "演示登录，未用第二因素" in client.get("/jobs/").content.decode()

    def test_session_opens_nothing_elsewhere(self, seeded: Seeded, settings: Settings) -> None:
        settings.ALLOWED_HOSTS = ["*"]
        client = Client(SERVER_NAME="localhost")
        client.post("/login/demo/", {"account": "supervisor"})

        for elsewhere in ({"REMOTE_ADDR": "192.168.1.7"}, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
                          {"HTTP_HOST": "yunhu.example.cn"}):  # fmt: skip
            assert client.get("/jobs/", **elsewhere).status_code == 302  # type: ignore[arg-type]
        DemoClock.objects.all().delete()
        assert client.get("/jobs/")["Location"].startswith(URL)

    def test_cannot_be_said_of_a_session_elsewhere(self, seeded: Seeded, half: Client) -> None:
        DemoClock.objects.all().delete()
        request = half.get(URL).wsgi_request

        with pytest.raises(PermissionError):
            verify_for_demo(request)


class TestLostFactor:
    def test_is_taken_away_by_two_people_and_ends_the_log_ins(
        self, seeded: Seeded, log_in: LogIn
    ) -> None:
        supervisor, owner, officer = (log_in(n) for n in ("supervisor", "owner", "compliance"))
        url = reverse("console:factor_reset", args=[person("supervisor").pk])

        owner.post(url, {"reason": "手机丢失"})
        asked = Approval.objects.get(kind="factor_reset")
        decide = reverse("console:approval_decide", args=[asked.pk])
        owner.post(decide, {"verdict": "approve"})
        assert SecondFactor.objects.filter(user=person("supervisor")).exists()
        officer.post(decide, {"verdict": "approve"})

        assert not SecondFactor.objects.filter(user=person("supervisor")).exists()
        assert supervisor.get("/jobs/").status_code == 302
        assert AuditEntry.objects.of("user.factor_reset").get().object.startswith("u:")

    def test_is_nobodys_own_to_take_away(self, seeded: Seeded, log_in: LogIn) -> None:
        log_in("compliance")

        with pytest.raises(CannotCarryOutError):
            factor_take_away(user=person("compliance"), by=person("compliance"), now=clock.read())


@pytest.fixture(autouse=True)
def nobody_is_locked_out() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


class TestLockout:
    def test_closes_the_log_in_after_ten_failures_even_to_the_right_password(
        self, seeded: Seeded
    ) -> None:
        client = Client()
        for _ in range(10):
            client.post(LOG_IN, {"username": "supervisor", "password": "wrong"})

        answer = client.post(LOG_IN, {"username": "supervisor", "password": PASSWORD})

        assert answer.status_code == 429
        assert "_auth_user_id" not in client.session
        assert AuditEntry.objects.of("user.locked_out").exists()

    def test_counts_from_wherever_they_come_and_for_one_account(self, seeded: Seeded) -> None:
        for n in range(10):
            typed = {"username": "supervisor", "password": "wrong"}
            Client().post(LOG_IN, typed, REMOTE_ADDR=f"10.0.0.{n}")

        there = {"username": "supervisor", "password": PASSWORD}
        assert Client().post(LOG_IN, there, REMOTE_ADDR="10.0.1.1").status_code == 429
        other = {"username": "compliance", "password": PASSWORD}
        assert Client().post(LOG_IN, other).status_code == 302

    def test_forgets_failures_once_somebody_logs_in(self, seeded: Seeded) -> None:
        client = Client()
        for _ in range(2):
            for _ in range(9):
                client.post(LOG_IN, {"username": "supervisor", "password": "wrong"})
            right = {"username": "supervisor", "password": PASSWORD}
            assert client.post(LOG_IN, right).status_code == 302
            client.post("/logout/")

    def test_keeps_no_name_that_was_typed(self, seeded: Seeded) -> None:
        Client().post(LOG_IN, {"username": "13812345678", "password": "x"})

        kept = cache._cache.get_client(None).keys("*")  # type: ignore[attr-defined]
        assert kept
        assert not any(b"13812345678" in key for key in kept)


class TestLogIns:
    def test_are_few_at_a_time_and_the_oldest_ends(self, seeded: Seeded) -> None:
        clients = [Client() for _ in range(4)]
        for client in clients:
            client.post(LOG_IN, {"username": "supervisor", "password": PASSWORD})

        status = [client.get(URL).status_code for client in clients]

        assert status == [302, 200, 200, 200]
        assert AuditEntry.objects.of("session.displaced").count() == 1

    def test_are_seen_and_ended_by_their_owner_alone(self, seeded: Seeded, half: Client) -> None:
        here = Client()
        here.post(LOG_IN, {"username": "supervisor", "password": PASSWORD})
        show_factor(here, person("supervisor"))
        rows = here.get("/sessions/").context["rows"]
        other = next(one for one, mine, _ in rows if not mine)
        stranger = Client()
        stranger.post(LOG_IN, {"username": "compliance", "password": PASSWORD})
        show_factor(stranger, person("compliance"))

        assert stranger.post(reverse("console:session_end", args=[other.pk])).status_code == 404
        here.post(reverse("console:session_end", args=[other.pk]))

        assert half.get(URL)["Location"].startswith(LOG_IN)
        assert here.get("/sessions/").status_code == 200
        assert AuditEntry.objects.of("session.ended").count() == 1

    def test_are_forgotten_with_their_session(self, seeded: Seeded, half: Client) -> None:
        half.post("/logout/")

        assert User.objects.get(username="supervisor").log_ins.count() == 0


def test_a_shift_is_twelve_hours() -> None:
    assert timedelta(hours=12) == SHIFT
