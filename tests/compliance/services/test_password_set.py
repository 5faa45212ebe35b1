"""A password is changed on the record, by our command alone; whoever leaves leaves the seat."""

import io
import sys

import pytest
from django.core.management import CommandError, call_command, get_commands

from audit.models import AuditEntry
from compliance.models import User
from compliance.services.account_close import account_close
from tests.stages import staged
from tests.world import MORNING, World, build_world

PASSWORD = "a long enough secret"


@staged
def world() -> World:
    return build_world()


def change(username: str, typed: str, monkeypatch: pytest.MonkeyPatch, **options: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{typed}\n"))
    call_command("changepassword", username, stdin=True, stdout=io.StringIO(), **options)


class TestChangePassword:
    def test_is_ours_and_not_djangos(self) -> None:
        assert get_commands()["changepassword"] == "compliance"
        assert get_commands()["createsuperuser"] == "compliance"

    def test_sets_it_and_records_that_it_did(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        change("author", PASSWORD, monkeypatch, by="approver")

        user = User.objects.get(username="author")
        entry = AuditEntry.objects.of("user.password_changed").get()
        assert user.check_password(PASSWORD)
        assert entry.object == f"u:{user.pk}"
        assert entry.actor == f"u:{User.objects.get(username='approver').pk}"
        assert PASSWORD.encode() not in bytes(entry.body)

    def test_turns_down_a_weak_one(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(CommandError, match="密码不合要求"):
            change("author", "short", monkeypatch)

        assert not AuditEntry.objects.of("user.password_changed").exists()

    def test_opens_no_closed_account(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        User.objects.filter(username="author").update(is_active=False)

        with pytest.raises(CommandError, match="已停用"):
            change("author", PASSWORD, monkeypatch)

    def test_needs_an_account(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(CommandError, match="没有账号"):
            change("nobody", PASSWORD, monkeypatch)


class TestSuperusers:
    def test_are_not_made(self) -> None:
        with pytest.raises(CommandError, match="accounts admit"):
            call_command("createsuperuser")


class TestAClosedAccount:
    def test_has_no_seat_any_more(self, world: World) -> None:
        agent, owner = world.seat.agent, world.people.approver
        User.objects.filter(pk=owner.pk).update(role=User.Role.ADMINISTRATOR)

        account_close(user=agent, closed_by=owner, now=MORNING)

        world.seat.refresh_from_db()
        assert not world.seat.active
        seat = AuditEntry.objects.of("seat.closed").get()
        assert (seat.object, seat.actor) == (f"seat:{world.seat.pk}", f"u:{owner.pk}")
