"""SYNC-DELETES-DNC: a declarative sync deletes the refusals that it does not mention.

Here an import of refusals adds; a list that says nothing of a person says nothing.
"""

from collections.abc import Callable
from pathlib import Path

from django.core.management import call_command

from compliance.models import Person, Refusal
from compliance.numbers import normalise
from compliance.services.person_for_number import number_of, person_for_number
from tests.compliance.imports.files import write_text
from tests.scenarios.floor import Floor
from tests.world import MORNING, World, callees, refuse

STRANGER = "13700001234"


def sync(folder: Path, *numbers: str) -> None:
    """Read the whole list of refusals, as somebody else's system has it."""
    path = write_text(folder / "refusals.csv", [["手机号"], *([number] for number in numbers)])
    call_command("refusals_import", str(path), by="approver", yes=True, json=True)


def import_leads(folder: Path, *people: Person) -> None:
    """Put people on the campaign by a list."""
    rows = [["手机号"], *([number_of(person)] for person in people)]
    call_command(
        "leads_import",
        str(write_text(folder / "leads.csv", rows)),
        campaign="spring-course",
        list="官网三月",
        source="own_form",
        collected_by="晨星教育科技有限公司",
        notice="我们会致电答复您。",
        by="author",
        yes=True,
        json=True,
    )


class TestSync:
    def test_deletes_no_refusal_that_it_does_not_mention(
        self, world: World, open_floor: Callable[..., Floor], tmp_path: Path
    ) -> None:
        floor = open_floor()
        floor.start_line()
        refusing, willing = callees(world, 2)
        refuse(refusing, world.principal)

        sync(tmp_path, STRANGER)
        sync(tmp_path, STRANGER, "15012345678")  # the next state of the list, without them too
        import_leads(tmp_path, refusing, willing)
        floor.work_off()

        stranger = person_for_number(number=normalise(STRANGER), now=MORNING)
        assert Refusal.objects.filter(person__in=[refusing, stranger]).count() >= 2
        assert Refusal.objects.filter(person=refusing).exists()
        assert floor.invites_to(refusing) == 0
        assert floor.invites_to(willing) == 1
        assert floor.wire_equals_permits()
