"""What is suspended now, so that whoever shows numbers, trunks and seats can say so."""

from dataclasses import dataclass

from compliance.models import CampaignFiling, Suspension


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspended:
    """The keys of what a suspension holds that nobody has ended; a suspension by its key."""

    filings: dict[int, int]
    trunks: dict[int, int]
    principals: dict[int, int]
    seats: dict[int, int]

    def holds(self, filing: CampaignFiling) -> bool:
        """Return whether the campaign, its trunk or its principal is suspended."""
        return (
            filing.pk in self.filings
            or filing.trunk_id in self.trunks
            or filing.principal_id in self.principals
        )


def suspended_now() -> Suspended:
    """Read it once."""
    rows = list(Suspension.objects.filter(resumption=None).order_by("pk"))
    return Suspended(
        filings={one.filing_id: one.pk for one in rows if one.filing_id},
        trunks={one.trunk_id: one.pk for one in rows if one.trunk_id},
        principals={one.principal_id: one.pk for one in rows if one.principal_id},
        seats={one.seat_id: one.pk for one in rows if one.seat_id},
    )
