"""The holiday calendar as facts."""

from datetime import date

import pytest

from compliance.calendars import calendar_facts


class TestCalendarFacts:
    @pytest.mark.parametrize(
        ("on", "days"),
        [
            (date(2026, 3, 11), "wwwoow"),
            (date(2026, 2, 14), "wooooo"),  # a Saturday made up for the Spring Festival
            (date(2026, 10, 1), "oooooo"),
            (date(2026, 12, 30), "ww????"),  # no notice for 2027 yet
        ],
    )
    def test_tell_workdays_days_off_and_what_nobody_knows(self, on: date, days: str) -> None:
        facts = calendar_facts(on=on, horizon_days=6)

        assert facts.days == days
        assert facts.first_day == on
        assert facts.version.startswith("chinesecalendar ")

    def test_look_45_days_ahead(self) -> None:
        assert len(calendar_facts(on=date(2026, 3, 11)).days) == 45

    def test_are_made_once_a_day(self) -> None:
        on = date(2026, 3, 11)

        assert calendar_facts(on=on) is calendar_facts(on=on)
