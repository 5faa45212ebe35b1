"""The administrator's pages."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from audit.models import AuditEntry, AuditLegalHold
from compliance import clock
from compliance.models import (
    Consent,
    ConsentSample,
    ExternalList,
    ExternalListEdition,
    Permit,
    Person,
)
from compliance.services.external_list import external_list_register
from console.models import Approval
from tests.console.call_centre.registers import done, refused
from tests.console.conftest import LogIn
from tests.console.seed import Seeded
from tests.world import consent

PAGES = (
    *("consents", "samples", "deadlines", "parties"),
    *("external_lists", "retention", "api_document"),
)


def url(name: str, **given: object) -> str:
    return reverse(f"console:{name}", kwargs=given)


class TestEveryPage:
    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    def test_asks_the_database_little(
        self,
        seeded: Seeded,
        log_in: LogIn,
        django_assert_max_num_queries: object,
        language: str,
    ) -> None:
        client = log_in("owner", language)
        for name in PAGES:
            with django_assert_max_num_queries(40):  # type: ignore[operator]
                assert client.get(url(name)).status_code == 200, name

    def test_shows_no_whole_number(self, seeded: Seeded, log_in: LogIn) -> None:
        client = log_in("owner")
        row = Consent.objects.order_by("pk").first()
        assert row is not None
        pages = [url(name) for name in PAGES]
        pages += [url("consents") + f"?person={row.person_id}", url("consent", consent_id=row.pk)]

        for page in pages:
            body = client.get(page).content.decode()
            assert not [number for number in seeded.numbers if number in body], page


class TestConsents:
    def test_are_found_by_the_exact_number_which_comes_back_nowhere(
        self, seeded: Seeded, log_in: LogIn
    ) -> None:
        client = log_in("owner")
        number = seeded.numbers[0]

        found = client.post(url("consents_find"), {"number": number})

        assert number not in found["Location"]
        body = client.get(found["Location"]).content.decode()
        assert number not in body
        assert number[:3] + "****" + number[-4:] in body
        assert AuditEntry.objects.of("number.searched").count() == 1

    def test_are_taken_back_in_mid_campaign_and_void_what_was_permitted(
        self, seeded: Seeded, log_in: LogIn
    ) -> None:
        permit = Permit.objects.filter(state="issued").first()
        row = permit.consent if permit else Consent.objects.standing().first()
        assert row is not None

        client = log_in("compliance")
        client.post(url("consent_withdraw", consent_id=row.pk))

        row.refresh_from_db()
        assert row.withdrawn_at is not None
        body = client.get(url("consent", consent_id=row.pk)).content.decode()
        assert "已撤回" in body
        if permit:
            permit.refresh_from_db()
            assert permit.state == "void"

    def test_show_the_text_that_was_agreed_to(self, seeded: Seeded, log_in: LogIn) -> None:
        row = Consent.objects.select_related("whitelist__principal").first()
        assert row is not None

        body = log_in("regulator").get(url("consent", consent_id=row.pk)).content.decode()

        assert row.evidence_sha256 in body
        assert row.whitelist.principal.name in body
        assert "登记撤回" not in body  # the regulator reads


class TestAList:
    def test_of_others_that_is_stale_is_said_to_stop_calls(
        self, seeded: Seeded, log_in: LogIn
    ) -> None:
        client = log_in("owner")
        external_list_register(
            code="registry", name="谢绝来电", industry="", actor="svc:test", now=clock.read()
        )
        assert "停呼中" in client.get(url("external_lists")).content.decode()

        as_of = clock.read() - timedelta(minutes=5)
        answered = client.post(
            url("external_list_read", code="registry"),
            {
                "version": "1",
                "as_of": as_of.astimezone().isoformat(),
                "file": SimpleUploadedFile("list.txt", b"13900001111\n13900002222\n"),
            },
        )

        assert answered.status_code == 302
        edition = ExternalListEdition.objects.get()
        assert (edition.numbers, edition.added) == (2, 2)
        assert "停呼中" not in client.get(url("external_lists")).content.decode()

    def test_with_a_number_that_is_none_is_not_read_at_all(
        self, seeded: Seeded, log_in: LogIn
    ) -> None:
        external_list_register(
            code="registry", name="谢绝来电", industry="", actor="svc:test", now=clock.read()
        )

        log_in("owner").post(
            url("external_list_read", code="registry"),
            {
                "version": "1",
                "as_of": clock.read().isoformat(),
                "file": SimpleUploadedFile("list.txt", b"13900001111\nnonsense\n"),
            },
        )

        assert ExternalList.objects.get().editions.count() == 0


class TestRegisteringAList:
    GIVEN = {"code": "registry", "name": "谢绝来电", "industry": "education"}

    def test_stops_its_kind_of_business_until_it_is_read(
        self, seeded: Seeded, log_in: LogIn
    ) -> None:
        client = log_in("owner")
        assert url("external_list_register") in client.get(url("external_lists")).content.decode()

        done(client, url("external_list_register"), **self.GIVEN)

        row = ExternalList.objects.get()
        assert (row.code, row.industry) == ("registry", "education")
        entry = AuditEntry.objects.of("external_list.registered").get()
        assert entry.object == f"external_list:{row.pk}"
        assert "停呼中" in client.get(url("external_lists")).content.decode()

    def test_refuses_a_code_that_is_taken(self, seeded: Seeded, log_in: LogIn) -> None:
        path = url("external_list_register")
        done(log_in("compliance"), path, **self.GIVEN)

        assert "该名单代码已使用" in refused(log_in("owner"), path, **self.GIVEN)
        assert "code is taken" in refused(log_in("owner", "en"), path, **self.GIVEN)

    def test_is_for_administrators_and_compliance_officers(
        self, seeded: Seeded, log_in: LogIn
    ) -> None:
        path = url("external_list_register")
        for username in ("supervisor", "regulator", "agent01"):
            assert log_in(username).post(path, self.GIVEN).status_code == 403, username

        body = log_in("supervisor").get(url("external_lists")).content.decode()
        assert f'href="{path}"' not in body
        assert "由管理员或合规专员在此登记" in body
        assert not ExternalList.objects.exists()


class TestASample:
    def test_is_drawn_and_checked_item_by_item(self, seeded: Seeded, log_in: LogIn) -> None:
        client = log_in("compliance")
        whitelist = seeded.campaigns[0].filing.whitelist
        people = Person.objects.order_by("pk")[:3]
        late = clock.read() - timedelta(hours=1)
        consent(seeded.campaigns[0].filing, people, given_at=late, vouched=False)
        drawn = client.post(url("sample_draw", whitelist_id=whitelist.pk))
        row = ConsentSample.objects.latest("pk")
        assert drawn["Location"] == url("sample", sample_id=row.pk)
        items = list(row.items.values_list("pk", flat=True))

        half = {f"item-{items[0]}": "yes"} if len(items) > 1 else {}
        client.post(url("sample_check", sample_id=row.pk), half)
        assert not row.items.exclude(finding=None).exists()
        client.post(url("sample_check", sample_id=row.pk), {f"item-{pk}": "yes" for pk in items})

        assert row.items.exclude(finding=None).count() == len(items)
        assert AuditEntry.objects.of("consent_sample.passed").filter(
            object=f"consent_sample:{row.pk}"
        )


class TestALegalHold:
    def test_is_placed_by_one_and_lifted_by_two(self, seeded: Seeded, log_in: LogIn) -> None:
        first = log_in("compliance")
        first.post(
            url("hold_place"), {"since": "2026-01-01", "until": "2026-01-31", "reason": "court"}
        )
        hold = AuditLegalHold.objects.get()

        first.post(url("hold_lift", hold_id=hold.pk), {"reason": "settled"})
        asked = Approval.objects.get(kind="hold_lift")
        first.post(url("approval_decide", approval_id=asked.pk), {"verdict": "approve"})
        assert AuditLegalHold.objects.filter(lifted_at=None).exists()

        log_in("owner").post(url("approval_decide", approval_id=asked.pk), {"verdict": "approve"})
        assert not AuditLegalHold.objects.filter(lifted_at=None).exists()
        entry = AuditEntry.objects.of("legal_hold.lifted").get()
        assert json.loads(bytes(entry.body))["data"]["with"] != entry.actor
