"""LIST-NOT-ATTACHED: a refusal list has no effect until someone attaches it to the campaign.

Here a refusal belongs to the person; every campaign that ever asks meets it, also one that was
registered later, by another principal of the same kind of business, under another number.
"""

from collections.abc import Callable

import pytest

from compliance.models import CampaignFiling, Permit, Principal, Refusal
from dialer.models import Campaign
from tests.scenarios.floor import Floor
from tests.world import (
    World,
    callees,
    consent,
    make_caller_number,
    make_campaign,
    make_principal,
    refuse,
)


def later_campaign(world: World, principal: Principal) -> Campaign:
    """Register and activate another campaign, and attach nothing to it."""
    return make_campaign(
        people=world.people,
        principal=principal,
        caller_number=make_caller_number(world.operator, world.trunk, number="9512377"),
        trunk=world.trunk,
        code="later",
    )


class TestRefusalBeforeTheCampaign:
    @pytest.mark.parametrize("towards", ["everybody", "principal", "industry"])
    def test_holds_in_a_campaign_registered_later(
        self, world: World, open_floor: Callable[..., Floor], towards: str
    ) -> None:
        floor = open_floor()
        floor.start_line()
        refusing, willing = callees(world, 2, consented=False)
        refuse(refusing, None if towards == "everybody" else world.principal)
        principal = (
            world.principal
            if towards == "principal"
            else make_principal(name="另一家教育公司", industry="education")
        )

        campaign = later_campaign(world, principal)
        consent(campaign.filing, [refusing, willing])
        for person in (refusing, willing):
            floor.add(person, campaign=campaign)
        floor.work_off(campaign=campaign)

        assert floor.invites_to(willing) == 1
        assert floor.invites_to(refusing) == 0


def test_nothing_can_be_attached_or_detached() -> None:
    """No relation leads from a campaign to refusals that somebody could leave out."""
    related = {
        field.related_model for field in CampaignFiling._meta.get_fields() if field.is_relation
    } | {field.related_model for field in Campaign._meta.get_fields() if field.is_relation}

    assert Refusal not in related
    assert Permit in related
