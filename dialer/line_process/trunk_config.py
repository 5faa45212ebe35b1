"""How the driver is to reach a trunk, from its endpoint and its row in the ledger."""

from audit.curve_keys import curve_public_key
from compliance.passport import KEY as PASSPORT_KEY
from compliance.vault import unseal
from dialer.lines.sip.config import TrunkConfig
from dialer.models import TrunkEndpoint

KEEPALIVE_SECONDS = 20


def trunk_config(endpoint: TrunkEndpoint) -> TrunkConfig:
    """Return the driver's configuration; the password is opened here and nowhere else."""
    code = endpoint.trunk.code
    sealed = bytes(endpoint.password_sealed)
    return TrunkConfig(
        code=code,
        host=endpoint.host,
        port=endpoint.port,
        local_host=endpoint.local_host,
        local_port=0,
        public_host=endpoint.public_host,
        username=endpoint.username or None,
        password=unseal(sealed, bound_to=code.encode()) if sealed else None,
        register=endpoint.registers,
        max_calls=endpoint.trunk.max_calls,
        calls_per_second=endpoint.calls_per_second,
        edge_key=curve_public_key(PASSPORT_KEY),
        edge_host=endpoint.edge_host,
        edge_port=endpoint.edge_port,
        rtp_ports=(endpoint.rtp_port_low, endpoint.rtp_port_high),
        keepalive_seconds=KEEPALIVE_SECONDS,
    )
