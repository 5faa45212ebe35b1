"""The signing key of the web pages."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config.keys import signing_key
from config.sentences import SentenceError


class TestSigningKey:
    def test_is_made_once_and_only_we_can_read_it(self, tmp_path: Path) -> None:
        first = signing_key(folder=tmp_path / "keys")

        assert len(first) >= 64
        assert signing_key(folder=tmp_path / "keys") == first
        assert (tmp_path / "keys" / "django.key").stat().st_mode & 0o777 == 0o600
        assert [p.name for p in (tmp_path / "keys").iterdir()] == ["django.key"]

    def test_is_one_key_when_two_first_starts_race(self, tmp_path: Path) -> None:
        with ThreadPoolExecutor(8) as pool:
            keys = set(pool.map(lambda _: signing_key(folder=tmp_path), range(32)))

        assert len(keys) == 1

    def test_is_a_sentence_when_it_cannot_be_made(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()

        with pytest.raises(SentenceError, match="KEYS_DIR"):
            signing_key(folder=tmp_path / "file" / "keys")
