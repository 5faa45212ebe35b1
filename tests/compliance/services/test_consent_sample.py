"""CN13-CON-11: what a sample says of a list, and of the consents that it found without a proof."""

import pytest

from compliance.models import Consent, ConsentSample, ConsentSampleItem
from compliance.services.consent_sample import consent_sample_check
from tests.stages import staged
from tests.world import MORNING, World, ask, build_world, callees, consent

pytestmark = pytest.mark.django_db


@staged
def world() -> World:
    return build_world()


def check(world: World, picked: Consent, *, proved: bool) -> None:
    """Find out about the one consent that chance picked of the whole list."""
    whitelist, officer = world.filing.whitelist, world.people.approver
    sample = ConsentSample.objects.create(
        whitelist=whitelist,
        population=2,
        size=1,
        last_consent=whitelist.consents.latest("pk"),
        drawn_by=officer,
        drawn_at=MORNING,
    )
    item = ConsentSampleItem.objects.create(sample=sample, consent=picked)
    consent_sample_check(sample=sample, proved={item.pk: proved}, checked_by=officer, now=MORNING)


class TestAConsentFoundWithoutItsProof:
    @pytest.fixture
    def consents(self, world: World) -> tuple[Consent, Consent]:
        """Two consents; a sample found the first one unproved."""
        callees(world, 1, first=2)  # somebody whose consent makes the form a reviewed one
        people = callees(world, 2, consented=False)
        consent(world.filing, people, vouched=False)
        doubted, other = (person.consents.get() for person in people)
        check(world, doubted, proved=False)
        return doubted, other

    def test_carries_no_call_although_a_later_sample_passes(
        self, world: World, consents: tuple[Consent, Consent]
    ) -> None:
        doubted, other = consents
        check(world, other, proved=True)

        assert getattr(ask(world, doubted.person), "rules", ()) == ("CN13-CON-11",)

    def test_leaves_the_others_of_its_list_to_the_later_sample(
        self, world: World, consents: tuple[Consent, Consent]
    ) -> None:
        _, other = consents
        check(world, other, proved=True)

        assert not getattr(ask(world, other.person), "rules", ())

    def test_carries_calls_once_it_is_proved(
        self, world: World, consents: tuple[Consent, Consent]
    ) -> None:
        doubted, _ = consents
        check(world, doubted, proved=True)

        assert not getattr(ask(world, doubted.person), "rules", ())
