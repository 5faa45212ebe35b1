"""Phones of seats where no line process is there to connect them, or no registrar."""

from dialer.line_process.seat_legs import SeatLegs
from dialer.lines.seat.fake import FakeSeatLine
from dialer.models import SeatPhone, SeatRegistrar
from tests.world import World


def connected(seat_id: int) -> bool:
    """Say of every seat that its phone is connected."""
    return True


def give_phones(world: World, *, host: str = "127.0.0.1", port: int = 1) -> None:
    """Give every seat of the world a phone at one registrar."""
    registrar = SeatRegistrar.objects.create(code="house", host=host, port=port)
    SeatPhone.objects.bulk_create(
        SeatPhone(seat=seat, registrar=registrar, address=f"s{seat.code.lower()}")
        for seat in world.seats
    )


def fake_legs(world: World, *, line: FakeSeatLine | None = None) -> SeatLegs:
    """Return what keeps the phones of a world without sockets; `look` connects them."""
    give_phones(world)
    phones = line or FakeSeatLine()
    return SeatLegs(trunk_id=world.trunk.pk, open_line=lambda _registrar: phones)
