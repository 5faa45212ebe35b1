"""The first account of a house, and who lets in the next."""

import pytest

from audit.models import AuditEntry
from compliance.models import User
from compliance.services.account_admit import NotAnAdmitterError, account_admit
from tests.world import MORNING

pytestmark = pytest.mark.django_db


def admit(username: str, *, role: str = "administrator", by: User | None = None) -> User:
    return account_admit(
        username=username, role=role, real_name=username, admitted_by=by, now=MORNING
    )


class TestAccountAdmit:
    @pytest.mark.parametrize("role", ["compliance", "supervisor", "agent", "regulator"])
    def test_begins_with_nobody_but_an_administrator(self, role: str) -> None:
        with pytest.raises(NotAnAdmitterError):
            admit("first", role=role)

    def test_lets_nobody_in_by_themselves_after_the_first(self) -> None:
        first = admit("first")

        with pytest.raises(NotAnAdmitterError):
            admit("second")
        assert admit("second", by=first).role == "administrator"
        assert AuditEntry.objects.count() == 2

    def test_needs_an_account_that_is_active(self) -> None:
        first = admit("first")
        first.is_active = False

        with pytest.raises(NotAnAdmitterError):
            admit("second", by=first)

    def test_sets_no_password(self) -> None:
        assert not admit("first").has_usable_password()
