"""Who counted a call that somebody else did not, and which of those had no permit."""

from datetime import timedelta
from typing import Any

from dialer.reconcile.comparison import Comparison, Sent, Span, Spent, compare
from tests.dialer.reconcile.test_matching import NOON, TOLERANCE, seen

SPAN = Span(since=NOON, until=NOON + timedelta(hours=1))


def compared(
    permits: list[Spent], line: list[Sent], witness: list[Any] | None = None
) -> Comparison:
    return compare(
        permits=permits,
        line=line,
        witnesses={} if witness is None else {"carrier_cdr": witness},
        span=SPAN,
        tolerance=TOLERANCE,
    )


def odd(found: Comparison) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.side, one.missing) for one in found.unmatched]


def spent(permit: str, seconds: float = 10, callee: str = "+8613800138000") -> Spent:
    return Spent(permit=permit, seen=seen(seconds, callee))


def sent(permit: str, seconds: float = 10, callee: str = "+8613800138000") -> Sent:
    return Sent(permit=permit, seen=seen(seconds, callee))


class TestCompare:
    def test_finds_nothing_where_all_agree(self) -> None:
        found = compared([spent("p")], [sent("p")], [seen(11)])

        assert (found.unmatched, found.unpermitted) == ((), ())
        assert found.counts == {"permits": 1, "line": 1, "carrier_cdr": 1}

    def test_lists_a_permit_whose_call_never_left_and_blames_nobody(self) -> None:
        found = compared([spent("p")], [], [])

        assert odd(found) == [("permits", ("line", "carrier_cdr"))]
        assert found.unpermitted == ()

    def test_finds_a_call_that_only_the_witness_saw(self) -> None:
        found = compared([spent("p")], [sent("p")], [seen(10), seen(11)])

        assert odd(found) == [("carrier_cdr", ("permits", "line"))]
        assert len(found.unpermitted) == 1

    def test_finds_a_call_that_the_witness_did_not_see(self) -> None:
        found = compared([spent("p")], [sent("p")], [])

        assert odd(found) == [("permits", ("carrier_cdr",)), ("line", ("carrier_cdr",))]
        assert found.unpermitted == ()

    def test_finds_a_second_call_under_one_permit(self) -> None:
        found = compared([spent("p")], [sent("p"), sent("p", 12)])

        assert odd(found) == [("line", ("permits",))]
        assert found.unpermitted[0].seen.at == NOON + timedelta(seconds=12)

    def test_finds_a_call_to_somebody_else_than_the_permits(self) -> None:
        found = compared([spent("p")], [sent("p", callee="+8613800138001")])

        assert odd(found) == [("permits", ("line",)), ("line", ("permits",))]

    def test_finds_a_call_that_names_two_callees(self) -> None:
        line = [Sent(permit="p", seen=seen(10, disguised=True))]

        assert len(compared([spent("p")], line).unpermitted) == 1

    def test_counts_what_lies_beyond_the_span_for_somebody_elses_day(self) -> None:
        late = [seen(3600.5), seen(3601)]

        found = compared([spent("p", 3599.5)], [sent("p", 3599.5)], late)

        assert odd(found) == []  # of the two beyond the end, one is the partner
        assert found.counts == {"permits": 1, "line": 1, "carrier_cdr": 0}
