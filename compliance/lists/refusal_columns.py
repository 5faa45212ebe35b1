"""The columns of a refusal list; only the number is needed, and whatever is unclear is widest."""

from compliance.lists.columns import column
from compliance.lists.leads import NUMBER_COLUMN

SCOPE_COLUMN = column(
    "scope", "范围", "scope", "禁呼范围", "拒绝范围", "适用范围", "refusal scope"
)
INDUSTRY_COLUMN = column("industry", "行业", "industry", "业务类别", "行业类别")
REFUSED_PURPOSE_COLUMN = column(
    "purpose", "目的", "purpose", "外呼目的", "拒绝目的", "用途", "purposes"
)
CHANNEL_COLUMN = column(
    "source", "来源", "source", "拒绝来源", "拒绝渠道", "渠道", "channel", "refused through"
)
REFUSED_AT_COLUMN = column(
    "refused_at", "拒绝时间", "refused at",
    "拒绝日期", "登记时间", "登记日期", "日期", "date", "refusal date", "refused on",
)  # fmt: skip
PROOF_COLUMN = column(
    "evidence", "凭证", "evidence", "拒绝凭证", "凭证编号", "备注", "proof", "note"
)
REFUSAL_COLUMNS = (
    NUMBER_COLUMN, SCOPE_COLUMN, INDUSTRY_COLUMN, REFUSED_PURPOSE_COLUMN, CHANNEL_COLUMN,
    REFUSED_AT_COLUMN, PROOF_COLUMN,
)  # fmt: skip
"""`来源` says through which channel the person refused, not where a list comes from."""
