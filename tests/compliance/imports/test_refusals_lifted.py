"""Imports and the refusals that were lifted, or came by an import, before."""

from pathlib import Path

import pytest
from django.db import connection

from compliance.models import Consent, Permit, Refusal
from compliance.models.refusal_lift import LiftRequest, RefusalLift
from compliance.numbers import normalise
from compliance.services.person_for_number import known_person
from tests.compliance.imports.files import write_text
from tests.compliance.imports.house import NOW, House, consent
from tests.compliance.imports.refusing import HEADINGS, refusal_of, row, run_import
from tests.world import permitted


def lift(house: House, refusal: Refusal) -> None:
    """Lift a refusal; what a lift takes is tested elsewhere."""
    consent(house, "13800138000")
    given = Consent.objects.get(person=refusal.person)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE compliance_refusallift DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE compliance_liftrequest DISABLE TRIGGER USER")
    request = LiftRequest.objects.create(
        refusal=refusal, consent=given, requested_by=house.administrator, requested_at=NOW
    )
    RefusalLift.objects.create(
        refusal=refusal,
        consent=given,
        request=request,
        first_approver=house.administrator,
        second_approver=house.compliance,
        lifted_at=NOW,
    )


class TestARefusalThatWasLifted:
    @pytest.fixture
    def refusals(self, house: House, tmp_path: Path) -> Path:
        path = write_text(tmp_path / "a.csv", [HEADINGS, row("13800138000")])
        run_import(path)
        lift(house, refusal_of("13800138000"))
        return path

    def test_is_not_renewed_by_its_own_list(self, refusals: Path) -> None:
        assert run_import(refusals)["known"] == 1

    def test_is_followed_by_a_new_no(self, refusals: Path, tmp_path: Path) -> None:
        path = write_text(tmp_path / "b.csv", [HEADINGS, row("13800138000", 凭证="新的来信")])

        assert run_import(path)["renewed"] == 1
        assert Refusal.objects.count() == 2

    def test_is_followed_by_a_new_no_in_the_same_words(self, house: House, tmp_path: Path) -> None:
        said = row("13800138000", 来源="短信", 凭证="回复 TD")
        run_import(write_text(tmp_path / "a.csv", [HEADINGS, said]))
        lift(house, refusal_of("13800138000"))
        later = write_text(tmp_path / "b.csv", [HEADINGS, row("13911112223"), said])

        assert run_import(later)["renewed"] == 1


class TestAnImportedRefusal:
    def test_voids_the_permit_of_a_call_that_is_about_to_leave(
        self, house: House, tmp_path: Path
    ) -> None:
        consent(house, "13800138000")
        person = known_person(number=normalise("13800138000"))
        assert person
        permit = permitted(house.world, person)

        run_import(write_text(tmp_path / "a.csv", [["手机"], ["13800138000"]]))

        assert Permit.objects.get(pk=permit.pk).state == "void"

    def test_leaves_the_permit_of_whom_it_does_not_name(
        self, house: House, tmp_path: Path
    ) -> None:
        consent(house, "13800138000")
        person = known_person(number=normalise("13800138000"))
        assert person
        permit = permitted(house.world, person)

        run_import(write_text(tmp_path / "a.csv", [["手机"], ["13911112223"]]))

        assert Permit.objects.get(pk=permit.pk).state == "issued"
