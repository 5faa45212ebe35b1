"""The whole demo on its own: how fast it is ready, how much it occupies, how it dies."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.chaos.demo import ROOT, Demo, alive, demo, family, memory_mb, processor_seconds, soon

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]

GONE_SECONDS = 12.0  # the line process first ends the calls that are up
END_SECONDS = 120.0
PREPARED = 180.0  # where three demos and a race begin at once
WARM_STARTS = 16.0  # of processor time, in bare starts of our Django: the machine may be busy
PROBES = 3
BARE_START = [sys.executable, "-c", "import django; django.setup()"]
MEMORY_MB = 700


def has_table(running: Demo, table: str) -> bool:
    """Tell whether the demo's database, perhaps a half-made one, has a table already."""
    try:
        with psycopg.connect(running.servers()["DATABASE_URL"]) as connection:
            found = connection.execute("SELECT to_regclass(%s)", [table]).fetchone()
            return found is not None and found[0] is not None
    except (KeyError, psycopg.Error):
        return False


def bare_start_seconds() -> float:
    """Measure what this machine computes now to start our Django, and nothing more."""
    before = os.times()
    for _ in range(PROBES):
        subprocess.run(BARE_START, cwd=ROOT, check=True)
    after = os.times()
    spent = after.children_user - before.children_user
    return (spent + after.children_system - before.children_system) / PROBES


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
        bare = bare_start_seconds()
        with demo(folder, "--headless", "--leads", "40") as running:
            seconds = running.wait_for_calls()
            computed = processor_seconds(running.pid)

            assert running.ended(seconds=END_SECONDS) == 0, running.last_words()
        figures = running.figures() or {}
        assert figures["leads"] == 40
        assert figures["invites_seen_by_carrier"] == figures["permits_redeemed"] > 0
        assert figures["unpermitted_invites"] == 0
        assert computed < WARM_STARTS * bare
        sys.stdout.write(
            f"warm start to the first INVITE: {seconds:.1f} s, {computed:.1f} s of processor time,"
            f" a bare start {bare:.1f} s\n"
        )

    def test_stays_small_with_its_console(self, folder: Path) -> None:
        with demo(folder, "--port", "0", "--leads", "60") as running:
            most = 0.0
            running.wait_for_calls()
            while running.figures() is None:
                running.let_run(seconds=1.0)
                most = max(most, memory_mb(running.pid))

        assert 0 < most < MEMORY_MB
        sys.stdout.write(f"all processes together: {most:.0f} MB\n")
