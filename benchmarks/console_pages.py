"""How long the officer's pages take over a year of decisions, with every filter in turn."""

import random
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.database import fresh_database
from benchmarks.report import Comparison, at_most

if TYPE_CHECKING:
    from django.test import Client

DECISIONS, NUMBERS = 200_000, 50_000  # `python -m benchmarks.console_pages` takes more
MOST_MS = 300
ASKED = 40  # pages of a kind in a round
SLOWEST = 0.95


def measure(
    *, server_url: str, rounds: int, decisions: int = DECISIONS, numbers: int = NUMBERS
) -> list[Comparison]:
    """Seed a history, and ask for decisions, dossiers and entries of the trail in turn."""
    with fresh_database(server_url):
        from config.history.fill import fill  # noqa: PLC0415 - needs Django set up

        fill(
            decisions=decisions, numbers=numbers, say=lambda line: print(f"    {line}", flush=True)
        )
        pages = _pages()
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in pages}
        for number in range(rounds + 1):
            for name, addresses in pages.items():
                took = _p95(addresses)
                if number:  # the first round warms caches and plans
                    found[name].append((took, MOST_MS))
    return [
        Comparison(
            name=f"page_{name}",
            ours=f"p95 in ms of {ASKED} different pages, one reader",
            peer="ms that are allowed",
            rounds=found[name],
            goal=at_most(1),
            must=at_most(1),
            notes=[f"{decisions:,} decisions, {numbers:,} numbers, all of its filters in turn"],
        )
        for name in found
    ]


def _say(line: str) -> None:
    print(f"    {line}", flush=True)


def _p95(addresses: Callable[[], Iterator[str]]) -> float:
    client = _reader()
    took = []
    for address in addresses():
        began = perf_counter()
        status = client.get(address).status_code
        took.append((perf_counter() - began) * 1000)
        if status != 200:
            raise AssertionError(f"{address} answered {status}.")
    return sorted(took)[int(SLOWEST * len(took))]


def _reader() -> "Client":
    from django.conf import settings  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from compliance.models import User  # noqa: PLC0415

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    client = Client()
    client.force_login(User.objects.get(username="compliance"))
    return client


def _pages() -> dict[str, Callable[[], Iterator[str]]]:
    from compliance.models import CampaignFiling, Decision, Person, Seat  # noqa: PLC0415

    dice = random.Random(5)
    codes = list(CampaignFiling.objects.values_list("code", flat=True))
    seats = list(Seat.objects.values_list("code", flat=True))
    people = list(Person.objects.order_by("pk").values_list("pk", flat=True))
    first, last = Decision.objects.order_by("at").first(), Decision.objects.order_by("-at").first()
    assert first is not None
    assert last is not None
    rules = sorted(
        {rule for row in Decision.objects.order_by("at")[:2000] for rule in row.objecting_rules}
    )
    days = (last.at - first.at).days

    def day() -> str:
        from datetime import timedelta  # noqa: PLC0415

        assert first is not None
        return f"{first.at + timedelta(days=dice.randrange(max(1, days))):%Y-%m-%d}"

    def decisions() -> Iterator[str]:
        filters = (
            lambda: "",
            lambda: f"rule={dice.choice(rules)}",
            lambda: "rule=CN13-NUM-04",  # that never objected
            lambda: f"rule={dice.choice(rules)[5:8]}",
            lambda: f"seat={dice.choice(seats)}",
            lambda: f"campaign={dice.choice(codes)}&verdict=defer",
            lambda: f"day={day()}&verdict=refuse",
            lambda: f"seat={dice.choice(seats)}&rule={dice.choice(rules)}&since={day()}T08:00",
        )
        for n in range(ASKED):
            yield f"/decisions/?{filters[n % len(filters)]()}"

    def dossiers() -> Iterator[str]:
        for n in range(ASKED):
            person = max(people) - len(people) + 1 if n % 8 == 0 else dice.choice(people)
            yield f"/dossiers/{person}/"

    return {"decisions": decisions, "dossiers": dossiers}
