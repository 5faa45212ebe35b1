"""Documents, licences and the operator; and whoever may only read them."""

from django.test import Client

from compliance import clock
from compliance.models import (
    Licence,
    Mandate,
    Operator,
    Principal,
    PrincipalDocument,
    User,
)
from console.selectors.administration.parties import parties_shown
from tests.console.administration.parties.papers import (
    PARTIES,
    TODAY,
    document,
    last_entry,
    licence,
    of,
)
from tests.console.call_centre.registers import DIGEST, done, refused, shown
from tests.console.conftest import LogIn
from tests.console.seed import Seeded


class TestADocument:
    def test_is_recorded_as_whoever_verified_it_saw_it(
        self, owner: Client, school: Principal
    ) -> None:
        form = shown(owner, f"{PARTIES}{school.pk}/document/")
        assert form.index("办学许可证（该行业须有）") < form.index("金融许可证")

        done(owner, f"{PARTIES}{school.pk}/document/", **document())

        row = PrincipalDocument.objects.get(number="教民 1")
        assert (row.document_sha256, row.verified_by.username) == (DIGEST, "owner")
        assert last_entry("document.recorded").object == f"document:{row.pk}"
        assert "某教育局" in shown(owner, PARTIES)

    def test_of_a_kind_that_no_rule_knows_is_none(self, owner: Client, school: Principal) -> None:
        refused(owner, f"{PARTIES}{school.pk}/document/", **document(kind="anything"))

        assert not PrincipalDocument.objects.filter(number="教民 1").exists()

    def test_is_revoked_once_and_calls_stop(
        self, owner: Client, reader: Client, school: Principal
    ) -> None:
        row = PrincipalDocument.objects.get(principal=school)
        path = f"{PARTIES}documents/{row.pk}/revoke/"

        done(owner, path, on=TODAY)

        assert last_entry("document.revoked").object == f"document:{row.pk}"
        assert of(school).stops
        assert "起失效，停呼" in shown(owner, PARTIES)
        assert "此前已失效" in refused(owner, path, on=TODAY)
        assert "It was revoked before." in refused(reader, path, on=TODAY)


class TestTheLicence:
    def test_is_renewed_beside_the_one_before(self, owner: Client) -> None:
        before = Licence.objects.get()
        path = f"{PARTIES}licences/{before.pk}/renew/"
        assert f'value="{before.number}"' in shown(owner, path)

        done(owner, path, **licence())

        renewed = Licence.objects.exclude(pk=before.pk).get()
        assert (renewed.document_sha256, renewed.holder_name) == (DIGEST, before.holder_name)
        assert last_entry("licence.recorded").object == f"licence:{renewed.pk}"
        operator, _ = parties_shown(now=clock.read())
        assert operator is not None
        assert [one.row for one in operator.papers.standing] == [before, renewed]
        assert not operator.stops

    def test_needs_an_operator(self, log_in: LogIn, db: None) -> None:
        User.objects.create(username="first", role=User.Role.ADMINISTRATOR)
        path = f"{PARTIES}licences/record/"

        assert "尚未登记运营主体" in refused(log_in("first"), path, **licence())
        assert "No operator is registered" in refused(log_in("first", "en"), path, **licence())


class TestTheOperator:
    GIVEN = {"legal_name": "新呼叫中心", "credit_code": "91310000X2", "regime": "b24_operator"}

    def test_is_registered_on_the_first_day(self, log_in: LogIn, db: None) -> None:
        User.objects.create(username="first", role=User.Role.ADMINISTRATOR)
        client = log_in("first")
        assert "登记运营主体" in shown(client, PARTIES)

        done(client, f"{PARTIES}operator/", **self.GIVEN)

        assert last_entry("operator.registered").object == f"operator:{Operator.objects.get().pk}"
        assert "没有登记的呼叫中心业务经营许可" in shown(client, PARTIES)

    def test_is_one(self, owner: Client, reader: Client) -> None:
        assert "只能有一个" in refused(owner, f"{PARTIES}operator/", **self.GIVEN)
        assert "there is one" in refused(reader, f"{PARTIES}operator/", **self.GIVEN)


class TestWhoeverOnlyReads:
    def test_sees_the_clocks_and_can_do_nothing(
        self, seeded: Seeded, log_in: LogIn, school: Principal
    ) -> None:
        regulator = log_in("regulator")
        row = Mandate.objects.get(principal=school)

        body = shown(regulator, PARTIES)
        assert "2029-12-31" in body
        for path in (
            "register/",
            "operator/",
            "licences/record/",
            f"licences/{Licence.objects.get().pk}/renew/",
            f"{school.pk}/mandate/",
            f"{school.pk}/document/",
            f"{school.pk}/returned/",
            f"mandates/{row.pk}/end/",
            f"documents/{PrincipalDocument.objects.get(principal=school).pk}/revoke/",
        ):
            assert f'href="{PARTIES}{path}"' not in body
            for username in ("regulator", "agent01"):
                answer = log_in(username).post(f"{PARTIES}{path}", {"last": "2026-03-01"})
                assert answer.status_code == 403, (username, path)
        row.refresh_from_db()
        assert row.ended_on is None
