"""What `manage.py check --deploy` says of the keys that open recordings, and that sign."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks

from audit.box_keys import OPENERS
from dialer.line_process.signing_keys import signing_keys

KEY = "recording"


def recordings_key(**_: Any) -> list[checks.CheckMessage]:
    """Warn where this account could open recordings: only the player's should be able to."""
    path = Path(settings.KEYS_DIR, OPENERS[KEY], f"{KEY}.key")
    if not os.access(path, os.R_OK):
        return []
    hint = "以播放进程自己的系统账号持有该文件夹 / Give that folder to the player's own account."
    said = f"本账号可读录音解密密钥 / This account can read the key that opens recordings: {path}"
    return [checks.Warning(said, hint=hint, id="dialer.W001")]


def lines_keys(**_: Any) -> list[checks.CheckMessage]:
    """Warn where the account of the line processes, which owns their folder, could sign."""
    lines, held = Path(settings.LINES_DIR), signing_keys(Path(settings.KEYS_DIR))
    if not held or not lines.is_dir() or lines.stat().st_uid != os.geteuid():
        return []
    hint = (
        "给线路进程单独的账号和 KEYS_DIR，其中没有私钥 / Give line processes an account and a "
        "KEYS_DIR of their own, without these."
    )
    said = (
        "线路进程的账号可读签名私钥，run_lines 不会以此启动 / The account of the line processes "
        f"can read keys that sign; run_lines does not start with them: {', '.join(held)}"
    )
    return [checks.Warning(said, hint=hint, id="dialer.W002")]
