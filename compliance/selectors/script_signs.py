"""What a script says about the machine that speaks it, and whether it speaks of renewals.

Each sign looks for a few plain words: a script that says a thing in other words has not said it.
"""

import re
import unicodedata
from collections.abc import Sequence

OPENING = 40  # characters: about the first three seconds of speech, and the greeting before them
_MACHINE = re.compile(r"机器人|人工智能|智能语音|智能客服|自动语音|AI语音|AI助手", re.IGNORECASE)
_REFUSAL = re.compile(r"按(数字)?[9九](号)?键?")
_PERSON = re.compile(r"转(接)?(到)?人工|人工(坐席|客服|服务)")
_RENEWAL = re.compile(r"续保|续险|保险到期|保单到期|车险到期")


def says_machine(*, script: str) -> bool:
    """Return whether the script's opening says that a machine speaks."""
    return _MACHINE.search(_plain(script)[:OPENING]) is not None


def takes_refusal(*, script: str) -> bool:
    """Return whether the script tells the person to press 9 to refuse."""
    return _REFUSAL.search(_plain(script)) is not None


def offers_person(*, script: str) -> bool:
    """Return whether the script offers to put a person on."""
    return _PERSON.search(_plain(script)) is not None


def renews_policies(*, texts: Sequence[str]) -> bool:
    """Return whether any of a filing's texts speaks of renewing an insurance."""
    return any(_RENEWAL.search(_plain(text)) for text in texts)


def _plain(text: str) -> str:
    """Return the text without spaces, full-width and invisible characters."""
    narrow = unicodedata.normalize("NFKC", text)
    return "".join(c for c in narrow if unicodedata.category(c)[0] in "LN")
