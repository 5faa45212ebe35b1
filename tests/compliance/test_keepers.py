"""Who keeps the registries: by role, whoever they say they are."""

from datetime import date, timedelta

import pytest

from compliance.keepers import NotAKeeperError, NotYetError, done_by, keepers_only
from compliance.models import User
from tests.parties import MORNING, beijing, make_people

TODAY = date(2026, 3, 11)


@pytest.mark.django_db
class TestKeepersOnly:
    @pytest.mark.parametrize("role", User.Role.values)
    def test_takes_those_who_neither_call_nor_only_read(self, role: str) -> None:
        user = make_people(MORNING).author
        User.objects.filter(pk=user.pk).update(role=role)

        if role in {"administrator", "compliance", "supervisor"}:
            keepers_only(f"u:{user.pk}")
            User.objects.filter(pk=user.pk).update(is_active=False)
        with pytest.raises(NotAKeeperError):
            keepers_only(f"u:{user.pk}")

    @pytest.mark.parametrize("actor", ["", "u:", "u:x", "u:１", "u:999999", "api:1", "public:web"])
    def test_takes_no_other_name(self, actor: str) -> None:
        with pytest.raises(NotAKeeperError):
            keepers_only(actor)

    def test_takes_a_program_of_ours(self) -> None:
        keepers_only("svc:demo")


class TestDoneBy:
    def test_takes_the_day_that_has_begun_in_china(self) -> None:
        midnight = beijing("2026-03-11 00:00")

        done_by(TODAY, now=midnight)
        with pytest.raises(NotYetError):
            done_by(TODAY, now=midnight - timedelta(microseconds=1))
