"""Anybody may refuse, or complain, by a number that is their own."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from audit.models import AuditEntry, AuditPii
from audit.uuid7 import uuid7
from compliance import clock
from compliance.gate import PermitRefusal, permit_request
from compliance.models import (
    CampaignFiling,
    Complaint,
    NumberProof,
    Permit,
    Person,
    Refusal,
    Seat,
)
from compliance.numbers import normalise
from compliance.services.person_for_number import known_person
from tests.console.house import set_clock
from tests.console.seed import Seeded

REFUSE, CONFIRM = "/public/refuse/", "/public/confirm/"
STRANGER = "13910006666"
SHOWN = re.compile(r"data-demo-code>(\d{6})<")
OWN = re.compile(  # what differs between any two askings
    r'csrfmiddlewaretoken" value="\w+|[0-9a-f-]{36}|\d{3}\*+\d{4}|\d{6}<'
    r'|data-at="\d+|<time.*?</time>'
)
PROOF = re.compile(r'name="proof" value="([0-9a-f-]{36})"')


@pytest.fixture
def browser() -> Client:
    return Client(headers={"accept-language": "zh-hans", "host": "localhost"})


def ask(browser: Client, number: str) -> tuple[str, str]:
    """Ask for a code; return the page's proof and the code that a demo shows."""
    response = browser.post(REFUSE, {"number": number})
    page = response.content.decode()
    assert response.status_code == 200, page
    (proof,) = PROOF.findall(page)
    (code,) = SHOWN.findall(page)
    return proof, code


def person_of(number: str) -> Person:
    found = known_person(number=normalise(number))
    assert found is not None
    return found


class TestRefusing:
    def test_holds_against_the_gate_from_that_moment_on(
        self, seeded: Seeded, browser: Client
    ) -> None:
        permit = Permit.objects.filter(state="redeemed").select_related("person").first()
        assert permit is not None
        number = next(n for n in seeded.numbers if person_of(n) == permit.person)
        proof, code = ask(browser, number)

        response = browser.post(CONFIRM, {"proof": proof, "code": code})

        assert "已生效" in response.content.decode()
        refusal = Refusal.objects.get(person=permit.person, source="web", everywhere=True)
        assert refusal.evidence == f"number_proof:{proof}"
        now = clock.read()
        answer = permit_request(
            filing_id=CampaignFiling.objects.get(code="meter-notice").pk,
            person_id=permit.person_id,
            seat_id=Seat.objects.order_by("pk").last().pk,  # type: ignore[union-attr]
            request=uuid7(now),
            origin="test",
            actor="svc:test",
            now=now,
        )
        assert isinstance(answer, PermitRefusal)
        assert "CN13-REF-09" in answer.rules

    def test_takes_a_number_that_nobody_here_knew(self, seeded: Seeded, browser: Client) -> None:
        proof, code = ask(browser, STRANGER)
        assert known_person(number=normalise(STRANGER)) is None  # not before it is their own

        browser.post(CONFIRM, {"proof": proof, "code": code})

        assert person_of(STRANGER).refusals.get().everywhere

    def test_of_one_business_reaches_it_alone(self, seeded: Seeded, browser: Client) -> None:
        filing = CampaignFiling.objects.get(code="spring-course")
        proof, code = ask(browser, STRANGER)

        browser.post(CONFIRM, {"proof": proof, "code": code, "principal": filing.principal_id})

        refusal = person_of(STRANGER).refusals.get()
        assert (refusal.principal, refusal.everywhere) == (filing.principal, False)

    def test_of_a_business_that_is_none_reaches_everybody(
        self, seeded: Seeded, browser: Client
    ) -> None:
        proof, code = ask(browser, STRANGER)

        browser.post(CONFIRM, {"proof": proof, "code": code, "principal": "999999"})

        assert person_of(STRANGER).refusals.get().everywhere


class TestComplaining:
    def test_opens_a_case_and_refuses_everybody(self, seeded: Seeded, browser: Client) -> None:
        proof, code = ask(browser, STRANGER)

        page = browser.post(
            CONFIRM, {"proof": proof, "code": code, "complain": "1", "summary": "每天三次"}
        ).content.decode()

        case = Complaint.objects.get(person=person_of(STRANGER))
        assert (case.channel, case.summary) == ("web", "每天三次")
        assert person_of(STRANGER).refusals.filter(everywhere=True).count() == 2
        assert page.count("yunhu-receipt/1 ") >= 2
        assert "只显示这一次" in page


class TestCode:
    def test_is_good_once(self, seeded: Seeded, browser: Client) -> None:
        proof, code = ask(browser, STRANGER)
        browser.post(CONFIRM, {"proof": proof, "code": code})

        again = browser.post(CONFIRM, {"proof": proof, "code": code})

        assert again.status_code == 410
        assert person_of(STRANGER).refusals.count() == 1

    def test_is_over_after_five_minutes(self, seeded: Seeded, browser: Client) -> None:
        proof, code = ask(browser, STRANGER)
        set_clock(clock.read() + timedelta(minutes=5, seconds=1))

        assert browser.post(CONFIRM, {"proof": proof, "code": code}).status_code == 410
        assert known_person(number=normalise(STRANGER)) is None

    def test_is_over_after_five_wrong_tries(self, seeded: Seeded, browser: Client) -> None:
        proof, code = ask(browser, STRANGER)
        wrong = f"{(int(code) + 1) % 10**6:06d}"

        answers = [
            browser.post(CONFIRM, {"proof": proof, "code": wrong}).status_code for _ in range(5)
        ]

        assert answers == [422, 422, 422, 422, 410]
        assert browser.post(CONFIRM, {"proof": proof, "code": code}).status_code == 410
        assert AuditEntry.objects.of("number_proof.failed").count() == 6

    def test_of_one_number_is_none_of_another(self, seeded: Seeded, browser: Client) -> None:
        _, code = ask(browser, STRANGER)
        other, other_code = ask(browser, "13910007777")

        status = browser.post(CONFIRM, {"proof": other, "code": code}).status_code

        assert status == (200 if code == other_code else 422)

    def test_is_stored_nowhere_and_the_number_only_until_it_is_used(
        self, seeded: Seeded, browser: Client
    ) -> None:
        proof, code = ask(browser, STRANGER)
        row = NumberProof.objects.get(pk=proof)
        kept = str([getattr(row, field.attname) for field in row._meta.fields])
        assert code not in kept
        assert STRANGER not in kept
        assert bytes(row.number_sealed)

        browser.post(CONFIRM, {"proof": proof, "code": code})

        row.refresh_from_db()
        assert bytes(row.number_sealed) == b""
        assert row.used_at is not None

    def test_is_sent_again_only_after_a_while_and_five_times_a_day(
        self, seeded: Seeded, browser: Client
    ) -> None:
        ask(browser, STRANGER)
        assert browser.post(REFUSE, {"number": STRANGER}).status_code == 429
        for _ in range(4):
            set_clock(clock.read() + timedelta(seconds=61))
            ask(browser, STRANGER)
        set_clock(clock.read() + timedelta(seconds=61))

        assert browser.post(REFUSE, {"number": STRANGER}).status_code == 429
        assert browser.post(REFUSE, {"number": STRANGER}).status_code == 429
        denied = AuditEntry.objects.of("number_proof.denied")
        assert denied.count() == 2  # the first of each, and no flood
        assert NumberProof.objects.count() == 5

    def test_is_sent_twenty_times_an_hour_to_one_address(
        self, seeded: Seeded, browser: Client
    ) -> None:
        for n in range(20):
            ask(browser, f"1391000{7000 + n * 3}")

        assert browser.post(REFUSE, {"number": STRANGER}).status_code == 429
        ask(Client(REMOTE_ADDR="127.0.0.2", headers={"host": "localhost"}), STRANGER)


class TestPage:
    def test_says_the_same_of_numbers_that_we_know_and_do_not(
        self, seeded: Seeded, browser: Client
    ) -> None:
        pages = [
            browser.post(REFUSE, {"number": number}).content.decode()
            for number in (seeded.numbers[0], STRANGER)
        ]

        same = [OWN.sub("", page) for page in pages]
        assert same[0] == same[1]

    def test_says_what_is_wrong_with_a_number_beside_it(
        self, seeded: Seeded, browser: Client
    ) -> None:
        response = browser.post(REFUSE, {"number": "12"})

        assert response.status_code == 422
        assert 'aria-invalid="true"' in response.content.decode()

    def test_sends_nothing_without_a_sender_and_says_so(self, seeded: Seeded) -> None:
        elsewhere = Client(REMOTE_ADDR="203.0.113.7", headers={"host": "localhost"})

        response = elsewhere.post(REFUSE, {"number": STRANGER})

        assert response.status_code == 503
        page = response.content.decode()
        assert "按 9" in page or "Press 9" in page
        assert SHOWN.search(page) is None
        assert AuditEntry.objects.of("number_proof.not_sent").count() == 1
        assert not NumberProof.objects.exclude(number_sealed=b"").exists()

    def test_puts_every_step_on_the_trail_without_the_number(
        self, seeded: Seeded, browser: Client
    ) -> None:
        proof, code = ask(browser, STRANGER)
        browser.post(CONFIRM, {"proof": proof, "code": code})

        entries = AuditEntry.objects.filter(object=f"number_proof:{proof}").order_by("pk")
        assert [entry.action for entry in entries] == ["number_proof.sent", "number_proof.given"]
        assert all(STRANGER.encode() not in bytes(entry.body) for entry in entries)
        assert AuditPii.objects.filter(subject=f"number_proof:{proof}").count() == 1
