"""What one step of a trunk's check found, and what to do about it, in both languages."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Grade(StrEnum):
    """How bad it is."""

    OK = "ok"
    NOTE = "note"  # works, or cannot be told from here; somebody should know
    BROKEN = "broken"
    SKIPPED = "skipped"  # an earlier step is broken, so there is nothing to try


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One part of a trunk."""

    name: str
    zh: str
    en: str


LEDGER = Step(name="ledger", zh="线路台账与备案", en="ledger and filing")
DEPLOYMENT = Step(name="deployment", zh="部署包", en="deployment pack")
PROCESS = Step(name="process", zh="线路进程", en="line process")
NAME = Step(name="name", zh="域名解析", en="name resolution")
ROUTE = Step(name="route", zh="本机地址与路由", en="local address and route")
REACH = Step(name="reach", zh="UDP 可达（OPTIONS）", en="UDP reachability (OPTIONS)")
REGISTER = Step(name="register", zh="注册与密码", en="registration and password")
NAT = Step(name="nat", zh="地址转换", en="address translation (NAT)")
CLOCK = Step(name="clock", zh="时钟", en="clock")
CODECS = Step(name="codecs", zh="编解码", en="codecs")
RTP = Step(name="rtp", zh="RTP 端口", en="RTP ports")
RECORDER = Step(name="recorder", zh="录音存储", en="recordings' storage")
EDGE = Step(name="edge", zh="边界核验", en="edge")

STEPS = (  # in the order of the check
    LEDGER,
    DEPLOYMENT,
    PROCESS,
    NAME,
    ROUTE,
    REACH,
    REGISTER,
    NAT,
    CLOCK,
    CODECS,
    RTP,
    RECORDER,
    EDGE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One sentence of the check."""

    step: Step
    grade: Grade
    zh: str
    en: str
    do_zh: str = ""
    do_en: str = ""


def fine(step: Step, zh: str, en: str) -> Finding:
    """Say that a part works."""
    return Finding(step=step, grade=Grade.OK, zh=zh, en=en)


def note(step: Step, zh: str, en: str, *, do: tuple[str, str] = ("", "")) -> Finding:
    """Say what somebody should know."""
    return Finding(step=step, grade=Grade.NOTE, zh=zh, en=en, do_zh=do[0], do_en=do[1])


def broken(step: Step, zh: str, en: str, *, do: tuple[str, str]) -> Finding:
    """Say what is broken, and what to do."""
    return Finding(step=step, grade=Grade.BROKEN, zh=zh, en=en, do_zh=do[0], do_en=do[1])


def skipped(step: Step) -> Finding:
    """Say that a part could not be tried."""
    return Finding(
        step=step,
        grade=Grade.SKIPPED,
        zh="未检查：前面的步骤不通。",
        en="Not tried: an earlier step is broken.",
    )


def broken_steps(found: Sequence[Finding]) -> list[str]:
    """Return the names of the steps at which something is broken."""
    return sorted({one.step.name for one in found if one.grade is Grade.BROKEN})


def data(found: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return the findings as JSON has them."""
    return [
        {
            "step": one.step.name,
            "grade": one.grade.value,
            "found": {"zh": one.zh, "en": one.en},
            "do": {"zh": one.do_zh, "en": one.do_en} if one.do_zh else None,
        }
        for one in found
    ]
