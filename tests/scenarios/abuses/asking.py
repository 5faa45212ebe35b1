"""What the rules, the gate and the lint say to an abuse."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from compliance.books import book
from compliance.gate import PermitRefusal
from compliance.models import Permit, Person
from compliance.redemption import redeem
from compliance.rulebook.decision import Verdict
from compliance.rulebook.engine import decide
from compliance.scripts import Step, errors, lint
from compliance.services.filing_register import FilingRefusedError
from dialer.models import Attempt, SeatSession
from dialer.services.call_open import call_open
from tests.compliance.imports.files import write_text
from tests.compliance.rulebook.build import make_facts
from tests.compliance.scripts.honest import context, opening
from tests.dialer.imports.run import run_import
from tests.phones import connected
from tests.recordings import opened_recording
from tests.world import (
    ACTOR,
    MORNING,
    World,
    add_lead,
    ask,
    log_on,
    make_caller_number,
    make_campaign,
    permitted,
)


def objections(**changes: Any) -> set[str]:
    """Return the rules that object to a call which is good but for the changes."""
    decision = decide(make_facts(**changes), book())
    assert (decision.verdict is Verdict.ALLOW) == (not decision.objections)
    return {finding.rule_id for finding in decision.objections}


def refused(world: World, person: Person, **how: Any) -> tuple[str, ...]:
    """Return the rules by which the gate refuses the call; it has to."""
    answer = ask(world, person, **how)
    assert isinstance(answer, PermitRefusal)
    return answer.rules


def not_filed(register: Callable[[], object]) -> set[str]:
    """Return the rules by which a campaign is not registered; it must not be."""
    with pytest.raises(FilingRefusedError) as told:
        register()
    return {finding.rule_id for finding in told.value.decision.objections}


def not_filed_from(world: World, number: str) -> set[str]:
    """Return the rules by which no campaign may show this caller number."""
    caller = make_caller_number(world.operator, world.trunk, number=number)
    return not_filed(
        lambda: make_campaign(
            people=world.people,
            principal=world.principal,
            caller_number=caller,
            trunk=world.trunk,
            code="from-there",
        )
    )


def faults(text: str, **who: Any) -> tuple[str, ...]:
    """Return what stands in the way of a script that says this."""
    steps = (opening("答复您登记的事项"), Step("body", text))
    return errors(lint(steps, context=context(**who)))


def rejected(folder: Path, rows: list[list[str]], *, name: str = "list", **options: Any) -> str:
    """Return why a list of leads is not taken; it must not be."""
    with pytest.raises(CommandError) as told:
        run_import(write_text(folder / f"{name}.csv", rows), **options)
    return str(told.value)


def call_up(world: World, person: Person) -> Attempt:
    """Return a call that has left."""
    log_on(world, world.seat)
    add_lead(world, person)
    permit = permitted(world, person)
    SeatSession.objects.filter(seat=world.seat).update(
        state=SeatSession.State.RESERVED, permit=permit
    )
    opened = call_open(
        permit_id=permit.pk,
        trunk_id=world.trunk.pk,
        line_process="test",
        recording=opened_recording(),
        phone_is_up=connected,
        now=MORNING,
    )
    return Attempt.objects.get(pk=opened.attempt_id)


def spend(permit: Permit) -> None:
    """Place the permit's call."""
    redeem(permit_id=permit.pk, trunk_id=permit.trunk_id, actor=ACTOR, now=MORNING)
