"""The clocks of the parties' papers: what each has left, and what stops once it is over."""

from datetime import date

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from compliance import clock
from compliance.models import (
    Licence,
    Mandate,
    Principal,
    PrincipalDocument,
    User,
)
from compliance.services.documents_record import document_record, document_revoke
from compliance.services.parties_register import mandate_record
from console.selectors.administration.parties import parties_shown
from tests.console.administration.parties.papers import DAY, PARTIES, TODAY, mandate, of
from tests.console.call_centre.registers import DIGEST, done, shown
from tests.parties import sha256


class TestClocks:
    def test_say_how_many_days_each_paper_has(self, owner: Client, reader: Client) -> None:
        chinese, english = shown(owner, PARTIES), shown(reader, PARTIES)

        for last in (date(2029, 12, 31), date(2026, 12, 31), date(2028, 12, 31)):
            assert f"{last}" in chinese
            assert f"还有 {(last - TODAY).days} 天" in chinese
            assert f"{(last - TODAY).days} d left" in english
        assert "badge is-refuse" not in chinese

    def test_say_since_when_a_mandate_is_over_and_what_stops(
        self, owner: Client, reader: Client, school: Principal
    ) -> None:
        Mandate.objects.filter(principal=school).update(valid_until=TODAY - 3 * DAY)

        assert "已过 3 天，停呼" in shown(owner, PARTIES)
        english = shown(reader, PARTIES)
        assert "over for 3 d, calls stop" in english
        assert f"The mandate runs from 2026-01-01 to {TODAY - 3 * DAY}" in english

    def test_stop_nothing_once_a_paper_was_renewed(self, owner: Client, school: Principal) -> None:
        Mandate.objects.filter(principal=school).update(valid_until=TODAY - DAY)
        assert of(school).stops
        done(owner, f"{PARTIES}{school.pk}/mandate/", **mandate(first=TODAY))

        shown_now = of(school)

        assert not shown_now.stops
        assert [one.number for one in shown_now.papers.standing if not one.kind] == ["WT-NEXT"]
        assert [one.last for one in shown_now.papers.former] == [TODAY - DAY]
        assert "已过 1 天" not in shown(owner, PARTIES)

    def test_tell_of_a_gap_before_the_next_mandate(self, owner: Client, school: Principal) -> None:
        last = Mandate.objects.get(principal=school).valid_until

        done(owner, f"{PARTIES}{school.pk}/mandate/", **mandate(first=last + 2 * DAY))

        assert [one.zh for one in of(school).stops] == [
            f"委托有效期为 {last + 2 * DAY} 至 2031-12-31，当日不在其内。"
        ]
        assert "尚未生效" in shown(owner, PARTIES)

    def test_name_the_document_that_is_missing(self, reader: Client, school: Principal) -> None:
        row = PrincipalDocument.objects.get(principal=school)
        document_revoke(document=row, revoked_on=TODAY, actor="svc:test", now=clock.read())

        assert [one.zh for one in of(school).stops] == ["委托主体缺少有效的行业资质：办学许可证。"]
        assert "lacks a valid industry document: licence to run a school" in shown(reader, PARTIES)

    def test_of_a_document_that_nothing_needs_stop_nothing(
        self, owner: Client, school: Principal
    ) -> None:
        row = document_record(
            principal=school,
            kind="food_licence",
            number="JY1",
            issuer="某局",
            valid_from=TODAY - 9 * DAY,
            valid_until=TODAY - 2 * DAY,
            document_sha256=DIGEST,
            verified_by=User.objects.get(username="compliance"),
            now=clock.read(),
        )

        body = shown(owner, PARTIES)

        assert "JY1" in body
        assert "已过 2 天<" in body
        assert not of(school).stops
        document_revoke(document=row, revoked_on=TODAY, actor="svc:test", now=clock.read())
        assert "起失效<" in shown(owner, PARTIES)

    def test_of_the_licence_stop_everything(self, owner: Client, reader: Client) -> None:
        Licence.objects.update(expires_on=TODAY - DAY)

        assert "已过 1 天，停呼" in shown(owner, PARTIES)
        assert "Once the licence is over nobody is called" in shown(reader, PARTIES)
        operator, _ = parties_shown(now=clock.read())
        assert operator is not None
        assert len(operator.stops) == 1

    def test_of_data_run_once_a_contract_has_ended(
        self, reader: Client, school: Principal
    ) -> None:
        Mandate.objects.filter(principal=school).update(valid_until=TODAY - DAY)

        (due,) = of(school).data_due

        assert not due.overdue
        assert f"{(due.due_on - TODAY).days} d left" in shown(reader, PARTIES)

    def test_take_as_many_queries_however_many_there_are(
        self,
        owner: Client,
        school: Principal,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for n in range(30):
            principal = Principal.objects.create(name=f"示例{n}", industry="education")
            mandate_record(
                principal=principal,
                contract_number=f"WT-{n}",
                valid_from=TODAY,
                valid_until=TODAY,
                document_sha256=sha256(str(n)),
                actor="svc:test",
                now=clock.read(),
            )

        for path in (PARTIES, f"{PARTIES}{school.pk}/document/"):
            with django_assert_max_num_queries(40):
                shown(owner, path)
