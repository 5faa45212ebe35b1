"""Under whose account the embedded servers run, and on which ports."""

import os
import socket
from pathlib import Path

import pytest

from config.sentences import SentenceError
from config.services import account, ports


class TestServerAccount:
    @pytest.mark.skipif(os.geteuid() != 0, reason="only root changes users")
    def test_is_whoever_owns_the_data_already(self, tmp_path: Path) -> None:
        os.chown(tmp_path, 65534, 65534)

        found = account.server_account(data=tmp_path)

        assert found is not None
        assert found.uid == 65534

    def test_is_a_sentence_for_a_user_without_a_name(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: 54321)

        with pytest.raises(SentenceError, match=r"54321 has no name .* set DATABASE_URL"):
            account.server_account(data=tmp_path)

    def test_is_a_sentence_for_root_that_cannot_change(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        monkeypatch.setattr(account, "UNPRIVILEGED", ("no-such-user",))

        with pytest.raises(SentenceError, match=r"without leave .* set DATABASE_URL"):
            account.server_account(data=tmp_path)


class TestPorts:
    def test_name_the_option_when_taken(self) -> None:
        with socket.create_server((ports.LOOPBACK, 0)) as server:
            port = server.getsockname()[1]

            with pytest.raises(ports.PortTakenError, match=f"Port {port} is taken .* --port"):
                ports.require_free(port, option="--port")

    def test_are_free_when_given(self) -> None:
        port = ports.require_free(ports.free_port(), option="--port")

        assert ports.FIRST <= port <= ports.LAST
