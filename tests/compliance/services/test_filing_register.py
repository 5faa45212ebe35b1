"""A campaign that is refused at registration is on record, whatever number it was to show."""

import json

import pytest

from audit.models import AuditEntry
from audit.plain_numbers import plain_number_in
from compliance.models import CampaignFiling
from compliance.services.filing_register import FilingRefusedError
from tests.stages import staged
from tests.world import World, build_world, make_caller_number, make_campaign


@staged
def world() -> World:
    return build_world()


class TestRefusedCampaign:
    @pytest.mark.parametrize(
        ("number", "shown"),
        [
            ("13800138000", "138****8000"),  # a user's own number
            ("01065530000", "010-****0000"),  # a landline
            ("17012345678", "170****5678"),  # a virtual operator's
        ],
    )
    def test_is_recorded_without_the_number(self, world: World, number: str, shown: str) -> None:
        caller = make_caller_number(world.operator, world.trunk, number=number)

        with pytest.raises(FilingRefusedError) as refused:
            make_campaign(
                people=world.people,
                principal=world.principal,
                caller_number=caller,
                trunk=world.trunk,
                code="own-number",
            )

        rules = [finding.rule_id for finding in refused.value.decision.objections]
        assert "CN13-NUM-05" in rules
        body = bytes(AuditEntry.objects.get(action="campaign.registration_refused").body).decode()
        assert not plain_number_in(body)
        found = {row["rule"]: row for row in json.loads(body)["data"]["findings"]}
        assert found["CN13-NUM-05"]["values"]["number"] == shown
        assert not CampaignFiling.objects.filter(code="own-number").exists()
