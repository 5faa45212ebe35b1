"""What the rules are told of a person's refusals and wishes, at every boundary."""

from datetime import timedelta
from itertools import product

import pytest

from compliance.models import (
    CampaignFiling,
    ChosenTime,
    Principal,
    Refusal,
)
from compliance.rulebook.facts import (
    ChosenTimeFacts,
    LiftFacts,
    RefusalFacts,
)
from tests.compliance.gate.call_house import House, read
from tests.compliance.gate.ledger import (
    HOUR,
)
from tests.compliance.gate.records import (
    YESTERDAY,
    withdraw_unseen,
    write_consent,
    write_lift,
    write_refusal,
)
from tests.world import (
    MORNING,
    World,
    make_principal,
)

pytestmark = pytest.mark.django_db


class TestRefusals:
    def test_are_all_of_the_person_with_whom_and_what_they_meant(self, house: House) -> None:
        retail = make_principal(name="零售公司", industry="retail")
        towards: list[tuple[Principal | None, str]] = [
            (None, ""),
            (house.ours.principal, "education"),
            (house.ours.principal, "retail"),
            (house.other.principal, "education"),
            (retail, "retail"),
        ]
        written = [
            write_refusal(person, principal, industry=industry, purpose=purpose)
            for person, (principal, industry), purpose in product(
                house.people, towards, ("", "P3", "P6")
            )
        ]

        for filing, person in product(house.filings, house.people):
            found = read(filing, person).facts.refusals

            assert found == tuple(
                told(one, filing) for one in written if one.person_id == person.pk
            )

    def test_are_lifted_by_a_standing_consent_for_the_same_principal_and_purpose_alone(
        self, world: World, house: House
    ) -> None:
        person = house.people[0]
        lifts = {}
        for place, (filing, method) in enumerate(
            product(house.filings, ("web_form", "recording", "inbound_call"))
        ):
            refusal = write_refusal(person, at=YESTERDAY + place * HOUR)
            by = write_consent(
                person, filing.whitelist, given_at=MORNING - place * HOUR, method=method
            )
            write_lift(world, refusal, by)
            lifts[refusal.pk] = (filing, by)
        write_refusal(person)
        for step, ends_at in enumerate((MORNING + timedelta(microseconds=1), MORNING, None)):
            refusal = write_refusal(person)
            by = write_consent(
                *(person, house.ours.whitelist),
                given_at=MORNING + (step + 1) * HOUR,
                method="web_form",
                expires_at=ends_at,
            )
            write_lift(world, refusal, by)
            if step == 0:
                lifts[refusal.pk] = (house.ours, by)
            if step == 2:
                withdraw_unseen(by)

        for filing in house.filings:
            found = read(filing, person).facts.refusals

            assert found is not None
            assert {one.id: one.lift for one in found if one.lift} == {
                pk: LiftFacts(
                    consent_given_at=by.given_at,
                    outside_a_call=by.method == "web_form",
                    approvers=(world.people.approver.pk, world.people.owner.pk),
                )
                for pk, (where, by) in lifts.items()
                if where == filing
            }
            assert len(found) == len(lifts) + 3


def told(one: Refusal, filing: CampaignFiling) -> RefusalFacts:
    return RefusalFacts(
        id=one.pk,
        at=one.recorded_at,
        source=one.source,
        everywhere=one.everywhere,
        same_principal=one.principal_id == filing.principal_id,
        same_industry=one.industry == filing.industry,
        purpose=one.purpose or None,
        lift=None,
    )


class TestAWish:
    def test_is_the_newest_of_the_person_towards_the_principal(self, house: House) -> None:
        asked, other = house.people
        ours, theirs = house.ours.principal, house.other.principal
        hour = timedelta(hours=1)
        for place, (person, principal) in enumerate(
            [(asked, ours), (asked, ours), (asked, theirs), (other, ours)]
        ):
            at = MORNING + place * hour
            ChosenTime.objects.create(
                person=person,
                principal=principal,
                from_at=at,
                until_at=at + hour,
                evidence="x",
                recorded_at=YESTERDAY + place * hour,
                recorded_by="x",
            )

        found = read(house.ours, asked).facts.chosen_times

        assert found == (ChosenTimeFacts(from_at=MORNING + hour, until_at=MORNING + 2 * hour),)
