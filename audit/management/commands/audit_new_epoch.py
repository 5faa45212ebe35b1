"""Begin a new epoch of the log, with the reason on the record."""

from argparse import ArgumentParser
from datetime import UTC, datetime

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audit.record import AuditWriteError
from audit.sealing.rebuild import LeavesMissingError
from audit.sealing.signer import Signer
from audit.sealing_keys import log_keys
from audit.services.epoch_begin import NothingSaidError, epoch_begin


class Command(BaseCommand):
    """Recover after the signer refused: restore, failover or tampering."""

    help = "签名进程拒绝后开启新纪元 / Begin a new epoch after the signer refused"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the reason and who gives it."""
        parser.add_argument("--reason", required=True, help="为何重新开始 / why")
        parser.add_argument("--by", required=True, help="操作人 / who decides: u:17")

    def handle(self, *_args: object, reason: str, by: str, **_options: object) -> None:
        """Name the new origin: whoever checks the log needs its new verifier key."""
        signer = Signer(folder=settings.AUDIT_SIGNER_DIR, keys=log_keys)
        try:
            state = epoch_begin(reason=reason, by=by, signer=signer, now=datetime.now(UTC))
        except (NothingSaidError, LeavesMissingError, AuditWriteError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"已开启纪元 {state.epoch}：{state.origin}，请分发新的验证密钥（audit_keys list）\n"
            f"Epoch {state.epoch} has begun: {state.origin}. Hand out its verifier keys "
            "(audit_keys list)."
        )
