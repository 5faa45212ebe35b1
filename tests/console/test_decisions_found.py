"""Decisions are looked for a stretch at a time: nothing is left out, and nothing shown twice."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qsl
from uuid import UUID, uuid4

import pytest

from compliance import clock
from compliance.models import Decision, Seat
from console.selectors import decisions as selector
from console.selectors import decisions_found as found
from console.selectors.decisions import decisions_page
from console.selectors.decisions_narrowed import narrowed
from console.selectors.decisions_wanted import Wanted, wanted_from
from tests.console.conftest import LogIn
from tests.console.seed import Seeded

pytestmark = pytest.mark.usefixtures("seeded")


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a page be two rows and a stretch five or seven decisions; some are of a millisecond."""
    monkeypatch.setattr(selector, "ON_A_PAGE", 2)
    monkeypatch.setattr(found, "UNPACKED", 5)
    monkeypatch.setattr(found, "NEAR", 5)
    monkeypatch.setattr(found, "FAR", 7)
    for row in list(Decision.objects.all()):
        row.at = row.at.replace(microsecond=row.at.microsecond // 1000 * 1000)
        row.pk = uuid4()
        row.save(force_insert=True)


def walked(wanted: Wanted) -> Iterator[tuple[UUID, bool]]:
    """Go through all pages as a reader would; tell of each row whether it came after a stretch."""
    after, stretched = None, False
    for _ in range(1000):
        page = decisions_page(wanted=wanted, after=after, now=clock.read())
        yield from ((row.pk, stretched) for row in page.decisions)
        after = page.after
        if after is None and page.earlier is None:
            return
        if after is None and page.earlier is not None:
            wanted = wanted_from(dict(parse_qsl(page.earlier.query)))
            stretched = True


def filters() -> list[Wanted]:
    """Return filters that fit some decisions and not others."""
    rules = {rule for row in Decision.objects.all() for rule in row.objecting_rules}
    (seat,) = Seat.objects.order_by("code").values_list("code", flat=True)[:1]
    return [
        *(Wanted(rule=rule) for rule in sorted(rules)),
        *(Wanted(rule=rule, answer="allow") for rule in sorted(rules)),
        *(Wanted(rule=rule, answer="refuse") for rule in sorted(rules)),
        Wanted(rule="CON"),
        Wanted(verdict="refuse"),
        Wanted(kind="question"),
        Wanted(seat=seat, verdict="refuse"),
        Wanted(permit="used"),
    ]


class TestNewest:
    @pytest.mark.parametrize("few", [-1, 30_000])
    def test_leaves_nothing_out_and_shows_nothing_twice(
        self, short: None, monkeypatch: pytest.MonkeyPatch, few: int
    ) -> None:
        monkeypatch.setattr(found, "FEW", few)  # -1: no rule is rare
        stretched = 0
        for wanted in filters():
            ordered = narrowed(wanted, clock.read()).order_by("-at", "-pk")
            met = list(walked(wanted))

            assert [pk for pk, _ in met] == list(ordered.values_list("pk", flat=True)), wanted
            stretched += sum(later for _, later in met)
        assert stretched > 0

    def test_looks_for_nothing_that_cannot_be(self) -> None:
        wanted = Wanted(permit="used", verdict="refuse")

        page = decisions_page(wanted=wanted, after=None, now=clock.read())

        assert (list(page.decisions), page.earlier) == ([], None)


class TestThePage:
    def test_says_how_far_it_looked_and_goes_on(
        self, seeded: Seeded, short: None, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(found, "FAR", 5)
        reader = log_in("compliance")

        first = reader.get("/decisions/?kind=question").content.decode()

        assert "更早的还没有查" in first
        assert "其间没有符合条件的决定" in first
        (link,) = re.findall(r'href="(\?[^"]*)">继续往前查', first)
        assert "kind=question" in link
        assert reader.get(f"/decisions/{unescape(link)}").status_code == 200
