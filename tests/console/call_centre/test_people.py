"""Outlets, seats and the people in them: quotas, phones, training, staff records."""

from datetime import timedelta

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from audit.models import AuditEntry
from compliance import clock
from compliance.models import Decision, Outlet, Seat, Training, User
from compliance.selectors.clock_due import local_day
from dialer.models import SeatPhone, SeatRegistrar
from tests.console.call_centre.conftest import agent
from tests.console.call_centre.registers import DIGEST, done, paper, refused, shown
from tests.console.followed import followed
from tests.console.house import OPENING, set_clock
from tests.console.seed import Seeded

TODAY = local_day(OPENING)


def free_agent() -> User:
    return User.objects.create(username="free", role=User.Role.AGENT, real_name="候补")


class TestSeats:
    def test_stand_in_their_outlet_with_its_quota_and_the_rule(
        self, seeded: Seeded, supervisor: Client
    ) -> None:
        body = shown(supervisor, "/seats/")

        assert "坐席 4 / 5" in body
        assert 'href="/rules/CN13-AGT-02/"' in body
        for seat in Seat.objects.all():
            assert f'href="/seats/{seat.pk}/">{seat.code}</a>' in body
        passed = Training.objects.filter(agent=agent()).latest("passed_on").passed_on
        assert (passed + timedelta(days=180)).isoformat() in body

    def test_tell_what_they_have_used_of_their_caps(
        self, seeded: Seeded, supervisor: Client
    ) -> None:
        seat, now = Seat.objects.earliest("pk"), clock.read()
        used = Decision.objects.get(pk=seeded.permitted)
        assert used.seat == seat

        was = followed(supervisor, f"/seats/{seat.pk}/")
        set_clock(now + timedelta(hours=2))
        later = followed(supervisor, f"/seats/{seat.pk}/")

        assert list(was.values()) == [(1, 1), (1, 1)]
        assert list(later.values()) == [(0, 0), (1, 1)]

    def test_are_registered_up_to_the_quota_and_no_further(
        self, seeded: Seeded, supervisor: Client
    ) -> None:
        outlet = Outlet.objects.get()
        path = f"/outlets/{outlet.pk}/seat/"
        free = free_agent()

        done(supervisor, path, code="S005", agent=free.pk)

        seat = Seat.objects.get(code="S005")
        assert (seat.outlet, seat.agent) == (outlet, free)
        page = shown(supervisor, f"/outlets/{outlet.pk}/")
        assert "名额已满" in page
        assert path not in page
        other = User.objects.create(username="other", role=User.Role.AGENT)
        body = refused(supervisor, path, code="S006", agent=other.pk)
        assert "CN13-AGT-02" in body
        assert not Seat.objects.filter(code="S006").exists()

    def test_are_for_agents_without_one(self, seeded: Seeded, supervisor: Client) -> None:
        outlet = Outlet.objects.get()

        refused(supervisor, f"/outlets/{outlet.pk}/seat/", code="S009", agent=agent().pk)
        boss = User.objects.get(username="owner")
        refused(supervisor, f"/outlets/{outlet.pk}/seat/", code="S009", agent=boss.pk)

        assert not Seat.objects.filter(code="S009").exists()

    def test_are_closed_on_the_record(self, seeded: Seeded, supervisor: Client) -> None:
        seat = Seat.objects.latest("pk")

        done(supervisor, f"/seats/{seat.pk}/close/")

        seat.refresh_from_db()
        assert not seat.active
        assert AuditEntry.objects.of("seat.closed").latest("pk").object == f"seat:{seat.pk}"
        assert "坐席 3 / 5" in shown(supervisor, "/seats/")

    def test_have_phones_that_an_administrator_sets_and_are_no_numbers(
        self, seeded: Seeded, supervisor: Client, owner: Client
    ) -> None:
        seat = Seat.objects.earliest("pk")
        path = f"/seats/{seat.pk}/phone/"
        pbx = SeatRegistrar.objects.create(code="pbx", host="pbx.example", port=5060)
        assert supervisor.post(path).status_code == 403

        body = refused(owner, path, registrar=pbx.pk, address="tel02187654321")
        assert "不得为电话号码" in body
        done(owner, path, registrar=pbx.pk, address="seat-a")

        assert SeatPhone.objects.get().seat == seat
        assert "seat-a@pbx.example" in shown(supervisor, "/seats/")

    def test_are_read_with_few_queries(
        self,
        seeded: Seeded,
        supervisor: Client,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        seat, outlet = Seat.objects.earliest("pk"), Outlet.objects.get()
        for path in (
            "/seats/",
            f"/seats/{seat.pk}/",
            f"/outlets/{outlet.pk}/",
            f"/outlets/{outlet.pk}/seat/",
            "/accounts/",
            f"/accounts/{agent().pk}/",
        ):
            with django_assert_max_num_queries(40):
                shown(supervisor, path)


class TestOutlets:
    def test_wait_for_their_inspection(self, seeded: Seeded, supervisor: Client) -> None:
        to = done(
            supervisor,
            "/outlets/register/",
            code="west",
            name="西区职场",
            address="某路9号",
            province="CN-SC",
            company="允呼测试呼叫中心有限公司",
            credit_code="91310000TEST000001",
            legal_person="某某",
        )
        assert "尚未现场核验" in shown(supervisor, to)

        done(supervisor, f"{to}inspect/", on=TODAY, photo=paper(), lease=paper())

        outlet = Outlet.objects.get(code="west")
        assert (outlet.photo_sha256, outlet.inspected_on) == (DIGEST, TODAY)
        assert "尚未现场核验" not in shown(supervisor, to)
        assert "某某" not in shown(supervisor, to)


class TestTraining:
    def test_is_recorded_with_its_examiner_and_moves_the_clock(
        self, seeded: Seeded, supervisor: Client
    ) -> None:
        row = agent()
        done(
            supervisor,
            f"/accounts/{row.pk}/train/",
            course="复训",
            on=TODAY,
            document=paper(),
        )

        training = Training.objects.latest("pk")
        assert (training.examiner.username, training.certificate_sha256) == ("supervisor", DIGEST)
        assert (TODAY + timedelta(days=180)).isoformat() in shown(supervisor, "/accounts/")
        assert "复训" in shown(supervisor, f"/accounts/{row.pk}/")

    def test_is_for_agents_who_are_here(self, seeded: Seeded, supervisor: Client) -> None:
        boss = User.objects.get(username="owner")

        assert supervisor.get(f"/accounts/{boss.pk}/train/").status_code == 404


class TestStaff:
    def test_is_one_person_under_one_account(self, seeded: Seeded, supervisor: Client) -> None:
        one, other = free_agent(), User.objects.create(username="two", role=User.Role.AGENT)
        given = {"identity": "310101199001011234"}

        done(supervisor, f"/accounts/{one.pk}/record/", **given, document=paper())
        body = refused(supervisor, f"/accounts/{other.pk}/record/", **given, document=paper())

        assert "已登记在另一账号名下" in body
        assert given["identity"] not in shown(supervisor, f"/accounts/{one.pk}/")

    def test_leaves_and_is_sanctioned_on_the_record(
        self, seeded: Seeded, supervisor: Client
    ) -> None:
        path = f"/accounts/{agent(3).pk}/"
        done(supervisor, f"{path}point/", breach="CN13-REF-01", evidence="未登记拒绝")
        done(supervisor, f"{path}leave/", on=TODAY)

        body = shown(supervisor, path)
        assert "CN13-REF-01" in body
        assert "已离岗" in body
        assert "已离岗" in refused(supervisor, f"{path}leave/", on=TODAY)
