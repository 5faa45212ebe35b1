"""The brake's arithmetic: a thousandth of the connected calls, three on a day, two in a year."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.books import book
from compliance.rulebook.braking import (
    Brake,
    CampaignCounts,
    Chain,
    campaign_cause,
    principal_cause,
)

NONE = CampaignCounts(upheld=0, connected=0, worst_day=0, upheld_in_chain=0)


def numbers() -> tuple[Brake, Chain]:
    """Return what the shipped pack says in CN13-CMP-05 and CN13-GOV-04."""
    brake, chain = book().rule("CN13-CMP-05"), book().rule("CN13-GOV-04")
    assert brake is not None
    assert chain is not None
    return brake.params, chain.params


BRAKE, CHAIN = numbers()


def cause(**counts: int) -> str | None:
    return campaign_cause(replace(NONE, **counts), brake=BRAKE, chain=CHAIN)


class TestCampaign:
    @pytest.mark.parametrize(
        ("counts", "expected"),
        [
            ({}, None),
            ({"connected": 1}, None),
            ({"upheld": 1}, "rate"),
            ({"upheld": 1, "connected": 1000}, "rate"),
            ({"upheld": 1, "connected": 1001}, None),
            ({"upheld": 2, "connected": 2000}, "rate"),
            ({"upheld": 2, "connected": 2001}, None),
            ({"upheld": 2, "connected": 9000, "worst_day": 2}, None),
            ({"upheld": 3, "connected": 9000, "worst_day": 3}, "day"),
            ({"upheld": 2, "connected": 9000, "upheld_in_chain": 2}, None),
            ({"upheld": 3, "connected": 9000, "upheld_in_chain": 3}, "chain"),
        ],
    )
    def test_is_suspended_at_the_thresholds(
        self, counts: dict[str, int], expected: str | None
    ) -> None:
        assert cause(**counts) == expected

    @given(
        upheld=st.integers(0, 50),
        connected=st.integers(0, 100_000),
        fewer=st.integers(0, 100_000),
        more=st.integers(0, 5),
    )
    def test_never_gets_away_with_more_complaints_or_fewer_calls(
        self, upheld: int, connected: int, fewer: int, more: int
    ) -> None:
        if cause(upheld=upheld, connected=connected):
            assert cause(upheld=upheld + more, connected=min(connected, fewer))


class TestPrincipal:
    @pytest.mark.parametrize(
        ("industry", "in_a_year", "in_chain", "expected"),
        [
            ("insurance", 1, 1, None),
            ("insurance", 2, 2, "year"),
            ("retail", 2, 2, None),
            ("retail", 9, 8, None),
            ("retail", 9, 9, "chain"),
        ],
    )
    def test_is_suspended_at_the_thresholds(
        self, industry: str, in_a_year: int, in_chain: int, expected: str | None
    ) -> None:
        found = principal_cause(
            industry=industry, in_a_year=in_a_year, in_chain=in_chain, brake=BRAKE, chain=CHAIN
        )

        assert found == expected
