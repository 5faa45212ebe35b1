"""An objection says the numbers that it rests on: a person reads them, and plans by them."""

from datetime import timedelta
from typing import Any

import pytest

from tests.compliance.rulebook.asking import ask
from tests.compliance.rulebook.build import make_attempt, make_consent, make_facts
from tests.compliance.rulebook.instants import WORKDAY_MORNING, local_date

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
NOW, TODAY = WORKDAY_MORNING, local_date(WORKDAY_MORNING)
NO_AREA = {"filing__licence__area": (), "filing__trunk__access_province": "CN-BJ"}
NO_PLACE = {"filing__licence__area": ("CN-SC", "CN-YN"), "filing__trunk__access_province": ""}


class TestObjection:
    @pytest.mark.parametrize(
        ("rule_id", "changes", "reason", "values"),
        [
            (
                "CN13-CON-08",
                {
                    "purpose": "P2",
                    "consents": (make_consent(purpose="P2", given_at=NOW - 31 * MINUTE),),
                },
                "request_lapsed",
                {"minutes": 30, "attempts": 2},
            ),
            (
                "CN13-DIA-02",
                {"seat__last_talk_ended_at": NOW - 5 * SECOND},
                "wrapping_up",
                {"seconds": 20},
            ),
            (
                "CN13-DIA-02",
                {"seat__on_duty_since": NOW - 71 * MINUTE + SECOND},
                "break_due",
                {"worked": 70, "minutes": 10},
            ),
            (
                "CN13-NUM-13",
                {"attempts": (make_attempt(at=NOW - MINUTE),)},
                "burst",
                {"minutes": 10, "most": 1},
            ),
            ("CN13-LIC-08", NO_AREA, "outside_area", {"province": "CN-BJ", "area": "?"}),
            ("CN13-LIC-08", NO_PLACE, "outside_area", {"province": "?", "area": "CN-SC,CN-YN"}),
        ],
    )
    def test_says_its_numbers(
        self, rule_id: str, changes: dict[str, Any], reason: str, values: dict[str, int | str]
    ) -> None:
        answer = ask(rule_id, make_facts(**changes))

        assert (answer.reason, dict(answer.values)) == (reason, values)
