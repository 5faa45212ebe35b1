"""What a token can be made for: the closed list of scopes, one for each kind of record and use."""

from types import MappingProxyType

from compliance.numbers import Words

SCOPES = MappingProxyType(
    {
        "can-i-call": Words("查询可否外呼", "Ask whether a call may be made"),
        "campaigns:read": Words("查看外呼任务", "Read campaigns"),
        "campaigns:pause": Words("暂停外呼任务", "Pause campaigns"),
        "leads:read": Words("查看外呼对象", "Read leads"),
        "leads:import": Words("导入外呼对象", "Import leads"),
        "dial-requests": Words("请求外呼", "Ask for calls"),
        "dispositions": Words("登记通话处置", "Record dispositions"),
        "attempts:read": Words("查看通话记录", "Read call records"),
        "consents:read": Words("查看同意", "Read consents"),
        "consents:withdraw": Words("撤回同意", "Withdraw consents"),
        "refusals:read": Words("查看拒绝", "Read refusals"),
        "refusals:record": Words("登记拒绝", "Record refusals"),
        "parties:read": Words("查看主体、委托与许可", "Read parties, mandates and licences"),
        "decisions:read": Words("查看决定", "Read decisions"),
        "complaints:read": Words("查看投诉", "Read complaints"),
        "complaints:open": Words("登记投诉", "Open complaints"),
        "audit:read": Words("查看审计条目与证明", "Read audit entries and proofs"),
        "webhooks": Words("管理事件通知", "Keep webhooks"),
    }
)
