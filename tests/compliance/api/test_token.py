import io
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client
from knox.models import AuthToken

from audit.models import AuditEntry
from compliance.models import TokenScope
from compliance.services.account_close import account_close
from compliance.services.first_password import first_password_give
from compliance.services.token_make import TokenRefusedError, token_make
from tests.compliance.api.caller import ask, client_of
from tests.compliance.imports.house import NOW, House, everything_stored


class TestAToken:
    def test_is_printed_once_and_kept_as_a_digest(self, house: House) -> None:
        out = io.StringIO()

        call_command("token_make", "compliance", hours=2, scope=["can-i-call"], stdout=out)

        token = out.getvalue().strip()
        assert token not in everything_stored()
        assert AuthToken.objects.get().user == house.compliance
        assert AuditEntry.objects.filter(object=f"u:{house.compliance.pk}").count() == 2

    def test_expires(self, house: House) -> None:
        token_make(
            user=house.compliance, hours=2, scopes=["can-i-call"], actor="svc:test", now=NOW
        )

        stored = AuthToken.objects.get()
        assert stored.expiry - stored.created <= timedelta(hours=2, seconds=1)

    @pytest.mark.parametrize("hours", [0, -1, 24 * 90 + 1])
    def test_does_not_live_for_ever(self, house: House, hours: int) -> None:
        with pytest.raises(TokenRefusedError):
            token_make(
                user=house.compliance,
                hours=hours,
                scopes=["can-i-call"],
                actor="svc:test",
                now=NOW,
            )

        assert not AuthToken.objects.exists()

    def test_is_not_made_for_a_closed_account(self, house: House) -> None:
        house.agent.is_active = False
        house.agent.save()

        with pytest.raises(CommandError):
            call_command("token_make", "agent", scope=["dispositions"])

    @pytest.mark.parametrize("scopes", [[], ["everything"], ["can-i-call", "*"]])
    def test_is_made_for_named_uses_only(self, house: House, scopes: list[str]) -> None:
        with pytest.raises(TokenRefusedError):
            token_make(user=house.compliance, hours=1, scopes=scopes, actor="svc:test", now=NOW)

    def test_opens_nothing_beside_its_uses(self, house: House) -> None:
        client = client_of(house.compliance, "decisions:read")

        response = ask(client, number="13800138000")

        assert response.status_code == 403
        assert response.json()["type"] == "urn:yunhu:problem:scope_missing"
        assert response.json()["scope"] == "can-i-call"

    def test_opens_nothing_if_its_scope_is_not_on_record(self, house: House) -> None:
        client = client_of(house.compliance, "can-i-call")
        TokenScope.objects.all().delete()

        assert ask(client, number="13800138000").status_code == 403

    def test_never_gets_more_uses_in_the_database(self, house: House) -> None:
        client_of(house.compliance, "decisions:read")

        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            TokenScope.objects.update(scopes=["can-i-call"])


class TestRevocation:
    def test_of_all_ends_them_at_once_and_names_each_on_the_trail(self, house: House) -> None:
        client = client_of(house.compliance, "can-i-call")
        other = client_of(house.supervisor, "can-i-call")
        assert ask(client, number="13800138000").status_code == 200

        call_command("token_revoke", "compliance", stdout=io.StringIO())

        assert ask(client, number="13800138000").status_code == 401
        assert ask(other, number="13800138000").status_code == 200
        assert AuditEntry.objects.filter(action="token.revoked").count() == 1

    def test_of_one_leaves_the_others(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        leaked, kept = (
            token_make(
                user=house.compliance, hours=2, scopes=["can-i-call"], actor="svc:test", now=NOW
            )
            for _ in range(2)
        )
        monkeypatch.setattr("getpass.getpass", lambda _question: f" {leaked}\n")

        call_command("token_revoke", "compliance", one=True, stdout=io.StringIO())

        assert AuthToken.objects.get().token_key == kept[: len(AuthToken.objects.get().token_key)]

    @pytest.mark.parametrize("username", ["compliance", "nobody"])
    def test_of_none_is_no_success(self, house: House, username: str) -> None:
        with pytest.raises(CommandError):
            call_command("token_revoke", username)

    def test_of_one_that_is_not_given_ends_none(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client_of(house.compliance, "can-i-call")
        monkeypatch.setattr("getpass.getpass", lambda _question: "")

        with pytest.raises(CommandError):
            call_command("token_revoke", "compliance", one=True)

        assert AuthToken.objects.exists()

    def test_comes_with_a_new_password_and_with_the_accounts_end(self, house: House) -> None:
        for what in (
            lambda: first_password_give(user=house.supervisor, by=house.administrator, now=NOW),
            lambda: account_close(user=house.supervisor, closed_by=house.administrator, now=NOW),
        ):
            client_of(house.supervisor, "can-i-call")

            what()

            assert not AuthToken.objects.filter(user=house.supervisor).exists()


class TestATokenThatOpensNothing:
    def test_is_on_the_record_and_a_flood_of_them_is_not(self, house: House) -> None:
        cache.delete("throttle_failed-tokens_127.0.0.1")
        client = Client(headers={"authorization": f"Token {'f' * 64}"})

        answers = {ask(client, number="13800138000").status_code for _ in range(35)}

        failures = AuditEntry.objects.of("user.login_failed")
        assert answers == {401}
        assert failures.count() == 30
        assert {(one.object, one.outcome) for one in failures} == {("u:unknown", "denied")}
        assert not any(b"f" * 64 in bytes(one.body) for one in failures)
