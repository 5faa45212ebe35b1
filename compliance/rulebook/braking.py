"""When upheld complaints suspend something: numbers of the pack against counts of the ledger."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Brake:
    """How many upheld complaints suspend a campaign."""

    per_mille: int  # of the connected calls in the window
    window_days: int
    a_day: int  # received on one local day
    year_industries: frozenset[str]
    a_year: int  # for a principal in one of those industries, in 365 days
    year_days: int  # how long its principal then rests at least


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """How many upheld complaints within a window suspend what stands behind the calls."""

    window_days: int
    seat: int
    campaign: int
    line: int
    principal: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignCounts:
    """What happened to one campaign since it last began to call."""

    upheld: int  # complaints in the brake's window
    connected: int  # calls in the same window
    worst_day: int  # most upheld complaints that were received on one local day
    upheld_in_chain: int  # complaints in the chain's window


def campaign_cause(counts: CampaignCounts, *, brake: Brake, chain: Chain) -> str | None:
    """Return what suspends the campaign, if anything does.

    A campaign that connected nobody is suspended by its first upheld complaint.
    """
    if counts.upheld and counts.upheld * 1000 >= brake.per_mille * counts.connected:
        return "rate"
    if counts.worst_day >= brake.a_day:
        return "day"
    return "chain" if counts.upheld_in_chain >= chain.campaign else None


def principal_cause(
    *, industry: str, in_a_year: int, in_chain: int, brake: Brake, chain: Chain
) -> str | None:
    """Return what suspends the principal, if anything does."""
    if industry in brake.year_industries and in_a_year >= brake.a_year:
        return "year"
    return "chain" if in_chain >= chain.principal else None
