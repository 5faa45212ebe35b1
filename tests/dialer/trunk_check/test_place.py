"""The trunk as this machine sees it."""

import pytest

from dialer.trunk_check.finding import Grade
from dialer.trunk_check.place import Peer, route_found
from tests.sip.peers import HOST, config

FAR = "192.0.2.1"  # RFC 5737: nobody's; a connected UDP socket sends nothing by itself


@pytest.mark.enable_socket
@pytest.mark.allow_hosts([HOST, FAR])
class TestRoute:
    def test_from_a_loopback_address_leads_nowhere_else(self) -> None:
        found = route_found(config(5060, host=FAR), Peer(host=FAR, port=5060))

        assert found.grade is Grade.BROKEN
        assert "--local-host" in found.do_en

    def test_stays_on_this_machine(self) -> None:
        found = route_found(config(5060), Peer(host=HOST, port=5060))

        assert found.grade is Grade.OK
