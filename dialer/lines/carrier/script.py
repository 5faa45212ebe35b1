"""What the loopback carrier does with each number it is asked to call."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class ScriptError(ValueError):
    """The script is not one that the carrier can follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How one callee behaves."""

    code: int = 200  # the final answer
    provisional: tuple[int, ...] = (100, 180)
    ring_seconds: float = 0.2  # from the INVITE to the final answer
    never_answers: bool = False
    agent_silent: bool = False  # a seat's phone: muted
    agent_key: str = ""  # a seat's phone: pressed in every talk
    agent_seconds: tuple[float, ...] = ()  # a seat's phone: least and most of a talk; () = ever
    talk_seconds: float | None = 2.0  # then the callee hangs up; None = waits for the caller
    key: str = ""  # pressed after the answer
    key_seconds: float = 0.5  # after the answer
    key_by: str = "rtp"  # rtp, rtp_without_marker, info
    challenge: int = 0  # 401 or 407
    qop: bool = True
    algorithm: str = "MD5"
    lose_invites: int = 0  # INVITE packets that never arrived
    ignore_cancel: bool = False
    answer_on_cancel: bool = False  # the callee picks up at the very moment
    requests: tuple[str, ...] = ()  # sent inside the call: INVITE, UPDATE, INFO, OPTIONS, NOTIFY
    record_route: bool = False
    compact: bool = False  # short header names, odd spaces
    forks: bool = False  # a second callee answers as well
    formats: str = "0 101"  # of the session description
    echoes: bool = True  # says back what it hears; otherwise it says nothing at all
    session_seconds: int = 0  # of the session timer that the callee insists on; 0 = none
    refresher: str = "uac"  # who is to refresh: uac (the caller) or uas
    refreshes: int = 1000  # how often the callee does so, where it is to
    takes_update: bool = True
    update_code: int = 200  # of its answer to UPDATE
    min_se: int = 0  # a wish for less is answered with 422
    reason: str = ""  # of a Reason header, such as Q.850;cause=17


PRESETS: dict[str, dict[str, Any]] = {
    "answer": {},
    "answer_wait": {"talk_seconds": None},
    "no_answer": {"never_answers": True},
    "busy": {"code": 486},
    "declined": {"code": 603},
    "not_found": {"code": 404},
    "unavailable": {"code": 480},
    "congestion": {"code": 503},
    "forbidden": {"code": 403},
    "refuse": {},  # with a `code`
    "key9": {"key": "9", "talk_seconds": None},
    "early_hangup": {"talk_seconds": 0.2},
    "lost_first_invite": {"lose_invites": 1},
    "auth_401": {"challenge": 401},
    "auth_407": {"challenge": 407},
    "early_media": {"provisional": (100, 183)},
    "reinvite": {"requests": ("INVITE",)},
    "in_dialog": {"requests": ("OPTIONS", "UPDATE", "INFO", "NOTIFY", "REFER")},
    "silence": {"lose_invites": 1_000_000},
    "silence_200": {"provisional": (), "ring_seconds": 0.0},
    "glare": {"never_answers": True, "answer_on_cancel": True},
    "deaf_to_cancel": {"never_answers": True, "ignore_cancel": True},
    "forked": {"forks": True, "talk_seconds": None},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The user name and the password that challenges ask for."""

    username: str = "line"
    password: str = "password"  # noqa: S105 - a carrier on this machine only
    registers: bool = True
    register_code: int = 0  # refuse registrations with this code
    unknown_code: int = 0  # answer another user name with this code; 0: as a wrong password


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How the carrier answers outside of calls."""

    formats: str = ""  # payload types in the answer to OPTIONS; "" describes no media
    date_ahead_seconds: int | None = None  # how wrong the clock in Date is; None sends none
    seen_as: str = ""  # host:port filled into the top Via, as behind an address translation


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """The behaviours by number, and one for all the others."""

    default: Behaviour = field(default_factory=Behaviour)
    numbers: Mapping[str, Behaviour] = field(default_factory=dict)
    account: Account = field(default_factory=Account)
    answers_options: bool = True
    manners: Manners = field(default_factory=Manners)

    def behaviour(self, number: str) -> Behaviour:
        """Say how a callee behaves."""
        return self.numbers.get(number, self.default)


def load(path: Path) -> Script:
    """Read a script.

    :raises ScriptError: if it is no JSON, or names something that does not exist
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ScriptError(f"{path}: this is no readable JSON file.") from error
    return parse(data)


def parse(data: Mapping[str, Any]) -> Script:
    """Build a script from plain data."""
    unknown = set(data) - {"default", "numbers", "account", "answers_options", "manners"}
    if unknown:
        raise ScriptError(f"The script names {sorted(unknown)}, which the carrier does not know.")
    numbers = {number: _behaviour(entry) for number, entry in data.get("numbers", {}).items()}
    return Script(
        default=_behaviour(data.get("default", {"behaviour": "answer"})),
        numbers=numbers,
        account=Account(**data.get("account", {})),
        answers_options=data.get("answers_options", True),
        manners=Manners(**data.get("manners", {})),
    )


def _behaviour(entry: Mapping[str, Any]) -> Behaviour:
    rest = dict(entry)
    name = rest.pop("behaviour", "answer")
    if name not in PRESETS:
        raise ScriptError(f"Behaviour {name!r}: write one of {', '.join(sorted(PRESETS))}.")
    unknown = set(rest) - {each.name for each in dataclasses.fields(Behaviour)}
    if unknown:
        raise ScriptError(f"Behaviour {name!r} has no {sorted(unknown)}.")
    given = {
        key: tuple(value) if isinstance(value, list) else value for key, value in rest.items()
    }
    return Behaviour(**{**PRESETS[name], **given})
