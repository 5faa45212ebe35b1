"""Which entries of the audit trail are events, and what each kind is called."""

from types import MappingProxyType

from compliance.numbers import Words

KINDS = MappingProxyType(
    {
        "refusal": Words("拒绝", "Refusals"),
        "complaint": Words("投诉", "Complaints"),
        "campaign": Words("外呼任务状态", "Campaign states"),
        "incident": Words("安全事件与无许可呼叫", "Incidents and calls without a permit"),
    }
)
KIND_OF_ACTION = MappingProxyType(
    {
        "refusal.recorded": "refusal",
        "refusals.imported": "refusal",
        "refusal.lifted": "refusal",
        "consent.withdrawn": "refusal",
        **{
            f"complaint.{step}": "complaint"
            for step in ("opened", "assigned", "upheld", "rejected", "answered")
        },
        **{
            f"complaint.{step}": "complaint" for step in ("late", "escalated", "overdue", "closed")
        },
        **{
            f"campaign.{step}": "campaign"
            for step in ("registered", "activated", "paused", "resumed", "closed")
        },
        "suspension.begun": "campaign",
        "suspension.ended": "campaign",
        **{f"incident.{step}": "incident" for step in ("opened", "contained", "closed")},
        "reconciliation.unmatched": "incident",
        "edge.refused": "incident",
        "seat.phone_misused": "incident",
    }
)
