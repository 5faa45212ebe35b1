"""The clock that every edge reads: the host's, or the stated one of a demo."""

from datetime import UTC, datetime

from compliance.models import DemoClock


def read() -> datetime:
    """Return the present instant in UTC.

    In a database that holds a demo clock (the database refuses one beside a carrier trunk), the
    instant is the stated one. The gate compares what its caller read with the database's clock.
    """
    demo = DemoClock.objects.first()
    return host_now() if demo is None else shown_by(demo)


def shown_by(demo: DemoClock) -> datetime:
    """Return the instant that a demo clock states."""
    real = host_now()
    return demo.base_at + (real - demo.started_at) if demo.running else demo.base_at


def host_now() -> datetime:
    """Return what the host's own clock shows, whatever is stated: the clock of the wire.

    What is compared with a carrier's records, or with a capture, goes by it; no rule does.
    """
    return datetime.now(UTC)


def on_the_wire(at: datetime) -> datetime:
    """Return what the host's clock showed when the clock of `read` showed `at`.

    One that stands still shows one instant for ever; that is now, then.
    """
    demo = DemoClock.objects.first()
    if demo is None:
        return at
    return demo.started_at + (at - demo.base_at) if demo.running else host_now()
