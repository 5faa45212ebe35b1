"""What was erased, what was not and until when, as the person reads it."""

from collections.abc import Iterator
from datetime import datetime

from dialer.services.subject_erase import Erasure

REFUSAL = """\
您拒绝来电的登记长期保存：只留以密钥计算的号码摘要（HMAC-SHA-256），唯其如此才能不再呼叫您。
Your refusal stays for good, as a keyed digest of your number (HMAC-SHA-256): only so can we keep
from calling you again.
"""


def erasure_text(done: Erasure, *, now: datetime) -> str:
    """Return the answer to a request for deletion."""
    return "\n".join([*_lines(done, now), "", REFUSAL])


def _lines(done: Erasure, now: datetime) -> Iterator[str]:
    yield "删除个人信息的答复 · Answer to your request for deletion"
    yield "《个人信息保护法》第四十七条 · Personal Information Protection Law, article 47"
    yield now.isoformat(timespec="seconds")
    yield ""
    yield f"已删除姓名及编号 · Names and references erased: {done.leads}"
    yield f"已删除审计中的个人信息 · Fields of the audit trail erased: {done.fields}"
    yield f"已删除通话录音 · Recordings of calls erased: {done.recordings}"
    if done.number:
        yield "已删除号码 · Your number is erased."
        return
    yield "下列记录在法定保存期内，届满即删，其间只保存、不使用："
    yield "The law has us keep these; until then they are stored, and not used:"
    for kept in done.kept:
        its = kept.its
        yield (
            f"  {its.title_zh} · {its.title_en}: {kept.records}, "
            f"至 until {kept.until.date().isoformat()}"
        )
