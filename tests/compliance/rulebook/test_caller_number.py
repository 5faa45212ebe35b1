"""The number that is shown and the number that is called."""

from datetime import date
from typing import Any

import pytest

from tests.compliance.rulebook.asking import reason
from tests.compliance.rulebook.build import make_facts


class TestRegistered:
    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, "allow"),
            ({"caller": None}, "caller_unknown"),
            ({"caller__holder_is_operator": False}, "caller_holder"),
            ({"caller__on_trunk": False}, "caller_trunk"),
            ({"caller__callout_opened": False}, "caller_callout"),
            ({"caller__callout_opened": None}, "caller_callout"),
            ({"caller__valid_from": date(2026, 3, 11)}, "allow"),
            ({"caller__valid_from": date(2026, 3, 12)}, "caller_period"),
            ({"caller__certificate_until": date(2026, 3, 11)}, "allow"),
            ({"caller__certificate_until": date(2026, 3, 10)}, "caller_period"),
        ],
    )
    def test_is_the_operators_opened_and_filed_for_the_day(
        self, changes: dict[str, Any], expected: str
    ) -> None:
        facts = make_facts(**{f"filing__{name}": value for name, value in changes.items()})

        assert reason("CN13-NUM-01", facts) == expected


class TestFixed:
    @pytest.mark.parametrize(
        ("count", "expected"), [(0, "caller_many"), (1, "allow"), (2, "caller_many")]
    )
    def test_is_exactly_one_for_a_campaign(self, count: int, expected: str) -> None:
        facts = make_facts(filing__caller__numbers_of_campaign=count)

        assert reason("CN13-NUM-03", facts) == expected

    def test_refuses_without_a_number(self) -> None:
        assert reason("CN13-NUM-03", make_facts(filing__caller=None)) == "caller_unknown"


class TestNoUserNumber:
    @pytest.mark.parametrize(
        ("number", "number_class", "expected"),
        [
            ("95135678", "service_95", "allow"),
            ("96123", "service_96", "allow"),
            ("10101234", "service_1010", "allow"),
            ("+8613800138000", "mobile", "caller_class"),
            ("13800138000", "service_95", "caller_class"),  # its record lies
            ("+861012345678", "fixed", "caller_class"),
            ("+861012345678", "service_95", "allow"),  # ten digits: a Beijing line, filed
            ("95135678", "unknown", "caller_class"),
        ],
    )
    def test_refuses_mobile_and_ordinary_fixed_numbers(
        self, number: str, number_class: str, expected: str
    ) -> None:
        facts = make_facts(
            filing__caller__number=number, filing__caller__number_class=number_class
        )

        assert reason("CN13-NUM-05", facts) == expected

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({"filing__regime": None}, "regime_unknown"),
            ({"filing__regime": "other"}, "regime_unknown"),
            ({"filing__caller": None}, "caller_unknown"),
            ({"filing__regime": "self_use"}, "allow"),
        ],
    )
    def test_needs_to_know_whose_number_it_is(
        self, changes: dict[str, Any], expected: str
    ) -> None:
        assert reason("CN13-NUM-05", make_facts(**changes)) == expected


class TestPrefixAllowed:
    @pytest.mark.parametrize(
        ("rule", "number", "expected"),
        [
            ("CN13-NUM-06", "95135678", "allow"),
            ("CN13-NUM-06", "+8617012345678", "caller_prefix"),
            ("CN13-NUM-06", "17112345678", "caller_prefix"),
            ("CN13-NUM-06", "16212345678", "caller_prefix"),
            ("CN13-NUM-06", "16512345678", "caller_prefix"),
            ("CN13-NUM-06", "16712345678", "caller_prefix"),
            ("CN13-NUM-06", "17212345678", "allow"),
            ("CN13-NUM-07", "4008001234", "caller_prefix"),
            ("CN13-NUM-07", "700123456789012", "caller_prefix"),
            ("CN13-NUM-07", "95135678", "allow"),
        ],
    )
    def test_never_shows_a_denied_prefix(self, rule: str, number: str, expected: str) -> None:
        assert reason(rule, make_facts(filing__caller__number=number)) == expected

    @pytest.mark.parametrize("rule", ["CN13-NUM-06", "CN13-NUM-07"])
    def test_refuses_without_a_number(self, rule: str) -> None:
        assert reason(rule, make_facts(filing__caller=None)) == "caller_unknown"


class TestCallableClass:
    @pytest.mark.parametrize("number_class", ["mobile", "mvno", "fixed"])
    def test_lets_ordinary_numbers_through(self, number_class: str) -> None:
        assert reason("CN13-NUM-09", make_facts(callee__number_class=number_class)) == "allow"

    @pytest.mark.parametrize(
        "number_class",
        [
            "emergency",
            "short",
            "service_95",
            "service_400",
            "privacy_700",
            "premium",
            "foreign",
            "unknown",
            "",
        ],
    )
    def test_refuses_every_other_class(self, number_class: str) -> None:
        facts = make_facts(callee__number_class=number_class)

        assert reason("CN13-NUM-09", facts) == "callee_class"
