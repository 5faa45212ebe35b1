"""Whoever installs this is told where a line process could sign; the start itself is refused."""

from pathlib import Path

import pytest
from django.test import override_settings

from dialer.deploy_check import lines_keys
from dialer.line_process.signing_keys import SIGNING
from dialer.trunk_check.finding import Grade
from dialer.trunk_check.house import keys_finding


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    folder = tmp_path / "keys"
    folder.mkdir()
    (folder / "passport.pub").touch()
    return folder


class TestSigningKeys:
    @pytest.mark.parametrize("name", SIGNING)
    def test_of_the_lines_account_are_told_by_check_deploy(self, keys: Path, name: str) -> None:
        with override_settings(KEYS_DIR=keys, LINES_DIR=keys.parent):
            assert lines_keys() == []
            (keys / name).touch(mode=0o600)

            (warning,) = lines_keys()

        assert warning.id == "dialer.W002"
        assert name in warning.msg

    def test_of_an_account_that_runs_no_lines_are_in_order(self, keys: Path) -> None:
        (keys / "passport.key").touch(mode=0o600)

        with override_settings(KEYS_DIR=keys, LINES_DIR=keys / "nowhere"):
            assert lines_keys() == []

    def test_are_told_by_the_check_of_a_trunk(self, keys: Path) -> None:
        assert keys_finding(keys).grade is Grade.OK
        (keys / "passport.key").touch(mode=0o600)

        found = keys_finding(keys)

        assert found.grade is Grade.NOTE
        assert "passport.key" in found.zh
        assert "passport.key" in found.en
