"""How long the officer's pages take over a year of decisions, with every filter in turn.

`python -m benchmarks console_pages` fills a database of its own; `python -m
benchmarks.console_pages` takes the one of DATABASE_URL, which `manage.py seed_history` has filled.
"""

import argparse
import os
import random
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from time import perf_counter
from typing import TYPE_CHECKING, Any

from benchmarks.database import broker, fresh_database
from benchmarks.report import FAIL, Comparison, at_most

if TYPE_CHECKING:
    from django.test import Client

DECISIONS, NUMBERS = 200_000, 50_000
MOST_MS = 300
ASKED = 40  # pages of a kind in a round
SLOWEST = 0.95
Asked = Callable[[int], str]  # the address of the n-th page


def measure(*, server_url: str, rounds: int) -> list[Comparison]:
    """Seed a history, and ask for decisions, dossiers and entries of the trail in turn."""
    with broker(server_url) as redis_url, fresh_database(server_url):
        from config.history.fill import fill  # noqa: PLC0415 - needs Django set up

        _cache_in(redis_url)
        fill(decisions=DECISIONS, numbers=NUMBERS, say=_say)
        return _measured(rounds)


def main(arguments: list[str]) -> int:
    """Ask the pages of a database that is filled already; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.console_pages", description=__doc__
    )
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django  # noqa: PLC0415 - the settings read the environment

    django.setup()
    with broker(os.environ["DATABASE_URL"]) as redis_url:
        _cache_in(redis_url)
        found = _measured(options.rounds)
    for one in found:
        print("\n".join(one.lines()), flush=True)
    return int(any(one.verdict == FAIL for one in found))


def _measured(rounds: int) -> list[Comparison]:
    from compliance.models import Decision, Person  # noqa: PLC0415 - needs Django set up

    size = f"{Decision.objects.count():,} decisions, {Person.objects.count():,} numbers"
    kinds = pages()
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in kinds}
    slowest: dict[str, tuple[float, str]] = {}
    client = reader()
    for number in range(rounds + 1):
        for name, address in kinds.items():
            took = sorted(_timed(client, address(n)) for n in range(ASKED))
            if number:  # the first round warms caches and plans
                found[name].append((took[int(SLOWEST * ASKED)][0], MOST_MS))
                slowest[name] = max(took[-1], slowest.get(name, took[-1]))
    return [
        Comparison(
            name=f"page_{name}",
            ours=f"p95 in ms of {ASKED} different pages, one reader",
            peer="ms that are allowed",
            rounds=found[name],
            goal=at_most(1),
            must=at_most(1),
            notes=[size, "the slowest: {:.0f} ms, {}".format(*slowest[name])],
        )
        for name in found
    ]


def _cache_in(redis_url: str) -> None:
    from django.conf import settings  # noqa: PLC0415
    from django.core.cache import caches  # noqa: PLC0415

    settings.CACHES["default"]["LOCATION"] = redis_url
    with suppress(AttributeError):  # it was not opened yet
        del caches["default"]


def _say(line: str) -> None:
    print(f"    {line}", flush=True)


def _timed(client: "Client", address: str) -> tuple[float, str]:
    """Return the milliseconds that a page took, and which it was."""
    began = perf_counter()
    status = client.get(address).status_code
    took = (perf_counter() - began) * 1000
    if status != 200:
        raise AssertionError(f"{address} answered {status}.")
    return took, address


def reader() -> "Client":
    """Return the compliance officer's browser, the second factor shown."""
    from django.conf import settings  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from compliance.models import User  # noqa: PLC0415
    from tests.console.factor import shown_before  # noqa: PLC0415

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    client, officer = Client(), User.objects.get(username="compliance")
    client.force_login(officer)
    shown_before(client, officer)
    return client


def pages() -> dict[str, Asked]:
    """Return the kinds of pages that are asked for, by name."""
    from compliance.models import Person  # noqa: PLC0415

    dice = random.Random(5)
    people = list(Person.objects.order_by("pk").values_list("pk", flat=True))
    busy = people[-1] - len(people) + 1  # one in a thousand decisions is about that number

    def dossier(n: int) -> str:
        return f"/dossiers/{busy if n % 8 == 0 else dice.choice(people)}/"

    return {
        "decisions": _decisions(dice),
        "decision": _decision(dice),
        "dossier": dossier,
        "audit_search": _entries(dice),
    }


def _decisions(dice: random.Random) -> Asked:
    """Return lists of decisions by every filter, and pages far back in them."""
    from compliance.models import CampaignFiling, Decision, Seat  # noqa: PLC0415

    codes = list(CampaignFiling.objects.values_list("code", flat=True))
    seats = list(Seat.objects.values_list("code", flat=True))
    newest = Decision.objects.order_by("-at")[:2000]
    rules = sorted({rule for row in newest for rule in row.objecting_rules})
    day = _days(dice)
    return _in_turn(
        lambda: "/decisions/",
        lambda: f"/decisions/?rule={dice.choice(rules)}",
        lambda: "/decisions/?rule=CN13-NUM-04",  # that never objected
        lambda: f"/decisions/?rule={dice.choice(rules)[5:8]}",
        lambda: f"/decisions/?seat={dice.choice(seats)}",
        lambda: f"/decisions/?campaign={dice.choice(codes)}&verdict=defer",
        lambda: f"/decisions/?campaign={dice.choice(codes)}&rule={dice.choice(rules)}",
        lambda: f"/decisions/?rule={dice.choice(rules)}&answer=allow&seat={dice.choice(seats)}",
        lambda: f"/decisions/?day={day()}&verdict=refuse",
        lambda: (
            f"/decisions/?seat={dice.choice(seats)}&rule={dice.choice(rules)}&since={day()}T08:00"
        ),
    )


def _decision(dice: random.Random) -> Asked:
    """Return single decisions, with their findings, permit and proof."""
    from compliance.models import Decision  # noqa: PLC0415

    day = _days(dice)
    return lambda _n: f"/decisions/{_of_day(Decision, 'at', day()).pk}/"


def _entries(dice: random.Random) -> Asked:
    """Return searches of the trail by every filter, and pages far back in it."""
    from audit.models import AuditEntry  # noqa: PLC0415

    actions = ("permit.issued", "permit.refused", "permit.deferred")
    day = _days(dice)

    def somewhere() -> Any:
        return _of_day(AuditEntry, "ts", day())

    return _in_turn(
        lambda: "/audit/entries/",
        lambda: f"/audit/entries/?before={somewhere().pk}",
        lambda: f"/audit/entries/?action={dice.choice(actions)}",
        lambda: "/audit/entries/?action=consent.withdrawn",  # of which there are few or none
        lambda: f"/audit/entries/?object={somewhere().object}",
        lambda: f"/audit/entries/?actor={somewhere().actor}",
        lambda: f"/audit/entries/?since={day()}T08:00&action={dice.choice(actions)}",
        lambda: f"/audit/entries/{somewhere().pk}/",
    )


def _in_turn(*kinds: Callable[[], str]) -> Asked:
    return lambda n: kinds[n % len(kinds)]()


def _days(dice: random.Random) -> Callable[[], str]:
    from compliance.models import Decision  # noqa: PLC0415

    first, last = (Decision.objects.order_by(way)[0].at for way in ("at", "-at"))

    def day() -> str:
        return f"{first + timedelta(days=dice.randrange(max(1, (last - first).days))):%Y-%m-%d}"

    return day


def _of_day(model: Any, at: str, day: str) -> Any:
    """Return the first row of the day's work."""
    since = datetime.fromisoformat(f"{day}T08:00+08:00")
    return model.objects.filter(**{f"{at}__gte": since}).order_by(at)[0]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
