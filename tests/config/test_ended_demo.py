"""The servers of a demo that has ended run again only where there was one with servers of its own.

That a command then works on its records is seen by `.ci/run`, which exports the trail of a demo.
"""

import json
from pathlib import Path

import pytest

from config.demo.ended import servers_of_the_ended_demo


@pytest.fixture
def var(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    (tmp_path / "data" / "demo").mkdir(parents=True)
    return tmp_path


class TestServersOfTheEndedDemo:
    @pytest.mark.parametrize(
        "text", [None, "", "{", json.dumps({"DATABASE_URL": "postgresql://elsewhere/yunhu"})]
    )
    def test_are_none_unless_a_demo_had_its_own(self, var: Path, text: str | None) -> None:
        note = var / "run" / "servers.json"
        if text is not None:
            note.write_text(text)

        with servers_of_the_ended_demo(note=note) as found:
            assert found == {}

    def test_are_none_without_the_folder_of_their_data(self, var: Path) -> None:
        note = var / "run" / "servers.json"
        note.write_text(json.dumps({"EMBEDDED_SERVERS": "1"}))
        (var / "data" / "demo").rmdir()

        with servers_of_the_ended_demo(note=note) as found:
            assert found == {}
        assert not (var / "data" / "demo").exists()
