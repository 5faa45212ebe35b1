"""Spend a permit as a line process does, or find that it cannot be."""

from typing import Any

import pytest
from django.db import transaction

from audit.models import AuditEntry
from compliance.models import (
    Permit,
)
from compliance.redemption import PermitUnusableError, SpentPermit, redeem
from compliance.vault import SealBrokenError
from tests.world import (
    ACTOR,
    MORNING,
)


def spend(permit: Permit, **changes: Any) -> SpentPermit:
    given = {"permit_id": permit.pk, "trunk_id": permit.trunk_id, "actor": ACTOR, "now": MORNING}
    return redeem(**{**given, **changes})


def unusable(permit: Permit, **changes: Any) -> None:
    """Check that the permit does not lead to a call, and leaves no trace of one."""
    before = Permit.objects.values().get(pk=permit.pk)

    with pytest.raises((PermitUnusableError, SealBrokenError)), transaction.atomic():
        spend(permit, **changes)

    assert Permit.objects.values().get(pk=permit.pk) == before
    assert not AuditEntry.objects.filter(action="permit.redeemed").exists()
