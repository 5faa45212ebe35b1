"""The people whom the small call centre calls: one list for each campaign."""

from datetime import timedelta

from compliance import clock
from compliance.models import (
    CampaignFiling,
    User,
)
from compliance.numbers import normalise
from compliance.services.consents_record import ConsentGiven, consents_record
from compliance.services.list_declare import list_declare
from compliance.services.person_for_number import people_for_numbers
from compliance.services.refusal_record import refusal_record
from dialer.models import Campaign, Lead
from tests.console.house import ACTOR, CAMPAIGNS, OPENING
from tests.parties import People, assess, sha256
from tests.vouching import consent_text, vouch

XINJIANG = "1399990"  # there the working day begins two hours later
BEIJING = "1381000"


def _assessors() -> People:
    by_name = {user.username: user for user in User.objects.all()}
    return People(
        author=by_name["supervisor"], approver=by_name["compliance"], owner=by_name["owner"]
    )


def list_people(place: int, campaign: Campaign, count: int) -> list[str]:
    """Of eight leads, one never consented, one refused, and one is where it is too early."""
    now = clock.read()
    numbers = [
        f"{XINJIANG if n % 8 == 3 else BEIJING}{place * 1000 + n * 7 + 11:04d}"
        for n in range(count)
    ]
    by_number = {number: normalise(number) for number in numbers}
    people = people_for_numbers(numbers=by_number.values(), now=now)
    persons = [people[by_number[number].e164] for number in numbers]
    filing = CampaignFiling.objects.select_related("whitelist", "principal").get(
        pk=campaign.filing_id
    )
    assess(filing.principal, _assessors(), at=now)
    listed = list_declare(
        name=f"{filing.name} 名单",
        principal=filing.principal,
        source="own_form",
        collected_by=filing.principal.name,
        notice_text="我们会就您登记的事项致电。",
        declared_by=User.objects.get(username="owner"),
        now=now,
    )
    Lead.objects.bulk_create(
        Lead(
            campaign=campaign, person=person, contact_list=listed, name_sealed=b"", due_at=OPENING
        )
        for person in persons
    )
    consents_record(
        whitelist=filing.whitelist,
        given=[
            ConsentGiven(
                person_id=person.pk,
                basis=CAMPAIGNS[place][5],
                text_shown_sha256=sha256(consent_text(filing.principal)),
                method="web_form",
                evidence_sha256=sha256(f"evidence {person.pk}"),
                ai_allowed=False,
                given_at=now - timedelta(days=5),
                expires_at=None,
            )
            for n, person in enumerate(persons)
            if n % 8 != 1
        ],
        actor=ACTOR,
        now=now,
    )
    vouch(filing.whitelist)
    for n, person in enumerate(persons):
        if n % 8 == 2:
            refusal_record(
                person_id=person.pk,
                principal=filing.principal,
                source="web",
                evidence="public page",
                actor="public:web",
                now=now,
            )
    return numbers
