"""The columns of a consent list; who, what text, when, how, what for, and the proof."""

from compliance.lists.columns import column
from compliance.lists.leads import NAME_COLUMN, NUMBER_COLUMN, REFERENCE_COLUMN

ANSWER_COLUMN = column(
    "answer", "是否同意", "answer", "同意", "客户意愿", "意愿", "consent", "agreed", needs="answer"
)
TIME_COLUMN = column(
    "consented_at", "同意时间", "consented at",
    "同意日期", "授权时间", "授权日期", "consent time", "consent date", needs="consented_at",
)  # fmt: skip
TEXT_COLUMN = column(
    "text_shown",
    "告知文本",
    "text shown",
    "告知内容",
    "同意文本",
    "授权文本",
    "notice text",
    needs="text",
)
TEXT_HASH_COLUMN = column(
    "text_sha256", "告知文本哈希", "text sha256", "text shown sha256", "文本哈希", needs="text"
)
METHOD_COLUMN = column(
    "method",
    "方式",
    "method",
    "渠道",
    "同意方式",
    "同意渠道",
    "授权方式",
    "channel",
    needs="method",
)
EVIDENCE_COLUMN = column(
    "evidence", "凭证", "evidence", "同意凭证", "凭证编号", "proof", needs="evidence"
)
EVIDENCE_HASH_COLUMN = column(
    "evidence_sha256", "凭证哈希", "evidence sha256", "凭证摘要", "evidence hash", "sha256",
    needs="evidence",
)  # fmt: skip
PURPOSE_COLUMN = column(
    "purpose", "目的", "purpose", "外呼目的", "用途", "同意目的", "purposes", needs="purpose"
)
EXPIRY_COLUMN = column(
    "expires_on", "有效期", "expires on", "有效期至", "到期日", "截止日期", "expiry", "valid until"
)
SENSITIVE_COLUMN = column(
    "sensitive_allowed", "同意使用敏感信息", "sensitive allowed",
    "敏感信息", "同意敏感信息", "敏感个人信息单独同意", "sensitive",
)  # fmt: skip
REQUEST_COLUMN = column(
    "request_event", "回电请求", "request event",
    "回电请求编号", "请求编号", "call-back request", "callback request",
)  # fmt: skip
POLICY_COLUMN = column(
    "policy_ends_on", "保单到期日", "policy ends on",
    "保险到期日", "保险止期", "policy end", "policy expiry",
)  # fmt: skip
AI_COLUMN = column("ai_allowed", "AI外呼", "AI allowed", "同意AI外呼", "机器人外呼", "ai")
CONSENT_COLUMNS = (
    NUMBER_COLUMN, ANSWER_COLUMN, TIME_COLUMN, TEXT_COLUMN, TEXT_HASH_COLUMN, METHOD_COLUMN,
    EVIDENCE_COLUMN, EVIDENCE_HASH_COLUMN, PURPOSE_COLUMN, EXPIRY_COLUMN, AI_COLUMN,
    SENSITIVE_COLUMN, REQUEST_COLUMN, POLICY_COLUMN, NAME_COLUMN, REFERENCE_COLUMN,
)  # fmt: skip
