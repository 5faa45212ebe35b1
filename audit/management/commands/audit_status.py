"""Say how sealing stands."""

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from audit.sealing.status import SealingStatus, sealing_status

STOPS = {
    "": ("正在封存", "sealing goes on"),
    "refused": ("签名进程拒绝签名，已停止外呼", "the signer refused; nothing may be dialled"),
    "quarantine": ("有条目被隔离，已停止外呼", "entries were set aside; nothing may be dialled"),
}


class Command(BaseCommand):
    """Say how late sealing is, whether it has stopped, and how far the log reaches."""

    help = "查看封存状态 / Say how sealing stands"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Let programs read it."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *_args: object, json: bool, **_options: object) -> None:
        """Write sentences, or one JSON object."""
        status = sealing_status()
        self.stdout.write(_as_json(status) if json else _as_sentences(status))


def _as_json(status: SealingStatus) -> str:
    return json.dumps(status.as_json(), ensure_ascii=False)


def _as_sentences(status: SealingStatus) -> str:
    zh, en = STOPS[status.stopped]
    in_chinese = (
        f"{zh}：日志 {status.origin or '-'} 共 {status.size} 条，检查点 {status.checkpoint_size}，"
        f"待封存 {status.pending}，隔离 {status.quarantined}，落后 {status.lag_s:.0f} 秒"
    )
    in_english = (
        f"{en}: log {status.origin or '-'}, {status.size} leaves, checkpoint "
        f"{status.checkpoint_size}, {status.pending} waiting, {status.quarantined} in "
        f"quarantine, {status.lag_s:.0f} s behind"
    )
    return f"{in_chinese}\n{in_english}"
