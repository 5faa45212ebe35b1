"""The tests' call centre with one account for every role, and what its tables hold."""

from dataclasses import dataclass

from django.apps import apps

from audit.models import AuditEntry
from compliance.models import ListImport, Principal, Seat, User, Whitelist
from compliance.numbers import normalise
from compliance.services.people_admit import user_create
from compliance.services.person_for_number import person_for_number
from dialer.models import Campaign
from tests.world import ACTOR, MORNING, World, build_world
from tests.world import consent as world_consent

NOW = MORNING


@dataclass(frozen=True, kw_only=True)
class House:
    world: World
    administrator: User
    compliance: User
    supervisor: User
    agent: User
    regulator: User

    @property
    def campaign(self) -> Campaign:
        return self.world.campaign

    @property
    def principal(self) -> Principal:
        return self.world.principal

    @property
    def seat(self) -> Seat:
        return self.world.seat

    @property
    def whitelist(self) -> Whitelist:
        return self.campaign.filing.whitelist

    def account(self, role: str) -> User:
        account: User = getattr(self, role)
        return account


def build_house() -> House:
    """Make the records, all at NOW, with the clock standing still there."""
    return House(world=build_world(seats=1), **{role: _user(role) for role in User.Role.values})


def consent(house: House, number: str) -> int:
    """Put a person's consent on the campaign's whitelist; return the person's id."""
    person = person_for_number(number=normalise(number), now=NOW)
    world_consent(house.campaign.filing, [person])
    return person.pk


def row_counts() -> dict[str, int]:
    """Count the rows of every table of the three apps: equal counts, nothing was added.

    The rows of the imports themselves, which tell how far each has come, do not count.
    """
    labels = ("audit", "compliance", "dialer")
    return {
        model._meta.label: model._default_manager.count()
        for label in labels
        for model in apps.get_app_config(label).get_models()
        if model is not ListImport
    }


def recorded(before: dict[str, int], action: str) -> dict[str, int]:
    """Return the counts of before with one entry of the trail more, the last, of that action."""
    assert AuditEntry.objects.latest("pk").action == action
    more = ("audit.AuditEntry", "audit.AuditPending")
    return {name: count + (name in more) for name, count in before.items()}


def everything_stored() -> str:
    """Return every value in every table as one text, bytes as they are."""
    labels = ("audit", "compliance", "dialer", "knox")
    models = [model for label in labels for model in apps.get_app_config(label).get_models()]
    rows = [row for model in models for row in model._default_manager.values_list()]
    return "\n".join(_text(value) for row in rows for value in row)


def _text(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("latin-1")
    return str(value)


def _user(role: str) -> User:
    return user_create(
        username=role,
        password_hash="!",  # nobody logs in with a password
        role=role,
        real_name=role,
        actor=ACTOR,
        now=NOW,
    )
