"""Everything that expires or falls due, the most urgent first: what nobody may forget."""

from datetime import datetime

from compliance.selectors.clock_anchors import anchor_clocks
from compliance.selectors.clock_desks import case_clocks, record_clocks, yearly_clocks
from compliance.selectors.clock_due import Due, local_day, one_book
from compliance.selectors.clock_numbers import channel_clocks, number_clocks, place_clocks
from compliance.selectors.clock_papers import paper_clocks
from compliance.selectors.sealing import sealing_clocks

READERS = (
    paper_clocks,
    number_clocks,
    channel_clocks,
    place_clocks,
    case_clocks,
    yearly_clocks,
    record_clocks,
    anchor_clocks,
    sealing_clocks,
)


def clocks(*, now: datetime) -> list[Due]:
    """Return every clock that runs, by its last good day."""
    today = local_day(now)
    with one_book(now):
        found = [due for read in READERS for due in read(today=today, now=now)]
    return sorted(found, key=lambda due: (due.due_on, due.clock, due.obj))
