"""Words of the pages about recordings, in the reader's language."""

from django import template

from console.selectors.explained import reader_language
from dialer.services.recording_play import REASONS

register = template.Library()

STATES = {
    "open": ("正在录音", "being recorded"),
    "closed": ("完整", "whole"),
    "cut": ("不完整", "cut short"),
    "deleted": ("已删除", "deleted"),
}
WHY_CUT = {
    "crash": ("线路进程中断", "the line process was killed"),
    "missing": ("录音文件丢失", "its file is missing"),
    "not_written": ("磁盘未写入", "the disk did not take it"),
    "nothing_heard": ("线路未送出声音", "the line passed no sound on"),
    "overflow": ("写入跟不上", "writing could not keep up"),
    "file_gone": ("录音文件被移走", "its file was taken away"),
    "disk": ("磁盘出错", "the disk failed"),
}


@register.simple_tag
def either(zh: str, en: str) -> str:
    """Say it in the language of the page."""
    return zh if reader_language() == "zh" else en


@register.filter
def recording_state(state: str) -> str:
    """Say where a recording stands."""
    return either(*STATES.get(state, (state, state)))


@register.filter
def why_cut(why: str) -> str:
    """Say why a recording is not whole."""
    return either(*WHY_CUT.get(why, (why, why)))


@register.simple_tag
def listening_reasons() -> list[tuple[str, str]]:
    """Return why somebody may want to hear a recording."""
    return [(key, either(*words)) for key, words in REASONS.items()]
