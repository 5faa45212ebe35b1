"""Health: no trusted clock, no record, no ledger, or a stop, and nothing is dialled."""

from datetime import timedelta
from typing import Any

import pytest

from compliance.books import book as shipped
from tests.compliance.rulebook.american import american
from tests.compliance.rulebook.asking import reason
from tests.compliance.rulebook.build import make_facts
from tests.compliance.rulebook.instants import WORKDAY_MORNING


class TestClockTrusted:
    @pytest.mark.parametrize(
        ("skew", "expected"),
        [
            (0, "allow"),
            (1000, "allow"),
            (-1000, "allow"),
            (1001, "skewed"),
            (-1001, "skewed"),
            (None, "skew_unknown"),
        ],
    )
    def test_bears_one_second_between_host_and_database(
        self, skew: int | None, expected: str
    ) -> None:
        assert reason("CN13-TIM-11", make_facts(health__clock_skew_ms=skew)) == expected

    def test_refuses_a_filing_looked_up_for_another_instant(self) -> None:
        facts = make_facts(filing__at=WORKDAY_MORNING - timedelta(microseconds=1))

        assert reason("CN13-TIM-11", facts) == "two_clocks"

    @pytest.mark.parametrize(
        ("kind", "expected"), [("system", "allow"), ("demo", "allow"), ("mine", "clock_kind")]
    )
    def test_knows_two_kinds_of_clock(self, kind: str, expected: str) -> None:
        assert reason("CN13-TIM-11", make_facts(health__clock_kind=kind)) == expected


class TestNoBypass:
    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, "allow"),
            ({"health__carrier_trunks": None}, "trunks_unknown"),
            ({"filing__trunk": None}, "trunks_unknown"),
            ({"health__clock_kind": "demo"}, "demo_clock_on_carrier"),
            (
                {"health__clock_kind": "demo", "health__carrier_trunks": 0},
                "demo_clock_on_carrier",  # the campaign's own trunk reaches one
            ),
            (
                {"health__clock_kind": "demo", "filing__trunk__kind": "loopback"},
                "demo_clock_on_carrier",  # another trunk reaches one
            ),
            (
                {
                    "health__clock_kind": "demo",
                    "health__carrier_trunks": 0,
                    "filing__trunk__kind": "loopback",
                },
                "allow",
            ),
        ],
    )
    def test_keeps_a_demo_clock_away_from_carriers(
        self, changes: dict[str, Any], expected: str
    ) -> None:
        assert reason("CN13-GOV-06", make_facts(**changes)) == expected


class TestStoresWork:
    @pytest.mark.parametrize("state", [False, None])
    @pytest.mark.parametrize(
        ("store", "expected"),
        [("audit_writable", "audit_unwritable"), ("ledger_readable", "ledger_unreadable")],
    )
    def test_refuses_while_a_store_is_not_known_to_work(
        self,
        store: str,
        expected: str,
        state: bool | None,  # noqa: FBT001
    ) -> None:
        assert reason("CN13-GOV-07", make_facts(**{f"health__{store}": state})) == expected


class TestSealed:
    @pytest.mark.parametrize(
        ("lag", "expected"),
        [(0, "allow"), (60, "allow"), (61, "allow"), (900, "allow"), (901, "sealing_late")],
    )
    def test_bears_a_quarter_of_an_hour(self, lag: int, expected: str) -> None:
        assert reason("CN13-REC-04", make_facts(health__sealing_lag_s=lag)) == expected

    @pytest.mark.parametrize(
        ("stop", "expected"),
        [
            ("refused", "signer_refused"),
            ("quarantine", "quarantined"),
            (None, "sealing_unknown"),
            ("resting", "sealing_unknown"),
        ],
    )
    @pytest.mark.parametrize("lag", [0, 901, None])
    def test_refuses_a_sealing_that_has_stopped_however_fresh_it_is(
        self, stop: str | None, expected: str, lag: int | None
    ) -> None:
        facts = make_facts(health__sealing_stop=stop, health__sealing_lag_s=lag)

        assert reason("CN13-REC-04", facts) == expected

    def test_refuses_a_lag_that_nobody_knows(self) -> None:
        assert reason("CN13-REC-04", make_facts(health__sealing_lag_s=None)) == "sealing_unknown"

    @pytest.mark.parametrize(("lag", "expected"), [(900, "allow"), (901, "sealing_late")])
    def test_is_asked_in_the_united_states_too(self, lag: int, expected: str) -> None:
        facts = american(health__sealing_lag_s=lag)

        assert reason("US-GOV-07", facts, book=shipped("us")) == expected


class TestNotStopped:
    @pytest.mark.parametrize(("stopped", "expected"), [((), "allow"), (("platform",), "stopped")])
    def test_refuses_under_a_kill_switch(self, stopped: tuple[str, ...], expected: str) -> None:
        assert reason("CN13-GOV-08", make_facts(health__stopped=stopped)) == expected
