"""The number dossier: found by the exact number, whole, in order, and proved line by line."""

from datetime import timedelta

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from audit.models import AuditEntry
from compliance import clock
from compliance.models import Decision, Person, User
from compliance.services.complaint_accuse import account_tie
from console.selectors.officer.dossier import TimeLine, time_line
from console.selectors.officer.sources import SOURCES
from tests.audit.tree import seal_all
from tests.console.conftest import LogIn
from tests.console.officer.troubles import Troubled

PARTS = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass"
EVERYTHING = {"consent", "refusal", "decision", "permit", "attempt", "recording", "complaint"}


def officer() -> User:
    return User.objects.get(username="compliance")


def page_of(person: Person) -> str:
    return f"/dossiers/{person.pk}/"


def behind_its_back(table: str, sql: str, *values: bytes | int) -> None:
    """Do what an administrator of the database can do, past every guard."""
    with connection.cursor() as cursor:
        cursor.execute(PARTS, [table])
        for one in (table, *(name for (name,) in cursor.fetchall())):
            cursor.execute(f"ALTER TABLE {one} DISABLE TRIGGER USER")
        cursor.execute(sql, values)


def whole(person: Person, *, size: int = 500) -> list[TimeLine]:
    pages, after = [], ""
    while True:
        page = time_line(person=person, reader=officer(), kind="", after=after, size=size)
        pages.append(page)
        after = page.after
        if not after:
            return pages


class TestFinding:
    def test_leads_to_the_person_without_the_number(
        self, troubled: Troubled, log_in: LogIn
    ) -> None:
        for reader in ("compliance", "owner", "regulator"):
            response = log_in(reader).post("/dossiers/", {"number": troubled.number})

            assert response["Location"] == page_of(troubled.person), reader

    def test_is_on_the_record_and_the_number_is_not(
        self, troubled: Troubled, log_in: LogIn
    ) -> None:
        log_in("regulator").post("/dossiers/", {"number": troubled.number})

        entry = AuditEntry.objects.of("number.searched").get()
        assert entry.object == f"person:{troubled.person.pk}"
        assert troubled.number not in bytes(entry.body).decode()

    @pytest.mark.parametrize(
        ("number", "said"),
        [("13900009999", "没有该号码的任何记录"), ("12", "号码"), ("", "请输入完整号码")],
    )
    def test_says_when_there_is_nobody_and_does_not_repeat_the_number(
        self, number: str, said: str, troubled: Troubled, log_in: LogIn
    ) -> None:
        body = log_in("compliance").post("/dossiers/", {"number": number}).content.decode()

        assert said in body
        assert not number or f'value="{number}"' not in body


class TestTimeLine:
    def test_holds_every_kind_of_record_the_newest_first(self, troubled: Troubled) -> None:
        (page,) = whole(troubled.person)

        lines = [told.line for told in page.told]
        assert {line.kind for line in lines} == EVERYTHING
        assert [line.at for line in lines] == sorted((line.at for line in lines), reverse=True)

    def test_turns_its_pages_without_gap_or_repetition(self, troubled: Troubled) -> None:
        (page,) = whole(troubled.person)
        names = [(told.line.kind, told.line.key) for told in page.told]

        for size in range(1, len(names) + 1):
            turned = [
                (told.line.kind, told.line.key)
                for part in whole(troubled.person, size=size)
                for told in part.told
            ]
            assert turned == names, size

    def test_counts_as_many_as_it_lists(self, troubled: Troubled, log_in: LogIn) -> None:
        tallies = log_in("compliance").get(page_of(troubled.person)).context["tallies"]

        (page,) = whole(troubled.person)
        assert sum(tally.count for tally in tallies) == len(page.told)
        for tally in tallies:
            kind = tally.source.kind
            narrowed = log_in("compliance").get(f"{page_of(troubled.person)}?kind={kind}")
            shown = [told.line.kind for told in narrowed.context["line"].told]
            assert shown == [kind] * tally.count

    @pytest.mark.parametrize("after", ["x", "1.2", "1.99.3", "9" * 40 + ".0.1", "1.2.no-uuid"])
    def test_begins_anew_where_a_place_makes_no_sense(
        self, after: str, troubled: Troubled
    ) -> None:
        page = time_line(person=troubled.person, reader=officer(), kind="", after=after)

        assert page.told == whole(troubled.person)[0].told

    def test_says_why_the_person_was_called_or_was_not(
        self, troubled: Troubled, log_in: LogIn
    ) -> None:
        answers = log_in("compliance").get(page_of(troubled.person)).context["answers"]

        latest = Decision.objects.filter(person=troubled.person).order_by("-at").first()
        assert [answer.pk for answer in answers] == [latest and latest.pk]

    def test_has_a_rank_of_its_own_for_each_kind(self) -> None:
        assert len({source.rank for source in SOURCES}) == len(SOURCES)


class TestProofs:
    def test_wait_to_be_sealed_and_then_name_the_checkpoint(
        self, troubled: Troubled, log_in: LogIn
    ) -> None:
        (before,) = whole(troubled.person)
        entries = AuditEntry.objects.count()
        seal_all()
        (after,) = whole(troubled.person)

        proved = [told for told in after.told if told.proof]
        assert all(told.proof is None or told.proof.sealed is None for told in before.told)
        assert {told.proof and told.proof.sealed and told.proof.sealed.checkpoint
                for told in proved} == {entries}  # fmt: skip
        # An open recording has no entry yet; everything else has.
        unproved = {told.line.kind for told in after.told} - {t.line.kind for t in proved}
        assert unproved <= {"recording"}

    def test_lead_to_a_proof_that_holds(self, troubled: Troubled, log_in: LogIn) -> None:
        seal_all()
        (page,) = whole(troubled.person)
        client = log_in("regulator")

        for told in page.told:
            if told.proof is not None:
                shown = client.get(f"/proofs/{told.proof.entry}/").context["shown"]
                assert shown.holds, told.line.kind
                text = client.get(f"/proofs/{told.proof.entry}/tlog-proof").content.decode()
                assert text.startswith("c2sp.org/tlog-proof@v1\nindex ")

    def test_do_not_hold_once_an_entry_was_altered(
        self, troubled: Troubled, log_in: LogIn
    ) -> None:
        seal_all()
        entry = AuditEntry.objects.of("complaint.opened").get()
        body = bytes(entry.body).replace(b'"12321"', b'"12300"')
        assert body != bytes(entry.body)
        behind_its_back(
            "audit_entry", "UPDATE audit_entry SET body = %s WHERE id = %s", body, entry.pk
        )

        page = log_in("compliance").get(f"/proofs/{entry.eid}/")

        assert not page.context["shown"].holds
        assert "证明不成立" in page.content.decode()

    def test_are_taken_from_the_very_entry_of_a_consent(self, troubled: Troubled) -> None:
        (page,) = whole(troubled.person)

        consent = next(told for told in page.told if told.line.kind == "consent")
        assert consent.proof is not None
        entry = AuditEntry.objects.get(eid=consent.proof.entry)
        assert entry.action in ("consent.recorded", "consents.imported")
        assert entry.ts == consent.line.at


class TestAccess:
    def test_is_closed_to_whoever_has_a_part_in_a_complaint(
        self, troubled: Troubled, log_in: LogIn
    ) -> None:
        person = troubled.person
        account_tie(
            user=officer(),
            actor="u:1",
            now=clock.read(),
            principal=troubled.attempt.permit.filing.principal,
        )
        client = log_in("compliance")

        for path in ("", "dossier.pdf"):
            assert client.get(page_of(person) + path).status_code == 403, path
        assert client.post(f"{page_of(person)}number/", {"reason": "person"}).status_code == 403
        denied = AuditEntry.objects.of("access.denied").filter(object=f"person:{person.pk}")
        assert denied.count() == 3

    def test_shows_the_number_once_to_compliance_for_a_reason(
        self, troubled: Troubled, log_in: LogIn
    ) -> None:
        client, page = log_in("compliance"), page_of(troubled.person)
        assert client.post(f"{page}number/", {"reason": "curious"}).status_code == 302
        assert not AuditEntry.objects.of("number.revealed").exists()

        shown = client.post(f"{page}number/", {"reason": "person"}).content.decode()

        assert troubled.number in shown
        assert AuditEntry.objects.of("number.revealed").get().actor == f"u:{officer().pk}"
        assert troubled.number not in client.get(page).content.decode()
        assert log_in("owner").post(f"{page}number/", {"reason": "person"}).status_code == 403

    def test_never_holds_the_number_in_page_or_paper(
        self, troubled: Troubled, log_in: LogIn
    ) -> None:
        client = log_in("regulator")
        paper = client.get(f"{page_of(troubled.person)}dossier.pdf")

        assert paper.content.startswith(b"%PDF")
        assert paper["Content-Type"] == "application/pdf"
        assert troubled.number not in client.get(page_of(troubled.person)).content.decode()
        assert troubled.number.encode() not in paper.content

    def test_takes_few_questions_of_the_database(
        self,
        troubled: Troubled,
        log_in: LogIn,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        client = log_in("compliance")
        with django_assert_max_num_queries(40):
            client.get(page_of(troubled.person))

    def test_is_dated_by_the_services_clock(self, troubled: Troubled) -> None:
        (page,) = whole(troubled.person)

        assert all(told.line.at < clock.read() + timedelta(seconds=1) for told in page.told)
