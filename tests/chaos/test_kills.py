"""kill -9 of whatever runs a campaign, fifty times or `--kills`, at random moments."""

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.demo import ROOT, Demo, demo
from tests.chaos.killer import Killer, deaths

pytestmark = [pytest.mark.long, pytest.mark.timeout(1200)]

SEED = int(os.environ.get("CHAOS_SEED", "5"))
LEADS_A_KILL = 16  # so that the campaign still goes on after the last one
END_SECONDS = 240.0
MEMORY_MB = 700


@dataclass(frozen=True, kw_only=True)
class Aftermath:
    """What is known when the campaign has ended."""

    leads: int
    kills: int
    killer: Killer
    books: dict[str, Any]
    figures: dict[str, Any]  # the demo's own


@pytest.fixture(scope="module")
def aftermath(folder: Path, pytestconfig: pytest.Config) -> Aftermath:
    kills = int(pytestconfig.getoption("--kills"))
    leads = LEADS_A_KILL * kills
    sample = ("--leads", str(leads), "--seats", "72", "--port", "0", "--seed", str(SEED))
    with demo(folder, *sample) as running:
        running.wait_for_calls(at_least=10)
        killer = Killer(running)
        killer.run(kills=kills, seed=SEED)
        running.wait(lambda: running.figures() is not None, seconds=END_SECONDS)
        books = compare(running, killer)
        figures = running.figures() or {}
    found = Aftermath(leads=leads, kills=kills, killer=killer, books=books, figures=figures)
    report(found)
    return found


def compare(running: Demo, killer: Killer) -> dict[str, Any]:
    script = running.folder / "demo" / "carrier.json"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.chaos.books"),
            *(str(running.records), str(script), killer.last_at.isoformat()),
        ],
        cwd=ROOT,
        env={**running.environ(), **running.servers()},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def report(found: Aftermath) -> None:
    """Show the figures to whoever runs this with `-s`."""
    back: dict[str, float] = {}
    for _, name, seconds in found.killer.killed:
        back[name] = round(max(seconds, back.get(name, 0.0)), 2)
    lines = {
        "slowest return": back,
        "memory": round(found.killer.memory_mb),
        "demo": found.figures,
        **found.books,
    }
    for name, value in lines.items():
        sys.stdout.write(f"{name}: {json.dumps(value)}\n")


class TestKills:
    def test_hit_every_process_that_a_campaign_needs(self, aftermath: Aftermath) -> None:
        killed = Counter(name for _, name, _ in aftermath.killer.killed)

        assert killed == deaths(kills=aftermath.kills)
        assert killed.total() >= 0.9 * aftermath.kills

    def test_let_no_unpermitted_invite_leave(self, aftermath: Aftermath) -> None:
        wire = aftermath.books["wire"]

        assert wire["unpermitted"] == []
        assert wire["redeemed"] >= wire["calls"] > 0
        assert aftermath.figures["unpermitted_invites"] == 0

    def test_leave_no_call_out_of_the_lines_own_count(self, aftermath: Aftermath) -> None:
        counts = aftermath.books["counts"]

        assert counts["unpermitted"] == 0
        assert not [odd for odd in counts["unmatched"] if odd.startswith("carrier_cdr")]
        assert counts["carrier_cdr"] <= counts["line"] <= counts["permits"]

    def test_let_no_number_be_dialled_twice_for_one_permit(self, aftermath: Aftermath) -> None:
        wire = aftermath.books["wire"]

        assert wire["call_ids_used_twice"] == 0
        assert wire["dialled_more_often_than_permitted"] == []

    def test_let_nobody_be_called_after_refusing(self, aftermath: Aftermath) -> None:
        assert aftermath.books["refusals"]["calls_after_a_refusal"] == 0
        assert aftermath.figures["calls_after_refusal"] == 0

    def test_lose_no_refusal_but_in_a_call_that_is_closed_as_lost(
        self, aftermath: Aftermath
    ) -> None:
        refusals = aftermath.books["refusals"]

        assert refusals["recorded"] > 0
        assert refusals["not_recorded_and_not_lost"] == []
        assert refusals["we_hung_up_and_did_not_record"] == {}

    def test_leave_no_call_open_and_no_lead_hanging(self, aftermath: Aftermath) -> None:
        floor = aftermath.books["floor"]

        assert floor["hanging"] == {}
        assert set(floor["leads"]) <= {"waiting", "claimed", "blocked", "done"}
        assert sum(floor["leads"].values()) == aftermath.leads

    def test_leave_no_permit_spent_without_its_call_record(self, aftermath: Aftermath) -> None:
        wire = aftermath.books["wire"]

        assert wire["redeemed_without_attempt"] == 0
        assert wire["redeemed_never_sent_not_closed_so"] == 0
        assert wire["redeemed"] == wire["calls"] + sum(wire["redeemed_never_sent"].values())

    def test_let_no_call_be_given_up_that_its_line_still_holds(self, aftermath: Aftermath) -> None:
        assert aftermath.books["wire"]["lost_while_its_line_lived"] == 0

    def test_lose_no_entry_of_the_audit_trail(self, aftermath: Aftermath) -> None:
        trail = dict(aftermath.books["trail"])

        assert trail.pop("entries") > 0
        assert trail == dict.fromkeys(trail, 0)

    def test_let_the_campaign_go_on_by_itself(self, aftermath: Aftermath) -> None:
        assert aftermath.books["wire"]["calls_after_the_last_kill"] > 0

    def test_let_all_processes_together_stay_small(self, aftermath: Aftermath) -> None:
        assert 0 < aftermath.killer.memory_mb < MEMORY_MB
