"""How many people of a campaign a pre-flight judges in a second, by the gate's own rules."""

from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.database import fresh_database
from benchmarks.report import Comparison, at_least

if TYPE_CHECKING:
    from compliance.models import CampaignFiling

PEOPLE = 10_000  # …
TURNS = 10  # … each judged so many times in a run: 100,000 leads
SECONDS = 30  # that 100,000 may take


def measure(*, server_url: str, rounds: int) -> list[Comparison]:
    """Judge 100,000 leads; every one of them was called once before."""
    with fresh_database(server_url):
        from benchmarks.world import world_make  # noqa: PLC0415
        from compliance.models import CampaignFiling  # noqa: PLC0415

        world = world_make(filings=1, seats=1, people=PEOPLE)
        filing = CampaignFiling.objects.get(pk=world.filings[0])
        leads = world.people * TURNS
        rates = [_rate(filing, leads) for _ in range(min(rounds, 3))]
    return [
        Comparison(
            name="preflight",
            ours=f"leads a second, {len(leads):,} leads",
            peer=f"leads a second that 100,000 within {SECONDS} s take",
            rounds=[(rate, 100_000 / SECONDS) for rate in rates],
            goal=at_least(1),
            notes=[f"{PEOPLE:,} people, each {TURNS} times; no prefilter"],
        )
    ]


def _rate(filing: "CampaignFiling", leads: tuple[int, ...]) -> float:
    from benchmarks.parties import ACTOR, OPENING  # noqa: PLC0415
    from compliance.preflight import preflight  # noqa: PLC0415

    began = perf_counter()
    found = preflight(filing=filing, person_ids=leads, actor=ACTOR, now=OPENING)
    seconds = perf_counter() - began
    if found.now != len(leads):
        raise AssertionError(f"Not everybody may be called: {dict(found.objections)}.")
    return len(leads) / seconds
