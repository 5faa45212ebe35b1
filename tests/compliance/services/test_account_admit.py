"""The first account of a house, and who lets in the next."""

import json

import pytest

from audit.models import AuditEntry
from compliance.models import User
from compliance.services.account_admit import (
    NotAnAdmitterError,
    TakesTwoError,
    account_admit,
)
from compliance.services.account_close import LastDeciderError, account_close
from tests.world import MORNING

pytestmark = pytest.mark.django_db


def admit(
    username: str,
    *,
    role: str = "administrator",
    by: User | None = None,
    agreed_by: User | None = None,
) -> User:
    return account_admit(
        username=username,
        role=role,
        real_name=username,
        admitted_by=by,
        agreed_by=agreed_by,
        now=MORNING,
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


class TestASecondPerson:
    """Whoever opens an account alone could be both of two people."""

    @pytest.mark.parametrize("role", ["administrator", "compliance", "supervisor", "regulator"])
    def test_agrees_to_every_account_that_asks_decides_or_reads_all(self, role: str) -> None:
        first = admit("first")
        officer = admit("officer", role="compliance", by=first)

        for nobody in (None, first):
            with pytest.raises(TakesTwoError):
                admit("third", role=role, by=first, agreed_by=nobody)
        third = admit("third", role=role, by=first, agreed_by=officer)

        entry = AuditEntry.objects.of("user.created").get(object=f"u:{third.pk}")
        assert json.loads(bytes(entry.body))["data"] == {
            "role": role,
            "agreed_by": f"u:{officer.pk}",
        }

    def test_is_not_needed_for_an_agent(self) -> None:
        first = admit("first")
        admit("officer", role="compliance", by=first)

        assert admit("agent", role="agent", by=first).role == "agent"

    @pytest.mark.parametrize("role", ["supervisor", "agent", "regulator"])
    def test_is_somebody_who_decides(self, role: str) -> None:
        first = admit("first")
        other = admit("other", role=role, by=first)
        admit("officer", role="compliance", by=first)

        with pytest.raises(TakesTwoError):
            admit("third", role="compliance", by=first, agreed_by=other)

    def test_is_missed_also_when_all_others_were_closed(self) -> None:
        first = admit("first")
        officer = admit("officer", role="compliance", by=first)
        User.objects.filter(pk=officer.pk).update(is_active=False)
        officer.refresh_from_db()

        for agreed_by in (None, officer):
            with pytest.raises(TakesTwoError):
                admit("third", role="compliance", by=first, agreed_by=agreed_by)

    def test_is_always_left_in_the_house(self) -> None:
        first = admit("first")
        officer = admit("officer", role="compliance", by=first)
        with pytest.raises(LastDeciderError):
            account_close(user=officer, closed_by=first, now=MORNING)

        admit("successor", role="compliance", by=first, agreed_by=officer)
        account_close(user=officer, closed_by=first, now=MORNING)

        assert not User.objects.get(username="officer").is_active
