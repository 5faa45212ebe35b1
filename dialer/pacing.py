"""How many calls to launch: one line for each ready seat, and never more than the lines carry."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """A campaign's floor at one moment."""

    ready_seats: int  # seats whose agents pressed ready and that have no call
    free_lines: int  # calls that the trunk can take on now


def calls_to_launch(floor: Floor) -> int:
    """Return how many calls to launch: progressive, 1.0 lines per ready seat.

    RULEBOOK DIA-01: a ready seat is reserved before anything is dialled, and the Chinese rulebook
    has no allowance for abandoned calls; so no ratio above one exists here to be configured.
    """
    return max(0, min(floor.ready_seats, floor.free_lines))
