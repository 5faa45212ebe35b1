from typing import Any

import pytest

from compliance.scripts import ScriptError, Step, read_steps, steps_digest, steps_text
from compliance.scripts.steps import LONGEST_STEP, MOST_STEPS, steps_rows

OPENING = {"step": "opening", "text": "您好"}


class TestSteps:
    @pytest.mark.parametrize(
        "value",
        [
            None,
            [],
            "您好",
            ["您好"],
            [{"step": "opening"}],
            [{**OPENING, "more": 1}],
            [{"step": "opening", "text": 1}],
            [{"step": "opening", "text": " "}],
            [{"step": " ", "text": "您好"}],
            [{"step": "opening", "text": "好" * (LONGEST_STEP + 1)}],
            [{"step": "offer", "text": "您好"}],
            [OPENING, OPENING],
            [OPENING, *({"step": str(n), "text": "好"} for n in range(MOST_STEPS))],
        ],
    )
    def test_are_refused_unless_well_formed(self, value: Any) -> None:
        with pytest.raises(ScriptError):
            read_steps(value)

    def test_come_back_as_they_were(self) -> None:
        steps = (Step("opening", "您好"), Step("closing", "再见"))

        assert read_steps(steps_rows(steps)) == steps
        assert steps_text(steps) == "【opening】您好\n【closing】再见"

    def test_have_a_digest_of_their_own(self) -> None:
        one = steps_digest((Step("opening", "您好"),))

        assert one != steps_digest((Step("opening", "您好 "),))
        assert len(one) == 64
