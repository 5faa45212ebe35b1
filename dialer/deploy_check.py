"""What `manage.py check --deploy` says of the key that opens recordings."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks

from audit.box_keys import OPENERS

KEY = "recording"


def recordings_key(**_: Any) -> list[checks.CheckMessage]:
    """Warn where this account could open recordings: only the player's should be able to."""
    path = Path(settings.KEYS_DIR, OPENERS[KEY], f"{KEY}.key")
    if not os.access(path, os.R_OK):
        return []
    hint = "以播放进程自己的系统账号持有该文件夹 / Give that folder to the player's own account."
    said = f"本账号可读录音解密密钥 / This account can read the key that opens recordings: {path}"
    return [checks.Warning(said, hint=hint, id="dialer.W001")]
