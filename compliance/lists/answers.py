"""The closed words of a consent list: yes and no, how the consent was given, and what for."""

import re
from enum import StrEnum
from functools import lru_cache

from compliance.numbers.normalise import plain_text

SEEN = 256  # cells remembered; the same few stand in every row


class Answer(StrEnum):
    """What a person answered; whatever is not plainly yes or no is unclear, and counts as no."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


class Method(StrEnum):
    """How a consent was given."""

    WEB_FORM = "web_form"
    APP = "app"
    MINI_PROGRAM = "mini_program"
    PAPER = "paper"
    RECORDING = "recording"
    INBOUND_CALL = "inbound_call"
    SMS = "sms"
    EVENT = "event"


# Compared whole, without regard to width and case only: 同意(待确认) is no yes.
_YES = frozenset(
    {"同意", "已同意", "明确同意", "是", "yes", "y", "1", "1.0", "true", "agree", "agreed"}
    | {"√", "✓", "✔"}
)
_NO = frozenset(
    {"不同意", "未同意", "拒绝", "否", "不", "no", "n", "0", "0.0", "false", "disagree", "refused"}
    | {"×", "✗", "x"}
)

_METHODS = {
    Method.WEB_FORM: "网页 网页表单 网站 网站表单 官网 h5 web webform website",
    Method.APP: "app 手机应用 应用 客户端 mobileapp",
    Method.MINI_PROGRAM: "小程序 微信小程序 miniprogram",
    Method.PAPER: "纸质 纸质表单 书面 合同 扫描件 paper paperform contract",
    Method.RECORDING: "录音 电话录音 recording voicerecording",
    Method.INBOUND_CALL: "来电 客户来电 呼入 inbound inboundcall",
    Method.SMS: "短信 短信回复 sms textmessage",
    Method.EVENT: "活动 线下活动 展会 活动登记 event eventsignup",
}
_PURPOSES = {
    "P1": "营销 商业营销 推广 marketing commercialmarketing",
    "P2": "回访 即时回访 回电 callback instantcallback",
    "P3": "信息咨询 咨询 信息 information consultation consentedinformation",
    "P4": "服务通知 服务 合同通知 service servicenotice serviceorcontractnotice",
    "P5": "催收 collection debtcollection",
    "P6": "满意度回访 满意度调查 调查 survey aftersalesurvey",
    "P7": "公共通知 紧急通知 publicnotice emergencynotice publicoremergencynotice",
}
_METHOD_WORDS = {word: method for method, words in _METHODS.items() for word in words.split()}
_PURPOSE_WORDS = {word: code for code, words in _PURPOSES.items() for word in words.split()}
_PURPOSE_WORDS |= {code.casefold(): code for code in _PURPOSES}

_BETWEEN = re.compile(r"[;；,，、/|+]+")
_SPACING = re.compile(r"[\s_\-]+")


@lru_cache(maxsize=SEEN)
def read_answer(cell: str) -> Answer:
    """Read a yes or no. Only a plain yes is one: 考虑一下, 待定 and silence are unclear."""
    said = plain_text(cell).casefold()
    if said in _YES:
        return Answer.YES
    return Answer.NO if said in _NO else Answer.UNCLEAR


@lru_cache(maxsize=SEEN)
def read_method(cell: str) -> Method | None:
    """Read how a consent was given; None if the word is not one of the known ones."""
    return _METHOD_WORDS.get(_word(cell))


@lru_cache(maxsize=SEEN)
def read_purposes(cell: str) -> tuple[str, ...] | None:
    """Read purposes (P1 … P7, or their names); None if there is none or one is not known."""
    codes = [_PURPOSE_WORDS.get(_word(part)) for part in _BETWEEN.split(cell) if part.strip()]
    known = {code for code in codes if code}
    return tuple(sorted(known)) if codes and None not in codes else None


def _word(text: str) -> str:
    """Reduce a term to its letters: Web-form and web_form are one."""
    return _SPACING.sub("", plain_text(text).casefold())
