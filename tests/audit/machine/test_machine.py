"""Whatever happens to the trail: no alarm without a tamper, and an alarm for every one."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from pytest_django import DjangoDbBlocker

from tests.audit.machine.trail import TrailMachine

ANYHOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


def run(folder: Path, *, examples: int, steps: int, anew: bool = False) -> None:
    """Walk the machine: always along the same ways, or along new ones every time."""
    machine = type("Machine", (TrailMachine,), {"folder": folder / "log"})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=not anew,
            phases=[Phase.generate],  # shrinking would take minutes on a real database
            suppress_health_check=ANYHOW,
        ),
    )


@pytest.fixture
def database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> object:
    with django_db_blocker.unblock():
        yield


@pytest.mark.usefixtures("database")
class TestTrail:
    def test_raises_an_alarm_if_and_only_if_it_was_tampered_with(self, tmp_path: Path) -> None:
        run(tmp_path, examples=12, steps=15)

    @pytest.mark.long
    def test_raises_an_alarm_if_and_only_if_it_was_tampered_with_often(
        self, tmp_path: Path, pytestconfig: pytest.Config
    ) -> None:
        histories = int(pytestconfig.getoption("--trail-histories"))

        run(tmp_path, examples=histories, steps=40, anew=True)
