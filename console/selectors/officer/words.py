"""What the officer's pages and papers say for the codes of the records, in both languages."""

from collections.abc import Mapping

from compliance.models import Complaint, ComplaintEvent, Decision, Permit, Suspension
from compliance.models.words import ConsentBasis, RefusalSource
from compliance.numbers import Words
from dialer.lines.base import Outcome
from dialer.models import Recording, WrapUp

Event = ComplaintEvent.Kind

VERDICTS: Mapping[str, Words] = {
    Decision.Verdict.ALLOW: Words("允许", "allowed"),
    Decision.Verdict.DEFER: Words("推迟", "deferred"),
    Decision.Verdict.REFUSE: Words("拦截", "refused"),
}
STATES: Mapping[str, Words] = {
    Permit.State.ISSUED: Words("已签发，未使用", "issued, not used"),
    Permit.State.REDEEMED: Words("已使用，通话中", "used, the call is up"),
    Permit.State.CLOSED: Words("已使用，通话结束", "used, the call is over"),
    Permit.State.EXPIRED: Words("过期未用", "expired unused"),
    Permit.State.VOID: Words("使用前作废", "voided before use"),
}
SOURCES: Mapping[str, Words] = {
    RefusalSource.KEY_9: Words("通话中按 9", "key 9 during a call"),
    RefusalSource.AGENT: Words("对话务员说", "said to the agent"),
    RefusalSource.SPEECH: Words("机器听到", "heard by the machine"),
    RefusalSource.WEB: Words("公开页面", "public page"),
    RefusalSource.LETTER: Words("信函", "letter"),
    RefusalSource.SMS: Words("短信", "text message"),
    RefusalSource.COMPLAINT: Words("投诉", "complaint"),
    RefusalSource.CARRIER: Words("运营商谢绝来电", "carrier's do-not-disturb"),
    RefusalSource.IMPORT: Words("导入名单", "imported list"),
}
BASES: Mapping[str, Words] = {
    ConsentBasis.CONSENT: Words("本人同意", "the person's consent"),
    ConsentBasis.CONTRACT: Words("与本人的合同", "a contract with the person"),
    ConsentBasis.LEGAL_DUTY: Words("法定义务", "a legal duty"),
    ConsentBasis.DEBT_CONTRACT: Words("债权合同", "a debt contract"),
}
OUTCOMES: Mapping[str, Words] = {
    "": Words("通话中", "the call is up"),
    Outcome.ANSWERED: Words("已接听", "answered"),
    Outcome.ABANDONED: Words("接听后无坐席", "answered, no agent in time"),
    Outcome.BUSY: Words("忙", "busy"),
    Outcome.DECLINED: Words("被挂断", "declined"),
    Outcome.UNAVAILABLE: Words("无法接通", "unavailable"),
    Outcome.INVALID_NUMBER: Words("空号", "number does not exist"),
    Outcome.AUTH_FAILED: Words("运营商拒绝登录", "carrier refused our log-in"),
    Outcome.FORBIDDEN: Words("运营商禁止", "carrier forbade the call"),
    Outcome.NOT_ACCEPTABLE: Words("运营商不接受", "carrier did not accept the call"),
    Outcome.CONGESTION: Words("运营商拥塞", "carrier congested"),
    Outcome.CARRIER_ERROR: Words("运营商故障", "carrier error"),
    Outcome.NO_ANSWER: Words("无人接听", "no answer"),
    Outcome.CANCELED: Words("我方取消", "cancelled by us"),
    Outcome.LINE_DOWN: Words("线路中断，未发出", "line down, never left"),
    Outcome.LOST: Words("结果不明，计一次", "lost, counted as a try"),
    Outcome.FAILED: Words("失败", "failed"),
}
RECORDINGS: Mapping[str, Words] = {
    Recording.State.OPEN: Words("正在录音", "being recorded"),
    Recording.State.CLOSED: Words("完整", "whole"),
    Recording.State.CUT: Words("不完整", "cut short"),
    Recording.State.DELETED: Words("已删除", "deleted"),
}
CHANNELS: Mapping[str, Words] = {
    Complaint.Channel.CALL_BACK: Words("来电", "a call to us"),
    Complaint.Channel.C12321: Words("12321 举报中心", "12321 reporting centre"),
    Complaint.Channel.C12300: Words("12300 申诉", "12300 user appeals"),
    Complaint.Channel.C12315: Words("12315 消费者热线", "12315 consumer hotline"),
    Complaint.Channel.C12345: Words("12345 政务热线", "12345 city hotline"),
    Complaint.Channel.CARRIER: Words("运营商", "carrier"),
    Complaint.Channel.WEB: Words("公开页面", "public page"),
    Complaint.Channel.LETTER: Words("信函", "letter"),
    Complaint.Channel.IN_CALL: Words("通话中提出", "said during a call"),
}
STEPS: Mapping[str, Words] = {
    Event.ASSIGNED: Words("已分派", "given to a handler"),
    Event.NOTED: Words("备注", "note"),
    Event.UPHELD: Words("成立", "found to be right"),
    Event.REJECTED: Words("不成立", "found not to be right"),
    Event.ANSWERED: Words("已答复来源渠道", "answered to the channel"),
    Event.LATE: Words("超过内部时限", "our own time is over"),
    Event.ESCALATED: Words("已升级", "escalated"),
    Event.OVERDUE: Words("逾期未结", "not closed in time"),
    Event.PACKED: Words("已生成举证包", "evidence pack made"),
    Event.CLOSED: Words("已办结", "closed"),
}
CAUSES: Mapping[str, Words] = {
    Suspension.Cause.RATE: Words(
        "成立投诉占接通量过高", "too many upheld complaints for its calls"
    ),
    Suspension.Cause.DAY: Words("一日多起成立投诉", "several upheld complaints of one day"),
    Suspension.Cause.YEAR: Words("一年多起成立投诉", "several upheld complaints in a year"),
    Suspension.Cause.OVERDUE: Words("投诉逾期未结", "a complaint was not closed in time"),
    Suspension.Cause.CHAIN: Words("处罚联动", "the sanctions chain"),
    Suspension.Cause.PATTERN: Words("振铃过短或呼叫过密", "calls ring short or follow too soon"),
    Suspension.Cause.PLACES: Words(
        "主叫号码跟随被叫归属地", "caller numbers follow the places called"
    ),
}
SCOPES: Mapping[str, Words] = {
    "campaign": Words("外呼任务", "campaign"),
    "seat": Words("坐席", "seat"),
    "line": Words("线路", "line"),
    "principal": Words("委托主体", "principal"),
}
SAID: Mapping[str, Words] = {
    WrapUp.Said.TALKED: Words("已通话", "talked with the person"),
    WrapUp.Said.CALL_AGAIN: Words("约定再来电", "the person named another time"),
    WrapUp.Said.WRONG_PERSON: Words("他人接听", "somebody else answered"),
    WrapUp.Said.NOBODY: Words("无人说话", "nobody spoke"),
    WrapUp.Said.REFUSED: Words("拒绝此类来电", "wants no more calls of this kind"),
    WrapUp.Said.REFUSED_ALL: Words("拒绝一切来电", "wants no more calls from anybody"),
}


def said_of(words: Mapping[str, Words], code: str) -> Words:
    """Return the words of a code; a code that nobody has words for stands for itself."""
    return words.get(code) or Words(f"代码 {code}", f"code {code}")
