"""How a trunk is reached: said by an administrator, its password sealed, loopback at home."""

from pathlib import Path

import pytest

from compliance.vault import unseal
from dialer.models import TrunkEndpoint
from tests.compliance.desks.ordering import refused, run
from tests.stages import staged
from tests.world import World, build_world


@staged
def world() -> World:
    return build_world()


def order(host: str = "127.0.0.1", by: str = "owner") -> tuple[str, ...]:
    return ("trunk_endpoint", "set", "loopback", "--host", host, "--by", by)


class TestEndpoint:
    def test_is_set_and_set_again_with_its_password_sealed(
        self, world: World, tmp_path: Path
    ) -> None:
        secret = tmp_path / "secret"
        secret.write_text("s3cret\n")

        run(*order())
        told = run(*order(), "--username", "yunhu", "--password-file", str(secret), "--registers")

        endpoint = TrunkEndpoint.objects.get()
        assert run("trunk_endpoint", "show") == {"endpoints": [told]}
        assert "s3cret" not in str(told)
        assert unseal(bytes(endpoint.password_sealed), bound_to=b"loopback") == "s3cret"

    @pytest.mark.parametrize("by", ["author", "approver"])
    def test_is_an_administrators(self, world: World, by: str) -> None:
        assert refused(*order(by=by)) == 4

    @pytest.mark.parametrize("host", ["203.0.113.5", "localhost", "sbc.example"])
    def test_of_a_loopback_trunk_stays_in_this_machine(self, world: World, host: str) -> None:
        assert refused(*order(host=host)) == 4
        assert not TrunkEndpoint.objects.exists()
