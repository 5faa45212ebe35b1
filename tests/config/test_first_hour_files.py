"""The files that the demo leaves for somebody's first hour: a list as people have it."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from compliance.imports.rows import ImportFile
from compliance.list_checks.numbers import refuse_generated
from compliance.lists import CONSENT_COLUMNS, LEAD_COLUMNS, ConsentRow, check_consents, check_leads
from compliance.lists.leads import LeadRow, read_numbers
from config.demo.first_hour import BAD, CONSENTS, ROWS, FirstHour, first_hour_write

NOW = datetime(2026, 3, 9, 6, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> FirstHour:
    folder = tmp_path_factory.mktemp("first-hour")
    return first_hour_write(folder=folder, taken=frozenset({"13810001234"}), now=NOW)


class TestTheList:
    def test_has_5000_rows_of_which_1200_are_rejected_for_eight_reasons(
        self, written: FirstHour
    ) -> None:
        with ImportFile(path=written.leads, columns=LEAD_COLUMNS) as file:
            found = list(check_leads(file))

        reasons = Counter(one.code for one in found if not isinstance(one, LeadRow))
        assert (len(found), reasons.total()) == (ROWS, BAD) == (5000, 1200)
        assert len(reasons) == 8

    def test_is_not_taken_for_a_generated_one(self, written: FirstHour) -> None:
        with ImportFile(path=written.leads, columns=LEAD_COLUMNS) as file:
            refuse_generated(read_numbers(file, mobile_only=True).digits)

    def test_is_the_same_each_time(self, written: FirstHour, tmp_path: Path) -> None:
        again = first_hour_write(folder=tmp_path, taken=frozenset({"13810001234"}), now=NOW)

        assert again.leads.read_bytes() == written.leads.read_bytes()


class TestTheConsents:
    def test_are_good_and_of_people_who_are_on_the_list(self, written: FirstHour) -> None:
        with ImportFile(path=written.leads, columns=LEAD_COLUMNS) as file:
            listed = {one.number.e164 for one in check_leads(file) if isinstance(one, LeadRow)}
        with ImportFile(path=written.consents, columns=CONSENT_COLUMNS) as file:
            found = list(check_consents(file, now=NOW))

        assert len(found) == CONSENTS
        numbers = {one.number.e164 for one in found if isinstance(one, ConsentRow)}
        assert numbers == {f"+86{number}" for number in written.agreed} <= listed

    def test_can_be_told_apart_by_what_a_card_shows(self, written: FirstHour) -> None:
        shown = {(number[:3], number[-4:]) for number in written.agreed}

        assert len(shown) == CONSENTS
