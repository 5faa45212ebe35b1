"""A script as its steps: what the agent says first, then, and at the end."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from audit.canonical import canon

OPENING = "opening"  # the first step; it says who calls, why, and how to say no
MOST_STEPS = 50
LONGEST_STEP = 4000  # signs


class ScriptError(ValueError):
    """What was given is no script: a list of steps, each with a name and a text."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the agent says."""

    step: str  # its name, such as opening, offer, closing
    text: str


def read_steps(value: Any) -> tuple[Step, ...]:
    """Read `[{"step": …, "text": …}]`; the first step is the opening.

    :raises ScriptError: if that is not what it is
    """
    if not isinstance(value, list) or not 0 < len(value) <= MOST_STEPS:
        raise ScriptError("话术应为步骤列表。 A script is a list of 1 to 50 steps.")
    steps = tuple(_step(item) for item in value)
    if steps[0].step != OPENING:
        raise ScriptError("第一步应为 opening（开场）。 The first step must be named opening.")
    if len({step.step for step in steps}) != len(steps):
        raise ScriptError("步骤名称重复。 Two steps have the same name.")
    return steps


def _step(item: Any) -> Step:
    if not isinstance(item, dict) or item.keys() != {"step", "text"}:
        raise ScriptError("每一步应有 step 和 text。 Each step has `step` and `text`.")
    step, text = item["step"], item["text"]
    if not isinstance(step, str) or not isinstance(text, str):
        raise ScriptError("step 和 text 应为文字。 `step` and `text` are texts.")
    if not step.strip() or not text.strip() or len(text) > LONGEST_STEP:
        raise ScriptError("步骤为空或过长。 A step is empty or too long.")
    return Step(step, text)


def steps_rows(steps: Sequence[Step]) -> list[dict[str, str]]:
    """Return the steps as JSON holds them."""
    return [{"step": step.step, "text": step.text} for step in steps]


def steps_digest(steps: Sequence[Step]) -> str:
    """Return the SHA-256, hex, of the steps in canonical JSON: what an approval is about."""
    return hashlib.sha256(canon(steps_rows(steps))).hexdigest()


def steps_text(steps: Sequence[Step]) -> str:
    """Return the steps as a person reads them."""
    return "\n".join(f"【{step.step}】{step.text}" for step in steps)
