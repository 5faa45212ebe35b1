"""The gate keeps its invariants, whatever happens in whatever order."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import (
    run_state_machine_as_test,
)

from tests.compliance.gate.machine import machine
from tests.compliance.gate.machine_world import SEATS, TRUNK_CALLS
from tests.world import (
    build_world,
)

SIZES = [
    pytest.param((3, 20), id="fast"),
    pytest.param((None, 40), id="long", marks=[pytest.mark.long, pytest.mark.timeout(900)]),
]


@pytest.mark.django_db
class TestGate:
    @pytest.mark.parametrize("size", SIZES)
    def test_keeps_its_invariants_under_any_sequence_of_events(
        self, size: tuple[int | None, int], request: pytest.FixtureRequest
    ) -> None:
        examples, steps = size
        examples = examples or int(request.config.getoption("--gate-sequences"))
        world = build_world(seats=SEATS, max_calls=TRUNK_CALLS)

        gate = machine(world)

        run_state_machine_as_test(
            gate,
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                database=None,
                derandomize=examples < 10,  # a few must not depend on luck to get to the wire
                phases=[Phase.generate],  # shrinking would take minutes on a real database
                suppress_health_check=list(HealthCheck),
            ),
        )

        assert gate.calls > 0  # the machine got as far as the wire
