"""Django's own signing key: made once, kept in a file that only we can read."""

import contextlib
import secrets
import tempfile
from pathlib import Path

from config.sentences import SentenceError

LETTERS = 64


def signing_key(*, folder: Path) -> str:
    """Return the key in `folder`, made the first time; two first starts at once agree on one.

    :raises SentenceError: if it can be neither read nor made
    """
    file = folder / "django.key"
    try:
        if not file.exists():
            _make(file)
        return file.read_text(encoding="ascii")
    except OSError as problem:
        raise SentenceError(
            zh=f"密钥文件 {file} 无法读写（{problem.strerror}）："
            "请更正 KEYS_DIR 的权限，或设置 SECRET_KEY_FILE。",
            en=f"The key file {file} can be neither read nor made ({problem.strerror}): correct "
            "the permissions of KEYS_DIR, or set SECRET_KEY_FILE.",
        ) from problem


def _make(file: Path) -> None:
    """Write the whole key elsewhere, then give it its name unless another start was first."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=file.parent) as draft:  # mode 0600
        draft.write(secrets.token_urlsafe(LETTERS))
        draft.flush()
        with contextlib.suppress(FileExistsError):
            file.hardlink_to(draft.name)
