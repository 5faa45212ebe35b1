"""Where the seats' phones are: said by an administrator, never a number, never at a carrier's."""

from pathlib import Path

import pytest
from django.db import Error as DatabaseError
from django.db import transaction

from audit.models import AuditEntry
from compliance.vault import unseal
from dialer.lines.seat.address import SeatAddressError, seat_address
from dialer.models import SeatPhone, SeatRegistrar, TrunkEndpoint
from dialer.services.seat_registrar_set import bound
from tests.compliance.desks.ordering import refused, run
from tests.world import World

REGISTRAR = ("seat_phone", "registrar", "house", "--host", "127.0.0.2")
NUMBERS = [
    "13800138000",
    "+8613800138000",
    "a13800138000",
    "a-1380-013-8000",
    "95588",
    "110",
    "s1",
]


@pytest.fixture
def world(one_world: World) -> World:
    return one_world


def registrar(**changes: object) -> SeatRegistrar:
    given = {"code": "house", "host": "127.0.0.2", "port": 5060, **changes}
    return SeatRegistrar.objects.create(**given)


class TestSeatAddress:
    @pytest.mark.parametrize("text", [*NUMBERS, "S001", "seat_1", "a b", "seat@x", "", "a" * 42])
    def test_is_never_what_a_telephone_network_understands(self, text: str) -> None:
        with pytest.raises(SeatAddressError):
            seat_address(text)

    @pytest.mark.parametrize("text", ["s001", "seat-000123", "li-ming", "a" * 41])
    def test_is_a_name(self, text: str) -> None:
        assert seat_address(text) == text


class TestRegistrar:
    def test_is_set_and_set_again_with_its_password_sealed(
        self, world: World, tmp_path: Path
    ) -> None:
        secret = tmp_path / "secret"
        secret.write_text("s3cret\n")

        run(*REGISTRAR, "--by", "owner")
        told = run(
            *REGISTRAR, "--username", "yunhu", "--password-file", str(secret), "--by", "owner"
        )

        kept = SeatRegistrar.objects.get()
        assert "s3cret" not in str(told)
        assert unseal(bytes(kept.password_sealed), bound_to=bound("house")) == "s3cret"
        assert AuditEntry.objects.filter(action="seat.registrar_set").count() == 2

    @pytest.mark.parametrize("by", ["author", "approver"])
    def test_is_an_administrators(self, world: World, by: str) -> None:
        assert refused(*REGISTRAR, "--by", by) == 4

    @pytest.mark.parametrize("host", ["sbc.example", "SBC.Example."])
    @pytest.mark.parametrize("port", [5060, 0])
    def test_is_never_where_a_carrier_is(self, world: World, host: str, port: int) -> None:
        TrunkEndpoint.objects.create(trunk=world.trunk, host="sbc.example", port=port)

        assert refused("seat_phone", "registrar", "house", "--host", host, "--by", "owner") == 4

        assert not SeatRegistrar.objects.exists()

    def test_keeps_a_carrier_away_too(self, world: World) -> None:
        registrar(host="127.0.0.1")

        order = ("trunk_endpoint", "set", "loopback", "--host", "127.0.0.1", "--by", "owner")
        assert refused(*order) == 4

        assert not TrunkEndpoint.objects.exists()

    def test_is_kept_from_a_carrier_by_the_database_as_well(self, world: World) -> None:
        TrunkEndpoint.objects.create(trunk=world.trunk, host="SBC.example.", port=5060)

        with pytest.raises(DatabaseError, match="never where a carrier is"), transaction.atomic():
            registrar(host="sbc.example")
        other = registrar(host="sbc.example", port=5070)
        with pytest.raises(DatabaseError, match="never where a carrier is"), transaction.atomic():
            TrunkEndpoint.objects.update(port=5070)
        with pytest.raises(DatabaseError, match="seat_registrar_host_is_small"):
            SeatRegistrar.objects.filter(pk=other.pk).update(host="SBC.example")


class TestSeatPhone:
    def test_is_set_and_shown(self, world: World) -> None:
        run(*REGISTRAR, "--by", "owner")
        order = ("seat_phone", "set", world.seat.code, "--registrar", "house", "--by", "owner")

        told = run(*order, "--address", "s001")

        assert told == {
            "seat": world.seat.code,
            "registrar": "house",
            "address": "s001",
            "connected": False,
        }
        assert run("seat_phone", "show")["phones"] == [told]
        assert AuditEntry.objects.filter(action="seat.phone_set").count() == 1
        assert refused(*order, "--address", "13800138000") == 4

    @pytest.mark.parametrize("address", NUMBERS)
    def test_is_kept_from_being_a_number_by_the_database_as_well(
        self, world: World, address: str
    ) -> None:
        with pytest.raises(DatabaseError, match="seat_phone_is_no_number"):
            SeatPhone.objects.create(seat=world.seat, registrar=registrar(), address=address)
