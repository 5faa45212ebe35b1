"""manage.py run_lines TRUNK: own a trunk and place the calls that permits allow."""

import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import clock
from compliance.rulebook.bound import PackError
from compliance.services.deployment_check import NotDeployedError, deployment_check
from compliance.services.pack_propose import book_record
from compliance.vault import unseal
from dialer.line_process.ownership import TrunkTakenError
from dialer.line_process.process import LineProcess, TrunkRefusedError, endpoint_for
from dialer.lines.sip import SipLine
from dialer.lines.sip_config import TrunkConfig
from dialer.models import TrunkEndpoint

NOT_DEPLOYED = 3  # exit code: no signed deployment pack stands behind this installation


class Command(BaseCommand):
    """Serve one trunk until SIGTERM."""

    requires_system_checks = ()  # CI has run them; a process that is restarted starts fast
    help = "Own a trunk: redeem permits and place their calls. 占用一条线路，凭许可外呼。"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the trunk's code."""
        parser.add_argument("trunk")

    def handle(self, *_: Any, trunk: str, **__: Any) -> None:
        """Run the line process."""
        try:
            deployment_check(now=clock.read())
            book_record(actor=f"line:{trunk}", now=clock.read())
            endpoint = endpoint_for(trunk)
            process = LineProcess(
                endpoint=endpoint,
                line=SipLine(_config(endpoint)),
                journals=settings.LINES_DIR,
            )
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: process.stop())
            process.run()
        except (PackError, TrunkRefusedError, TrunkTakenError) as error:
            raise CommandError(str(error)) from error
        except NotDeployedError as error:
            raise CommandError(str(error), returncode=NOT_DEPLOYED) from error


def _config(endpoint: TrunkEndpoint) -> TrunkConfig:
    code = endpoint.trunk.code
    sealed = bytes(endpoint.password_sealed)
    return TrunkConfig(
        code=code,
        host=endpoint.host,
        port=endpoint.port,
        local_host=endpoint.local_host,
        local_port=0,
        username=endpoint.username or None,
        password=unseal(sealed, bound_to=code.encode()) if sealed else None,
        register=endpoint.registers,
        max_calls=endpoint.trunk.max_calls,
        calls_per_second=endpoint.calls_per_second,
        rtp_ports=(endpoint.rtp_port_low, endpoint.rtp_port_high),
        keepalive_seconds=20,
    )
