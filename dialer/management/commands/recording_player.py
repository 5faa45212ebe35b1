"""manage.py recording_player: open recordings for those whom the trail lets hear them."""

import signal
import threading
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from audit.box_keys import OPENERS, read_box_private
from audit.keys import KeyFileError
from compliance import clock
from dialer.recording.player import Player
from dialer.services.recording_play import allowed

KEY = "recording"


class Command(BaseCommand):
    """Serve until SIGTERM."""

    requires_system_checks = ()  # CI has run them; a process that is restarted starts fast
    help = "Play recordings to the console; alone holds their key. 录音播放进程，独持解密密钥。"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take where the key is."""
        parser.add_argument(
            "--keys",
            type=Path,
            metavar="DIR",
            help="解密密钥所在文件夹 / the folder of the key that opens",
        )

    def handle(self, *_: Any, keys: Path | None, **__: Any) -> None:
        """Run the player."""
        folder = keys or Path(settings.KEYS_DIR, OPENERS[KEY])
        try:
            private = read_box_private(folder / f"{KEY}.key")
        except KeyFileError as error:
            raise CommandError(str(error)) from error
        player = Player(
            address=Path(settings.RECORDING_PLAYER),
            folder=Path(settings.RECORDINGS_DIR),
            private=private,
            allowed=_allowed,
        )
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        serving = threading.Thread(target=player.serve, daemon=True)
        serving.start()
        stopping.wait()
        player.stop()


def _allowed(entry: UUID, recording: UUID) -> str:
    """Ask the database, on a connection of this thread that ends with the question."""
    try:
        return allowed(entry=entry, recording=recording, now=clock.read())
    finally:
        connections.close_all()
