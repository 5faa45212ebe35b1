"""What came of asking the gate, and how a call of a test ends."""

from compliance.gate import PermitRefusal
from compliance.models import (
    CampaignFiling,
    Permit,
)
from compliance.redemption import redeem
from compliance.rulebook.decision import Verdict
from compliance.services.permit_close import permit_close
from tests.world import (
    ACTOR,
    World,
    make_campaign,
    make_principal,
)


def refused_by(answer: Permit | PermitRefusal, verdict: Verdict = Verdict.REFUSE) -> set[str]:
    """Return the rules that objected, and check that the refusal left no permit."""
    assert isinstance(answer, PermitRefusal)
    assert answer.verdict is verdict
    assert not Permit.objects.filter(decision=answer.decision_id).exists()
    return set(answer.rules)


def close(permit: Permit, *, result: str = "no_answer", talk_seconds: int = 0) -> None:
    """Spend a permit and end its call."""
    redeem(permit_id=permit.pk, trunk_id=permit.trunk_id, actor=ACTOR, now=permit.issued_at)
    permit_close(
        permit_id=permit.pk,
        result=result,
        talk_seconds=talk_seconds,
        ended_at=permit.issued_at,
    )


def other_filing(world: World) -> CampaignFiling:
    principal = make_principal(name="别家教育有限公司", industry="other")
    return make_campaign(
        people=world.people,
        principal=principal,
        caller_number=world.caller_number,
        trunk=world.trunk,
        code="other",
    ).filing
