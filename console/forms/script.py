"""A wording as a form gives it: a title, for whom, why, and the steps one below the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from compliance.models import Principal, ScriptVersion
from compliance.models.words import Purpose
from compliance.scripts import ScriptError, Step, read_steps
from compliance.scripts.steps import LONGEST_STEP, MOST_STEPS
from console.templatetags.either import either

LONGEST_TITLE = 128
LONGEST_NAME = 40
SPARE = 3  # empty steps below those that are written


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What somebody wrote, as far as it can be read, and what is wrong with it."""

    title: str
    principal: Principal | None
    purpose: str
    offers: bool
    rows: list[dict[str, str]]
    wrong: list[tuple[str, str]]  # field, sentence

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return the steps.

        :raises ScriptError: if they are no script
        """
        return read_steps(self.rows)

    @property
    def shown_rows(self) -> list[dict[str, str]]:
        """Return the rows of the form, with some to write into."""
        room = min(SPARE, MOST_STEPS - len(self.rows))
        return [*self.rows, *({"step": "", "text": ""} for _ in range(room))]

    @property
    def asked(self) -> dict[str, object]:
        """Return it as an approval keeps it."""
        assert self.principal is not None  # noqa: S101 - `wrong` is empty
        return {
            "title": self.title,
            "principal": self.principal.pk,
            "purpose": self.purpose,
            "offers": self.offers,
            "steps": self.rows,
        }


def blank() -> Wording:
    """Return a form that nobody has written into."""
    rows = [{"step": "opening", "text": ""}]
    return Wording(title="", principal=None, purpose="", offers=False, rows=rows, wrong=[])


def wording_of(script: ScriptVersion) -> Wording:
    """Return a version to begin the next one from."""
    return Wording(
        title=script.title,
        principal=script.principal,
        purpose=script.purpose,
        offers=script.offers,
        rows=[{"step": str(one["step"]), "text": str(one["text"])} for one in script.steps],
        wrong=[],
    )


def wording_given(given: Mapping[str, Any]) -> Wording:
    """Read a form; what is missing or no script is told by its field."""
    key = str(given.get("principal", ""))
    whole = key.isascii() and key.isdecimal() and len(key) < LONGEST_NAME
    principal = Principal.objects.filter(pk=int(key)).first() if whole else None
    title, purpose = str(given.get("title", "")).strip(), str(given.get("purpose", ""))
    rows = _rows(given)
    return Wording(
        title=title[:LONGEST_TITLE],
        principal=principal,
        purpose=purpose if purpose in Purpose.values else "",
        offers=bool(given.get("offers")),
        rows=rows,
        wrong=_wrong(title, principal, purpose, rows),
    )


def _rows(given: Mapping[str, Any]) -> list[dict[str, str]]:
    found = []
    for place in range(MOST_STEPS):
        step = str(given.get(f"step_{place}", "")).strip()[:LONGEST_NAME]
        text = str(given.get(f"text_{place}", "")).strip().replace("\r\n", "\n")[:LONGEST_STEP]
        if step or text:
            found.append({"step": step, "text": text})
    return found


def _wrong(
    title: str, principal: Principal | None, purpose: str, rows: list[dict[str, str]]
) -> list[tuple[str, str]]:
    found = []
    if not title:
        found.append(("title", either("请写话术名称。", "Name the script.")))
    if principal is None:
        found.append(("principal", either("请选择委托主体。", "Choose the principal.")))
    if purpose not in Purpose.values:
        found.append(("purpose", either("请选择外呼目的。", "Choose the purpose.")))
    try:
        read_steps(rows)
    except ScriptError:
        said = either(
            "第一步须名为 opening；每步都要有名称和正文，名称不得重复。",
            "The first step is named opening; each has a name and a text, no name twice.",
        )
        found.append(("step_0", said))
    return found
