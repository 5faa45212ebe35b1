"""manage.py run_lines TRUNK [TRUNK …]: own trunks and place the calls that permits allow."""

import logging
import signal
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.keys import KeyFileError
from compliance import clock
from compliance.rulebook.bound import PackError
from compliance.services.deployment_check import NotDeployedError, deployment_check
from compliance.services.pack_propose import book_record
from dialer.line_process.host import LineHost
from dialer.line_process.ownership import TrunkTakenError
from dialer.line_process.precedence import take_precedence
from dialer.line_process.process import (
    DRAIN_SECONDS,
    LineProcess,
    TrunkRefusedError,
    endpoint_for,
)
from dialer.line_process.registrar_line import registrar_line
from dialer.line_process.signing_keys import SigningKeysError, refuse_signing_keys
from dialer.line_process.trunk_config import trunk_config
from dialer.lines.sip.pyvoip import SipLine
from dialer.lines.sip.reactor import Reactor
from dialer.models import TrunkEndpoint

log = logging.getLogger(__name__)
# Exit code: no signed deployment pack stands behind this installation, or its lines could sign.
NOT_DEPLOYED = 3


class Command(BaseCommand):
    """Serve trunks, on one reactor, until SIGTERM."""

    requires_system_checks = ()  # CI has run them; a process that is restarted starts fast
    help = "Own trunks: redeem permits and place their calls. 占用线路，凭许可外呼。"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the trunks' codes, and how long calls may go on after SIGTERM."""
        parser.add_argument("trunks", nargs="+", metavar="TRUNK")
        parser.add_argument(
            "--drain-seconds",
            type=float,
            default=DRAIN_SECONDS,
            metavar="N",
            help="SIGTERM 之后通话最多再持续多少秒 / how long calls go on after SIGTERM",
        )

    def handle(self, *_: Any, trunks: list[str], drain_seconds: float, **__: Any) -> None:
        """Run the line processes."""
        try:
            deployment_check(now=clock.read())
            refuse_signing_keys(Path(settings.KEYS_DIR))
            endpoints = [_endpoint(code) for code in dict.fromkeys(trunks)]
            log.info("The lines run with %s.", take_precedence())
            reactor = Reactor()
            processes = [_process(each, reactor, drain_seconds) for each in endpoints]
            host = LineHost(processes=processes, reactor=reactor)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: host.stop())
            host.run()
        except (KeyFileError, PackError, TrunkRefusedError, TrunkTakenError) as error:
            raise CommandError(str(error)) from error
        except (NotDeployedError, SigningKeysError) as error:
            raise CommandError(str(error), returncode=NOT_DEPLOYED) from error


def _endpoint(code: str) -> TrunkEndpoint:
    book_record(actor=f"line:{code}", now=clock.read())
    return endpoint_for(code)


def _process(endpoint: TrunkEndpoint, reactor: Reactor, drain_seconds: float) -> LineProcess:
    return LineProcess(
        endpoint=endpoint,
        line=SipLine(trunk_config(endpoint), reactor=reactor),
        seat_line=partial(registrar_line, reactor=reactor),
        journals=settings.LINES_DIR,
        recordings=settings.RECORDINGS_DIR,
        prompts=settings.PROMPTS_DIR,
        drain_seconds=drain_seconds,
    )
