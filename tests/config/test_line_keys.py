"""The line process of the demo holds nothing that signs."""

from pathlib import Path

import pytest
from django.test import override_settings

from audit.curve_keys import curve_private_key, curve_public_key
from audit.keys import KeyFileError, make_missing, private_key, secret
from config.demo.line_keys import line_keys


class TestLineKeys:
    def test_check_and_read_and_do_not_sign(self, tmp_path: Path) -> None:
        with override_settings(KEYS_DIR=tmp_path / "keys"):
            make_missing()

        folder = line_keys(keys=tmp_path / "keys", folder=tmp_path / "line")

        with override_settings(KEYS_DIR=folder):
            curve_public_key("passport")
            secret("number-seal")
            with pytest.raises(KeyFileError):
                curve_private_key("passport")
            for name in ("permit", "deployment", "audit-log"):
                with pytest.raises(KeyFileError):
                    private_key(name)
        assert [path.name for path in folder.iterdir() if path.is_dir()] == []
        assert folder.stat().st_mode & 0o777 == 0o700
