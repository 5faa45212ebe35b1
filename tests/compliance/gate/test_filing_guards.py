"""The database as referee: what nobody may do to a campaign's filing and its script."""

import pytest
from django.db import IntegrityError, transaction

from compliance.models import (
    ScriptVersion,
)
from compliance.services.filing_activate import NotASecondPersonError, filing_activate
from compliance.services.filing_pause import filing_close
from tests.compliance.gate.attacker import change
from tests.compliance.gate.referee import draft, forbidden
from tests.world import (
    ACTOR,
    MORNING,
    World,
)

pytestmark = pytest.mark.django_db


class TestFiling:
    @pytest.mark.parametrize(
        "what",
        [
            "purpose = 'P1'",
            "industry = 'other'",
            "code = 'x'",
            "content = 'x'",
            "caller_number_id = caller_number_id + 1",
            "principal_id = principal_id + 1",
            "trunk_id = trunk_id + 1",
            "script_id = script_id + 1",
            "whitelist_id = whitelist_id + 1",
            "approver_id = author_id",
            "state = 'draft'",
        ],
    )
    def test_stays_as_it_was_registered(self, world: World, what: str) -> None:
        forbidden(change("campaignfiling", what), match="cannot be altered|cannot go")

    @pytest.mark.parametrize("state", ["active", "paused", "draft"])
    def test_never_opens_again(self, world: World, state: str) -> None:
        filing_close(filing=world.filing, actor=ACTOR, reason="x", now=MORNING)

        forbidden("UPDATE compliance_campaignfiling SET state = %s", state, match="cannot go")

    def test_is_not_activated_by_its_author(self, world: World) -> None:
        filing = draft(world)

        with pytest.raises(NotASecondPersonError):
            filing_activate(filing=filing, approver=world.people.author, now=MORNING)
        forbidden(
            "UPDATE compliance_campaignfiling SET state = 'active', activated_at = now(),"
            " approver_id = author_id WHERE state = 'draft'",
            match="two_people",
        )

    def test_is_not_activated_by_nobody(self, world: World) -> None:
        draft(world)

        forbidden(
            "UPDATE compliance_campaignfiling SET state = 'active', activated_at = now()"
            " WHERE state = 'draft'",
            match="two_people",
        )

    def test_is_not_paused_into_life(self, world: World) -> None:
        draft(world)

        forbidden(
            "UPDATE compliance_campaignfiling SET state = 'paused' WHERE state = 'draft'",
            match="two_people",
        )

    @pytest.mark.parametrize("element", ["name", "audience", "content", "contact"])
    def test_has_all_its_elements(self, world: World, element: str) -> None:
        filing = draft(world)
        filing.pk, filing.code = None, "copy"
        setattr(filing, element, "")

        with pytest.raises(IntegrityError, match="complete"), transaction.atomic():
            filing.save(force_insert=True)


class TestScript:
    def test_is_not_approved_by_its_author(self, world: World) -> None:
        script = ScriptVersion.objects.get()
        script.pk, script.version, script.approver = None, 2, script.author

        with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
            script.save(force_insert=True)
