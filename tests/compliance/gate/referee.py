"""What the database itself has to refuse."""

import pytest
from django.db import DatabaseError, transaction

from compliance.models import (
    CampaignFiling,
)
from tests.compliance.gate.attacker import sql
from tests.world import (
    World,
    make_campaign,
)


def forbidden(statement: str, *parameters: object, match: str) -> None:
    """Check that the database itself refuses the statement, and for that reason."""
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match=match), transaction.atomic():
        sql(statement, parameters)


def draft(world: World) -> CampaignFiling:
    """Return a campaign that nobody has activated."""
    return make_campaign(
        people=world.people,
        principal=world.principal,
        caller_number=world.caller_number,
        trunk=world.trunk,
        code="draft",
        active=False,
    ).filing
