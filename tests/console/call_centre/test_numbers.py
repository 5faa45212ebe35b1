"""Filed numbers: their clocks, what shows them, and what can be done about them."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from audit.models import AuditEntry
from compliance import clock
from compliance.models import (
    CallbackTest,
    CallerNumber,
    CampaignFiling,
    NumberChange,
    Permit,
)
from compliance.selectors.clock_due import local_day
from console.models import Approval
from console.selectors.call_centre.numbers import numbers_shown
from dialer.models import Attempt
from tests.console.call_centre.registers import DIGEST, done, paper, refused, shown
from tests.console.conftest import LogIn
from tests.console.followed import followed
from tests.console.house import OPENING, set_clock
from tests.console.seed import Seeded

TODAY = local_day(OPENING)


def first() -> CallerNumber:
    return CampaignFiling.objects.get(code="spring-course").caller_number


class TestNumbers:
    def test_are_listed_with_clock_cap_and_state(self, seeded: Seeded, supervisor: Client) -> None:
        body = shown(supervisor, "/numbers/")

        for one in CallerNumber.objects.all():
            assert f'href="/numbers/{one.pk}/">{one.number}</a>' in body
        assert "2028-05-31" in body
        assert f"还有 {(first().certificate_until - TODAY).days} 天" in body
        assert "/ 500" in body
        assert body.count("badge is-allow") == CallerNumber.objects.count()

    def test_count_what_the_linked_rows_list(self, seeded: Seeded, officer: Client) -> None:
        row = first()
        (one,) = numbers_shown(now=clock.read(), only=row.pk)

        assert one.today == Permit.objects.filter(caller_number=row).count() > 0
        assert one.up == Attempt.objects.filter(ended_at=None, permit__caller_number=row).count()
        body = shown(officer, f"/numbers/{row.pk}/")
        links = re.findall(r'href="(/decisions/\?[^"]+)">([0-9]+)<', body)
        assert links
        for url, counted in links:
            page = officer.get(url.replace("&amp;", "&")).context["page"]
            assert len(page.decisions) == int(counted), url

    def test_lead_from_the_last_24_hours_to_their_permits(
        self, seeded: Seeded, officer: Client
    ) -> None:
        permits = Permit.objects.filter(caller_number=first()).count()
        asking = f"caller={first().number}.*since="

        for path in ("/numbers/", f"/numbers/{first().pk}/"):
            assert list(followed(officer, path, asking).values()) == [(permits, permits)]
        set_clock(OPENING + timedelta(hours=25))
        for path in ("/numbers/", f"/numbers/{first().pk}/"):
            assert list(followed(officer, path, asking).values()) == [(0, 0)]

    def test_say_what_stops_their_calls(self, seeded: Seeded, supervisor: Client) -> None:
        row = first()
        CallerNumber.objects.filter(pk=row.pk).update(certificate_until=TODAY - timedelta(days=1))

        (one,) = numbers_shown(now=clock.read(), only=row.pk)

        assert one.state == "stopped"
        assert "已过 1 天，停呼" in shown(supervisor, "/numbers/")

    def test_are_stopped_by_a_call_back_that_finds_nobody(
        self, seeded: Seeded, supervisor: Client
    ) -> None:
        row = first()

        done(supervisor, f"/numbers/{row.pk}/called_back/", on=TODAY, document=paper())

        test = CallbackTest.objects.latest("pk")
        assert (test.reached, test.evidence_sha256) == (False, DIGEST)
        assert numbers_shown(now=clock.read(), only=row.pk)[0].state == "stopped"

    def test_take_as_many_queries_however_many_they_are(
        self,
        seeded: Seeded,
        supervisor: Client,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for path in ("/numbers/", f"/numbers/{first().pk}/", "/numbers/file/"):
            with django_assert_max_num_queries(40):
                shown(supervisor, path)


class TestFiling:
    def given(self, seeded: Seeded, **more: object) -> dict[str, object]:
        trunk = seeded.campaigns[0].filing.trunk_id
        return {
            "number": "9512377",
            "trunks": [trunk],
            "callout": "on",
            "first": "2026-01-01",
            "last": "2028-12-31",
            "document": paper(),
            **more,
        }

    def test_records_the_number_with_its_class_and_its_papers(
        self, seeded: Seeded, supervisor: Client
    ) -> None:
        to = done(supervisor, "/numbers/file/", **self.given(seeded))

        row = CallerNumber.objects.get(number="9512377")
        assert to == f"/numbers/{row.pk}/"
        assert (row.number_class, row.commitment_sha256) == ("service_95", DIGEST)
        entry = AuditEntry.objects.of("caller_number.filed").latest("pk")
        assert entry.object == f"caller_number:{row.pk}"
        assert "没有登记：规则书不放行" in shown(supervisor, to)  # no letters yet

    def test_says_beside_the_field_what_is_wrong(self, seeded: Seeded, supervisor: Client) -> None:
        body = refused(
            supervisor, "/numbers/file/", **self.given(seeded, number="95-12", last="2025-01-01")
        )

        assert "只填数字" in body
        assert "早于起始日" in body

    def test_refuses_a_number_that_is_filed_already(
        self, seeded: Seeded, supervisor: Client
    ) -> None:
        body = refused(supervisor, "/numbers/file/", **self.given(seeded, number=first().number))

        assert "该号码已备案" in body

    def test_is_for_whoever_keeps_the_registers(self, seeded: Seeded, log_in: LogIn) -> None:
        regulator = log_in("regulator")
        row = first()

        assert "acts-title" not in shown(regulator, f"/numbers/{row.pk}/")
        for path in ("/numbers/file/", f"/numbers/{row.pk}/close/"):
            assert regulator.post(path, {"reason": "x"}).status_code == 403
        row.refresh_from_db()
        assert row.callout_opened


class TestActs:
    def test_renew_a_certificate_for_longer_only(self, seeded: Seeded, supervisor: Client) -> None:
        row, path = first(), f"/numbers/{first().pk}/renew/"

        assert "续期须晚于" in refused(
            supervisor, path, last=row.certificate_until, document=paper()
        )
        done(supervisor, path, last="2031-05-31", document=paper())

        row.refresh_from_db()
        assert row.certificate_until.year == 2031

    def test_keep_the_clock_of_a_change_until_its_receipt(
        self, seeded: Seeded, supervisor: Client
    ) -> None:
        path = f"/numbers/{first().pk}/"
        done(supervisor, f"{path}changed/", what="使用范围", on="2026-02-02")
        body = shown(supervisor, path)
        assert "使用范围" in body
        assert "已过" in body

        change = first().changes.get()
        done(
            supervisor,
            f"{path}receipt/",
            change=change.pk,
            receipt="HZ-1",
            on="2026-02-20",
            document=paper(),
        )

        assert "HZ-1" in shown(supervisor, path)
        assert supervisor.get(f"{path}receipt/").status_code == 200
        assert numbers_shown(now=clock.read(), only=first().pk)[0].state == "open"

    @pytest.mark.parametrize("what", ["called_back", "changed"])
    def test_record_nothing_that_is_still_to_come(
        self, seeded: Seeded, supervisor: Client, what: str
    ) -> None:
        body = refused(
            supervisor,
            f"/numbers/{first().pk}/{what}/",
            on=TODAY + timedelta(days=1),
            what="x",
            document=paper(),
        )

        assert "尚未到来" in body

    def test_take_a_number_out_of_use_with_a_reason(
        self, seeded: Seeded, supervisor: Client
    ) -> None:
        path = f"/numbers/{first().pk}/"
        refused(supervisor, f"{path}close/", reason=" ")
        done(supervisor, f"{path}close/", reason="合同到期")

        assert not first().callout_opened
        body = shown(supervisor, path)
        assert "close/" not in body
        assert f"{path}mark/" in body

    def test_replace_a_number_only_once_another_has_approved(
        self, seeded: Seeded, supervisor: Client, officer: Client
    ) -> None:
        old, other = first(), CallerNumber.objects.exclude(pk=first().pk).earliest("pk")
        principal = seeded.campaigns[0].filing.principal_id

        to = done(
            supervisor,
            f"/numbers/{old.pk}/replace/",
            principal=principal,
            purpose="P3",
            number=other.pk,
            reason="原号码合同到期",
        )
        approval = Approval.objects.get(kind="number_change")
        assert to == f"/approvals/{approval.pk}/"
        assert not NumberChange.objects.exists()
        decided = {"verdict": "approve", "reason": "已核对"}
        supervisor.post(f"/approvals/{approval.pk}/decide/", decided)
        assert not NumberChange.objects.exists()
        officer.post(f"/approvals/{approval.pk}/decide/", decided)

        change = NumberChange.objects.get()
        assert (change.previous, change.number) == (old, other)
        assert "原号码合同到期" in shown(officer, f"/numbers/{old.pk}/")
