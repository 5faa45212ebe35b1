"""Seal the audit trail until SIGTERM."""

import signal
import threading

from django.core.management.base import BaseCommand, CommandError

from audit.keys import KeyFileError
from audit.sealing.sequencer import run


class Command(BaseCommand):
    """Run the one sequencer of the deployment; a second one waits for its turn."""

    requires_system_checks = ()
    help = "封存审计记录：定序、签名、发布 / Seal the audit trail: sequence, sign, publish"

    def handle(self, *_args: object, **_options: object) -> None:
        """Work until told to stop; what is sealed by then is signed and published."""
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        try:
            run(stopping=stopping)
        except KeyFileError as error:
            raise CommandError(str(error)) from error
