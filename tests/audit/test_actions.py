import re

import pytest

from audit.actions import ACTIONS, BY_NAME, Action

NAMED = pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)


class TestActions:
    def test_have_unique_names_and_labels(self) -> None:
        assert len(BY_NAME) == len(ACTIONS)
        assert len({action.zh for action in ACTIONS}) == len(ACTIONS)
        assert len({action.en for action in ACTIONS}) == len(ACTIONS)

    @NAMED
    def test_are_dotted_verbs_that_fit_their_column(self, action: Action) -> None:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*", action.name)
        assert len(action.name) <= 64

    @NAMED
    def test_speak_chinese_and_english(self, action: Action) -> None:
        assert re.search(r"[\u4e00-\u9fff]", action.zh)
        assert re.fullmatch(r"[A-Z][A-Za-z -]+", action.en)

    def test_cannot_be_added_while_running(self) -> None:
        with pytest.raises(TypeError):
            BY_NAME["made.up"] = ACTIONS[0]  # type: ignore[index]
