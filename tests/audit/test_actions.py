import re

import pytest

from audit.actions import ACTIONS, BY_NAME


class TestActions:
    def test_have_unique_names_and_labels(self) -> None:
        assert len(BY_NAME) == len(ACTIONS)
        assert len({action.zh for action in ACTIONS}) == len(ACTIONS)
        assert len({action.en for action in ACTIONS}) == len(ACTIONS)

    def test_are_dotted_verbs_that_fit_their_column(self) -> None:
        verb = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")

        assert [name for name in BY_NAME if not verb.fullmatch(name) or len(name) > 64] == []

    def test_speak_chinese_and_english(self) -> None:
        assert [one for one in ACTIONS if not re.search(r"[\u4e00-\u9fff]", one.zh)] == []
        assert [one for one in ACTIONS if not re.fullmatch(r"[A-Z][A-Za-z' -]+", one.en)] == []

    def test_cannot_be_added_while_running(self) -> None:
        with pytest.raises(TypeError):
            BY_NAME["made.up"] = ACTIONS[0]  # type: ignore[index]
