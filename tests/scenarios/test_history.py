"""A history to measure pages on is whole and sealed, and each page that is measured opens."""

from datetime import timedelta

import pytest

from audit.models import AuditEntry, AuditLeaf
from benchmarks.console_pages import ASKED, pages, reader
from compliance.models import Decision, Permit, Person
from config.history.fill import LAST, YEAR, fill, instant
from config.sentences import SentenceError

DECISIONS, NUMBERS = 2000, 1000


class TestInstant:
    @pytest.mark.parametrize("decisions", [1000, 5_000_000, 1_000_000_000])
    def test_spreads_any_number_of_decisions_over_the_year(self, decisions: int) -> None:
        first = LAST - YEAR

        assert instant(0, decisions, first) == first
        assert instant(decisions // 2, decisions, first) == first + YEAR / 2
        assert LAST - instant(decisions - 1, decisions, first) < timedelta(days=1)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
class TestHistory:
    def test_is_sealed_and_its_pages_open(self, keys_of_the_test_run: object) -> None:
        fill(decisions=DECISIONS, numbers=NUMBERS, say=print)

        assert Decision.objects.count() > DECISIONS
        assert Person.objects.count() > NUMBERS
        assert Permit.objects.filter(state=Permit.State.CLOSED).count() == DECISIONS // 10
        assert AuditLeaf.objects.count() == AuditEntry.objects.count() > DECISIONS
        browser = reader()
        for address in pages().values():
            for n in range(ASKED):
                assert browser.get(address(n)).status_code == 200
        with pytest.raises(SentenceError, match="not empty"):
            fill(decisions=DECISIONS, numbers=NUMBERS, say=print)
