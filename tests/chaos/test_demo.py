"""The whole demo on its own: how fast it is ready, how much it occupies, how it dies."""

import os
import sys
from pathlib import Path

import psycopg
import pytest

from tests.chaos.demo import Demo, alive, demo, family, memory_mb, soon

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]

GONE_SECONDS = 12.0  # the line process first ends the calls that are up
END_SECONDS = 120.0
PREPARED = 180.0  # where three demos and a race begin at once
WARM_SECONDS = 10.0  # with nothing else to do; beside other work, in proportion to it
MEMORY_MB = 700


def has_table(running: Demo, table: str) -> bool:
    """Tell whether the demo's database, perhaps a half-made one, has a table already."""
    try:
        with psycopg.connect(running.servers()["DATABASE_URL"]) as connection:
            found = connection.execute("SELECT to_regclass(%s)", [table]).fetchone()
            return found is not None and found[0] is not None
    except (KeyError, psycopg.Error):
        return False


class TestDemoWhoseSupervisorIsKilled:
    """The tests share a folder and build on each other's runs, as a person's starts do."""

    def test_starts_again_after_a_death_in_the_midst_of_its_preparation(
        self, folder: Path
    ) -> None:
        with demo(folder, "--headless", "--leads", "30") as running:
            running.wait(lambda: has_table(running, "compliance_operator"), seconds=PREPARED)
            running.kill()

        with demo(folder, "--headless", "--leads", "30") as running:
            assert running.ended(seconds=END_SECONDS) == 0, running.last_words()

    def test_takes_every_process_with_it(self, folder: Path) -> None:
        with demo(folder, "--port", "0", "--leads", "120") as running:
            seconds = running.wait_for_calls(at_least=5)
            processes = family(running.pid)
            assert set(running.pids().values()) < processes

            running.kill()

            assert soon(lambda: not any(map(alive, processes)), seconds=GONE_SECONDS)
        sys.stdout.write(f"first start in the folder, to the first INVITEs: {seconds:.1f} s\n")

    def test_starts_clean_and_soon_again(self, folder: Path) -> None:
        with demo(folder, "--headless", "--leads", "60") as running:
            seconds = running.wait_for_calls()
            busyness = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))

            assert running.ended(seconds=END_SECONDS) == 0, running.last_words()
        figures = running.figures() or {}
        assert figures["leads"] == 60
        assert figures["invites_seen_by_carrier"] == figures["permits_redeemed"] > 0
        assert figures["unpermitted_invites"] == 0
        assert seconds < WARM_SECONDS * busyness
        sys.stdout.write(f"warm start to the first INVITE: {seconds:.1f} s, load {busyness:.1f}\n")

    def test_stays_small_with_its_console(self, folder: Path) -> None:
        with demo(folder, "--port", "0", "--leads", "120") as running:
            most = 0.0
            running.wait_for_calls()
            while running.figures() is None:
                running.let_run(seconds=1.0)
                most = max(most, memory_mb(running.pid))

        assert 0 < most < MEMORY_MB
        sys.stdout.write(f"all processes together: {most:.0f} MB\n")
