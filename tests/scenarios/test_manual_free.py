"""MANUAL-FREE: an agent types any number and it is dialled.

Here no service, operation, task, command or line takes a number to dial from anybody: a call is
asked for by the id of a lead, and the number comes out of the person's sealed row.
"""

import inspect
import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import get_commands, load_command_class
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.response import Response
from rest_framework.test import APIClient

import compliance
import console
import dialer
from compliance.models import Permit
from compliance.redemption import SpentPermit
from dialer.api.dial_requests import DialRequests
from dialer.line_process import ready_call
from dialer.models import Lead
from tests.scenarios.floor import Floor
from tests.world import World, callees, number_at

# Whatever could name a phone to ring or a number to show.
NUMBERS = {
    *("number", "numbers", "phone", "msisdn", "callee", "called", "to", "dest", "destination"),
    *("uri", "sip_uri", "e164", "caller_number", "caller_id", "from_number", "ani", "cli"),
}
# They find, file, import, ask about or seal a number, and ring nobody.
MAY_TAKE_A_NUMBER = {
    "compliance.gate.claims_of",  # a digest
    "compliance.services.complaint_open",
    "compliance.services.documents_record.letter_record",  # the numbers that a letter is about
    "compliance.services.external_list",
    "compliance.services.honeypot_plant",
    "compliance.services.number_proof_begin",  # a code goes to it by a gateway; nothing dials
    "compliance.services.number_register.numbers_protect",
    "compliance.services.documents_record.document_record",  # the document's own number
    "compliance.services.lines_record.caller_number_file",
    "compliance.services.number_change_approve",  # records of filed numbers
    "compliance.services.number_clocks",
    "compliance.services.parties_register.licence_record",  # the licence's own number
    "compliance.services.person_for_number",
    "compliance.services.question_ask",
    "compliance.services.subject_request_open",
    "compliance.services.filing_register",
}

# Commands that ask about somebody, hand out their records, take down a no, or name an import, a
# call record's day.
MAY_BE_GIVEN_A_NUMBER = {
    *("audit_export", "reconcile", "subject_access"),
    *("can_i_call", "complaint_open", "consent_withdraw", "evidence_pack", "imports_show"),
    "refusal_record",
}


def services() -> Iterator[tuple[str, Callable[..., object]]]:
    """Yield every function of our own in the services, the gate, the tasks and the streams."""
    for package in (compliance, dialer, console):
        for module in modules(package):
            rooms = (".services.", ".gate", ".redemption", ".tasks", ".streams", ".line_process.")
            if any(room in f"{module.__name__}." for room in rooms):
                for name, function in inspect.getmembers(module, inspect.isfunction):
                    if function.__module__ == module.__name__ and not name.startswith("_"):
                        yield f"{module.__name__}.{name}", inspect.unwrap(function)


def modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if ".management." not in found.name and ".migrations" not in found.name:
            yield import_module(found.name)


class TestEveryPath:
    def test_takes_no_number_to_dial_or_to_show(self) -> None:
        seen = dict(services())

        taking = [
            name
            for name, function in seen.items()
            if NUMBERS & set(inspect.signature(function).parameters)
            and not any(name.startswith(allowed) for allowed in MAY_TAKE_A_NUMBER)
        ]

        assert taking == []
        assert "dialer.services.call_launch.call_launch" in seen
        assert "compliance.gate.permit_request" in seen

    def test_knows_the_number_from_the_spent_permit_alone(self) -> None:
        """Only the line process makes what a line dials, and only from what redemption gives."""
        makers = [
            module.__name__
            for package in (compliance, dialer, console)
            for module in modules(package)
            if "CallRequest(" in Path(str(module.__file__)).read_text()
            and not module.__name__.startswith("dialer.lines.")
        ]

        assert makers == [ready_call.__name__]
        assert {"callee", "caller_number"} <= set(SpentPermit.__dataclass_fields__)
        assert "callee=spent.callee" in inspect.getsource(ready_call)
        assert "caller_number=spent.caller_number" in inspect.getsource(ready_call)

    def test_of_the_commands_rings_nobody_by_number(self) -> None:
        ours = {
            name: load_command_class(app, name)
            for name, app in get_commands().items()
            if app in ("audit", "compliance", "dialer", "console")
        }

        for name, command in ours.items():
            options = {action.dest for action in command.create_parser("manage.py", name)._actions}
            assert not NUMBERS & options or name in MAY_BE_GIVEN_A_NUMBER, name
        assert "run_lines" in ours


@pytest.fixture
def client(world: World, broker: str) -> APIClient:
    cache.clear()
    client = APIClient()
    client.force_authenticate(world.people.author)  # a supervisor
    return client


def wish(client: APIClient, **body: Any) -> Response:
    response: Response = client.post("/api/dial-requests", body, format="json")
    return response


class TestDialRequest:
    def test_has_no_field_for_a_number(self) -> None:
        assert set(DialRequests.Input().fields) == {"campaign", "lead"}

    @given(
        campaign=st.just("spring-course") | st.text(max_size=8),
        lead=st.integers() | st.text("+0123456789 ", max_size=16) | st.lists(st.integers()),
        more=st.dictionaries(
            st.sampled_from(sorted(NUMBERS)) | st.text(max_size=8), st.text(), max_size=2
        ),
    )
    def test_is_a_leads_id_or_nothing(
        self, campaign: str, lead: object, more: dict[str, str]
    ) -> None:
        """CN13-AGT-08: whatever else somebody writes into it, a number least of all."""
        asked = DialRequests.Input(data=more | {"campaign": campaign, "lead": lead})

        if asked.is_valid():
            assert not more.keys() - {"campaign", "lead"}
            assert asked.validated_data == {"campaign": campaign.strip(), "lead": int(str(lead))}

    @pytest.mark.parametrize("field", sorted(NUMBERS))
    def test_with_a_number_in_it_rings_nobody(
        self, world: World, client: APIClient, field: str
    ) -> None:
        (person,) = callees(world, 1)
        lead = Lead.objects.create(
            campaign=world.campaign,
            person=person,
            contact_list=world.contact_list,
            due_at="2026-03-11T01:00:00Z",
        )

        answer = wish(client, campaign="spring-course", lead=lead.pk, **{field: "+8613900139000"})

        assert answer.status_code == 400
        assert not Permit.objects.exists()

    def test_rings_the_lead_and_never_the_number_somebody_typed(
        self, world: World, open_floor: Callable[..., Floor], client: APIClient
    ) -> None:
        floor = open_floor()
        floor.start_line()
        (person,) = callees(world, 1)
        (lead,) = floor.leads(person)
        floor.ready(world.seat)

        typed = [
            wish(client, campaign="spring-course", lead="+8613900139000"),
            wish(client, campaign="spring-course", lead=8613900139000),
            wish(client, campaign="spring-course", lead=number_at(0)),
        ]
        asked = wish(client, campaign="spring-course", lead=lead.pk)
        floor.rings(person)
        floor.settle()

        assert {answer.status_code for answer in typed} <= {400, 404}
        assert asked.status_code == 201
        assert floor.invites() == {number_at(0): 1}

    def test_does_not_ring_a_lead_without_consent(
        self, world: World, open_floor: Callable[..., Floor], client: APIClient
    ) -> None:
        floor = open_floor()
        floor.start_line()
        (stranger,) = callees(world, 1, consented=False)
        (willing,) = callees(world, 1, first=1)
        leads = floor.leads(stranger, willing)
        floor.ready(world.seat)

        answers = [
            wish(client, campaign="spring-course", lead=lead.pk).status_code for lead in leads
        ]
        floor.rings(willing)
        floor.settle()

        assert answers == [409, 201]
        assert floor.invites_to(stranger) == 0
