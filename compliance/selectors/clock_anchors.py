"""The anchors of the audit trail that nobody has made for too long; no call waits for them."""

from collections.abc import Iterator
from datetime import date, datetime

from audit.anchors.named import named_kinds
from audit.anchors.overdue import overdue
from compliance.numbers import Words
from compliance.selectors.clock_due import Due


def anchor_clocks(*, today: date, now: datetime) -> Iterator[Due]:  # noqa: ARG001 - one signature
    """Yield a clock for each; how old they are, the database's own clock says."""
    for late in overdue(named_kinds()):
        yield Due(
            clock="anchor",
            obj=f"anchor:{late.kind}",
            due_on=today,
            overdue=True,
            words=Words(f"审计检查点：{late.zh}", f"Audit checkpoints: {late.en}"),
            stops_calls=False,
        )
