"""What the rules are told of a call is what the ledger holds, at every boundary."""

from datetime import date
from itertools import product
from uuid import UUID

import pytest

from compliance.models import (
    CampaignFiling,
    Consent,
    ExternalList,
    ExternalListEntry,
    Person,
)
from tests.compliance.gate.attacker import sql, unseen
from tests.compliance.gate.call_house import House, read, read_many
from tests.compliance.gate.ledger import (
    DAY,
    HOUR,
    OPEN_ONES,
    Ledger,
    attempts,
    is_open,
    is_stale,
    line,
    newest,
    use,
    within,
)
from tests.compliance.gate.records import (
    YESTERDAY,
    write_consent,
)
from tests.undone import undone
from tests.world import (
    MORNING,
    World,
    ask,
)

pytestmark = pytest.mark.django_db


class TestTheLedger:
    @pytest.mark.parametrize("what", OPEN_ONES)
    def test_is_counted_at_every_boundary(self, house: House, what: str) -> None:
        ledger = Ledger(house.filings, house.people, list(house.seats))
        robots = {house.sister.pk}
        with unseen():
            CampaignFiling.objects.filter(pk=house.sister.pk).update(robot=True)
        (asked, other), (seat, busy) = house.people, house.seats
        for filing, holder, person in product(house.filings, (seat, busy), (asked, other)):
            with undone():
                of = house.sister if holder == seat else house.ours
                permits = ledger.add(OPEN_ONES[what], place=(of, person, holder))
                reading = read(filing, asked, seat)

            facts = reading.facts
            of_seat = [one for one in permits if one.seat_id == seat.pk]
            of_person = [one for one in permits if one.person_id == asked.pk]
            assert facts.line == line(permits, filing, robots)
            assert facts.attempts == tuple(attempts(of_person, filing))
            assert reading.stale_permits == any(map(is_stale, {*of_seat, *of_person}))
            assert facts.seat is not None
            today = within(of_seat, DAY)
            talks = [one for one in today if one.result in ("answered", "abandoned")]
            assert facts.seat.open_permits == sum(map(is_open, of_seat))
            assert facts.seat.hour == use(within(of_seat, HOUR))
            assert facts.seat.day == use(today)
            assert facts.seat.last_rang_at == newest(one.redeemed_at for one in today)
            assert facts.seat.last_talk_ended_at == newest(one.ended_at for one in talks)


class TestConsents:
    def test_are_those_towards_the_principal_with_all_that_they_say(self, house: House) -> None:
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        sql("ALTER TABLE compliance_consent DROP CONSTRAINT consent_has_evidence")
        plain = {
            "ai_allowed": True,
            "sensitive_allowed": True,
            "request_event": "form 7",
            "expires_at": MORNING,
            "withdrawn_at": MORNING,
            "policy_ends_on": MORNING.date(),
        }
        spoilt: list[dict[str, object]] = [
            {},
            {"method": ""},
            {"evidence_sha256": "ab"},
            {"text_shown_sha256": "ab"},
            {"explicit": False},
            {"basis": "contract"},
            {"channel": "sms"},
            plain,
        ]
        places = product(house.filings, house.people, enumerate(spoilt))
        written = [
            write_consent(person, filing.whitelist, given_at=YESTERDAY + step * HOUR, **what)
            for filing, person, (step, what) in places
        ]

        for filing, person in product(house.filings, house.people):
            found = read(filing, person).facts.consents

            assert found is not None
            assert [
                (
                    *(one.id, one.basis, one.purpose, one.channel, one.explicit, one.evidenced),
                    *(one.on_whitelist, one.ai_allowed, one.sensitive_allowed, one.requested),
                    *(one.given_at, one.expires_at, one.withdrawn_at, one.policy_ends_on),
                )
                for one in found
            ] == [
                expected(one, filing)
                for one in sorted(written, key=lambda one: (one.given_at, one.pk))
                if one.person == person and one.whitelist.principal_id == filing.principal_id
            ]

    def test_are_on_a_whitelist_for_this_principal_and_purpose_or_on_none(
        self, house: House
    ) -> None:
        versions = []
        for wrong in (
            house.sister.whitelist_id,
            house.other.whitelist_id,
            house.ours.whitelist_id,
        ):
            with unseen():
                CampaignFiling.objects.filter(pk=house.ours.pk).update(whitelist_id=wrong)
            versions.append(read(house.ours, house.people[0]).facts.whitelist_version)

        assert versions[:2] == [None, None]
        assert versions[2] is not None


def expected(one: Consent, filing: CampaignFiling) -> tuple[object, ...]:
    evidenced = bool(one.method) and len(one.evidence_sha256) == len(one.text_shown_sha256) == 64
    return (
        *(one.pk, one.basis, one.whitelist.purpose, one.channel, one.explicit, evidenced),
        *(one.whitelist_id == filing.whitelist_id, one.ai_allowed, one.sensitive_allowed),
        *(one.request_event != "", one.given_at, one.expires_at, one.withdrawn_at),
        one.policy_ends_on,
    )


class TestTheRest:
    def test_is_told_of_many_people_as_of_one(self, house: House) -> None:
        for filing in house.filings:
            for person, many in zip(house.people, read_many(filing, house.people), strict=True):
                assert many.facts == read(filing, person).facts

    def test_is_told_of_the_very_person_and_seat(self, world: World, house: House) -> None:
        person, other = house.people
        with unseen():
            Person.objects.filter(pk=person.pk).update(
                vacant_at=YESTERDAY, checked_at=MORNING, minor_until=date(2030, 1, 1)
            )

        facts, others = read(house.ours, person).facts, read(house.ours, other).facts

        assert facts.callee.digest == bytes(person.number_index).hex() != others.callee.digest
        assert (facts.callee.vacant_at, facts.callee.checked_at) == (YESTERDAY, MORNING)
        assert (others.callee.vacant_at, others.callee.age_group) == (None, "")
        assert facts.callee.age_group != ""
        assert facts.seat is None
        by_seat = [read(house.ours, person, seat).facts.seat for seat in world.seats]
        assert [seat.id for seat in by_seat if seat] == [seat.pk for seat in world.seats]

    def test_stands_on_the_stated_clock_as_it_stands(self, house: House) -> None:
        health = read(house.ours, house.people[0]).facts.health

        assert (health.clock_skew_ms, health.clock_kind) == (0, "demo")
        assert health.audit_writable is True

    def test_knows_a_request_again_and_no_other_one(self, world: World, house: House) -> None:
        person = house.people[0]
        assert not read(house.ours, person).decided_before

        ask(world, person)
        assert not read(house.ours, person).decided_before
        ask(world, person, request=UUID(int=7))

        assert read(house.ours, person).decided_before

    def test_names_the_lists_that_the_number_is_on(self, house: House) -> None:
        person, other = house.people
        lists = [
            ExternalList.objects.create(code=code, name=code, registered_at=MORNING)
            for code in ("b-list", "a-list", "unused")
        ]
        for external in lists[:2]:
            ExternalListEntry.objects.create(
                external_list=external, number_index=person.number_index
            )

        assert read(house.ours, person).facts.callee.external_lists == ("b-list", "a-list")
        assert read(house.ours, other).facts.callee.external_lists == ()
