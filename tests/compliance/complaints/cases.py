"""Complaints for tests, opened and found by the services that people use."""

from datetime import datetime
from uuid import UUID

from compliance.models import CampaignFiling, Complaint, Permit, Person, User
from compliance.numbers import normalise
from compliance.services.complaint_open import Intake, Opened, complaint_open
from compliance.services.complaint_step import complaint_step
from compliance.services.people_admit import user_create
from compliance.services.permit_close import permit_close
from tests.world import ACTOR, MORNING, World, callee, number_at, permitted


def complain(
    place: int,
    *,
    channel: str = "12321",
    now: datetime = MORNING,
    permit_id: UUID | None = None,
    filing: CampaignFiling | None = None,
    external_ref: str = "",
    summary: str = "",
) -> Opened:
    """Take in the complaint of the `place`-th person."""
    intake = Intake(
        channel=channel,
        permit_id=permit_id,
        filing=filing,
        external_ref=external_ref,
        summary=summary,
    )
    return complaint_open(number=normalise(number_at(place)), intake=intake, actor=ACTOR, now=now)


def talked(world: World, *, place: int = 0, result: str = "answered") -> Permit:
    """Return the permit of a call that is over."""
    person: Person = callee(world, place=place)
    permit = permitted(world, person)
    Permit.objects.filter(pk=permit.pk).update(state="redeemed", redeemed_at=permit.issued_at)
    permit_close(permit_id=permit.pk, result=result, talk_seconds=30, ended_at=permit.issued_at)
    permit.refresh_from_db()
    return permit


def officer(name: str, *, role: str = "compliance", now: datetime = MORNING) -> User:
    """Add an account."""
    return user_create(
        username=name, password_hash="!", role=role, real_name=name, actor=ACTOR, now=now
    )


def upheld(world: World, place: int, *, now: datetime = MORNING) -> Complaint:
    """Return a complaint about the world's campaign that was found to be right."""
    case = complain(place, filing=world.filing, now=now).complaint
    complaint_step(complaint=case, kind="upheld", by=world.people.approver, now=now)
    return case
