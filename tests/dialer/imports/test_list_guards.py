"""The database as referee over lists: assessed, handed on lawfully, never shared or changed.

CN13-LST-05, CN13-LST-07, CN13-LST-09.
"""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from compliance.imports.outcome import ImportRefusedError
from compliance.models import ContactList, ImpactAssessment, ListUse
from compliance.models.words import ListSource
from compliance.services.assessment_record import (
    AssessmentNotSecondPersonError,
    assessment_record,
)
from compliance.services.list_declare import list_declare
from tests.compliance.gate.referee import forbidden
from tests.compliance.imports.house import NOW, House
from tests.dialer.imports.run import run_import
from tests.examples import FEW
from tests.undone import undone
from tests.world import add_lead, callee, make_caller_number, make_campaign, make_principal, sha256


def declare(house: House, **changes: Any) -> ContactList:
    """Write a list past the services, as an attacker with a connection would."""
    known = house.world.contact_list
    values = {
        field.attname: getattr(known, field.attname)
        for field in ContactList._meta.concrete_fields
        if not field.primary_key
    }
    return ContactList.objects.create(**{**values, **changes})


def taken(house: House, **changes: Any) -> ContactList | None:
    """Declare a list by the service; return nothing if it, or the database, refuses it."""
    given = {
        "name": "新名单",
        "principal": house.principal,
        "source": "own_form",
        "collected_by": house.principal.name,
        "notice_text": "告知",
        "declared_by": house.supervisor,
        "now": NOW,
    }
    try:
        return list_declare(**{**given, **changes})
    except (ImportRefusedError, IntegrityError):
        return None


class TestTransfer:
    @FEW
    @given(
        collector=st.sampled_from(["{}", " {}\n", "{}（分公司）", "别家公司"]),
        proof=st.sampled_from(["", sha256("consent"), "yes", sha256("consent").upper(), "0" * 63]),
    )
    def test_by_another_takes_a_digest_of_the_consent_and_nothing_less(
        self, house: House, collector: str, proof: str
    ) -> None:
        own = collector.strip() == "{}"
        collected_by = collector.format(house.principal.name)
        with undone():
            declared = taken(house, collected_by=collected_by, transfer_sha256=proof)

            assert (declared is not None) is (proof == sha256("consent") or (own and not proof))

    def test_needs_the_persons_separate_consent(self, house: House, good: Path) -> None:
        with pytest.raises(CommandError, match="PIPL 23"):
            run_import(good, collected_by="别家公司")

        run_import(good, collected_by="别家公司", transfer_sha256=sha256("separate consent"))

        assert ContactList.objects.get(name="官网三月").transfer_sha256

    def test_is_refused_by_the_database_too(self, house: House) -> None:
        with pytest.raises(IntegrityError, match="separate consent"), transaction.atomic():
            declare(house, collected_by="别家公司")
        with pytest.raises(IntegrityError, match="is_a_digest"), transaction.atomic():
            declare(house, collected_by="别家公司", transfer_sha256="yes")


assessments = st.fixed_dictionaries(
    {
        "sources": st.lists(
            st.sampled_from(ListSource.values), min_size=1, max_size=3, unique=True
        ),
        "entrusted_processing": st.sampled_from([True, True, False]),
        "assessed_on": st.dates(date(2024, 2, 28), date(2024, 3, 1)),
    }
)


class TestAssessment:
    def record(self, house: House, **changes: Any) -> ImpactAssessment:
        given = {
            "principal": house.principal,
            "sources": ["event"],
            "automated_decisions": False,
            "entrusted_processing": True,
            "document_sha256": sha256("document"),
            "assessed_on": date(2024, 2, 29),
            "author": house.supervisor,
            "approver": house.compliance,
            "now": NOW,
        }
        return assessment_record(**{**given, **changes})

    def test_is_kept_for_three_years(self, house: House) -> None:
        assert self.record(house).keep_until == date(2027, 3, 1)
        forbidden("DELETE FROM compliance_impactassessment", match="append-only")
        forbidden("UPDATE compliance_impactassessment SET sources = '{}'", match="append-only")

    def test_is_a_second_persons(self, house: House) -> None:
        with pytest.raises(AssessmentNotSecondPersonError):
            self.record(house, author=house.compliance)
        with pytest.raises(AssessmentNotSecondPersonError):
            self.record(house, approver=house.agent)

    @FEW
    @given(st.lists(assessments, max_size=4))
    def test_is_asked_for_by_every_list_and_the_newest_that_covers_it_counts(
        self, house: House, made: list[dict[str, Any]]
    ) -> None:
        with undone():
            new = make_principal(name="另一家公司", industry="education")
            newest: dict[str, tuple[date, int]] = {}
            for one in made:
                kept = self.record(house, principal=new, **one)
                assert kept.keep_until >= one["assessed_on"] + timedelta(days=3 * 365)
                for source in one["sources"] if one["entrusted_processing"] else ():
                    last = (kept.assessed_on, kept.pk)
                    newest[source] = max(newest.get(source, last), last)

            for source in ListSource.values:
                found = taken(house, principal=new, collected_by=new.name, source=source)
                pk = None if found is None else found.assessment_id
                assert pk == newest.get(source, (None, None))[1]

    @pytest.mark.parametrize("covers", [{"sources": ["event"]}, {"entrusted_processing": False}])
    def test_has_to_cover_the_list(self, house: House, good: Path, covers: dict[str, Any]) -> None:
        other = make_principal(name="另一家公司", industry="education")
        self.record(house, principal=other, **covers)
        campaign = make_campaign(
            people=house.world.people,
            principal=other,
            caller_number=make_caller_number(
                house.world.operator, house.world.trunk, number="9512399"
            ),
            trunk=house.world.trunk,
            code="other",
        )

        with pytest.raises(CommandError, match="No impact assessment"):
            run_import(good, campaign=campaign.filing.code, collected_by=other.name)

    def test_is_asked_for_by_the_database_too(self, house: House) -> None:
        with pytest.raises(IntegrityError, match="impact assessment"), transaction.atomic():
            declare(house, assessment_id=None)


class TestDeclaration:
    @pytest.mark.parametrize(
        "change",
        [
            "source = 'event'",
            "principal_id = principal_id + 1",
            "declared_by_id = declared_by_id + 1",
            "collected_on = now()",
            "notice_text = 'x'",
            "transfer_sha256 = repeat('a', 64)",
        ],
    )
    def test_cannot_be_altered(self, house: House, change: str) -> None:
        forbidden(f"UPDATE compliance_contactlist SET {change}", match="cannot be altered")

    def test_cannot_be_deleted(self, house: House) -> None:
        forbidden("DELETE FROM compliance_contactlist", match="append-only")

    @pytest.mark.parametrize(
        ("first", "then"),
        [("frozen", "open"), ("frozen", "held"), ("retired", "open"), ("retired", "held")],
    )
    def test_moves_only_along_its_arrows(self, house: House, first: str, then: str) -> None:
        ContactList.objects.update(state=first, cause="LST-10")

        forbidden(
            "UPDATE compliance_contactlist SET state = %s, released_by_id = %s",
            then,
            house.compliance.pk,
            match="cannot go",
        )

    def test_is_not_released_by_nobody_or_by_its_declarer(self, house: House) -> None:
        ContactList.objects.update(state="held", cause="LST-10")

        forbidden("UPDATE compliance_contactlist SET state = 'open'", match="second person")
        forbidden(
            "UPDATE compliance_contactlist SET state = 'open', released_by_id = declared_by_id",
            match="second_person",
        )

    def test_begins_open(self, house: House) -> None:
        with pytest.raises(IntegrityError, match="begins open"), transaction.atomic():
            declare(house, state="retired")


class TestPool:
    def test_is_noted_with_the_first_lead_by_whatever_path(self, house: House) -> None:
        add_lead(house.world, callee(house.world))

        use = ListUse.objects.get()
        assert (use.filing_id, use.contact_list_id) == (
            house.campaign.filing_id,
            house.world.contact_list.pk,
        )

    def test_is_not_shared_with_another_purpose(self, house: House) -> None:
        person = callee(house.world)
        add_lead(house.world, person)
        survey = make_campaign(
            people=house.world.people,
            principal=house.principal,
            caller_number=make_caller_number(
                house.world.operator, house.world.trunk, number="9512398"
            ),
            trunk=house.world.trunk,
            code="survey",
            purpose="P6",
        )

        with pytest.raises(IntegrityError, match="another purpose"), transaction.atomic():
            house.campaign.leads.model.objects.create(
                campaign=survey,
                person=person,
                contact_list=house.world.contact_list,
                name_sealed=b"",
                due_at=NOW,
            )

    @pytest.mark.parametrize("column", ["campaign_id", "person_id", "contact_list_id"])
    def test_hands_no_lead_on(self, house: House, column: str) -> None:
        add_lead(house.world, callee(house.world))

        forbidden(f"UPDATE dialer_lead SET {column} = {column} + 1", match="handed on")

    def test_is_never_forgotten(self, house: House) -> None:
        add_lead(house.world, callee(house.world))

        forbidden("DELETE FROM compliance_listuse", match="append-only")
