"""Which pages the frame offers, in groups; readers see those that the matrix opens to them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """A page of the navigation: its name in the matrix, and its two names for people."""

    name: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Group:
    """Pages that belong together."""

    zh: str
    en: str
    links: tuple[Link, ...]


CALL_CENTRE = Group(
    "呼叫中心",
    "Call centre",
    (
        Link("today", "今天", "Today"),
        Link("live", "实时", "Live"),
        Link("campaigns", "外呼任务", "Campaigns"),
        Link("scripts", "话术", "Scripts"),
        Link("lists", "名单", "Lists"),
        Link("numbers", "备案号码", "Filed numbers"),
        Link("trunks", "线路", "Trunks"),
        Link("seats", "坐席与门店", "Seats"),
        Link("accounts", "账号", "Accounts"),
    ),
)
DESK = Group("坐席", "Seat", (Link("seat", "我的坐席", "My seat"),))
OFFICER = Group(
    "合规",
    "Compliance",
    (
        Link("decisions", "决定", "Decisions"),
        Link("dossiers", "号码档案", "Dossiers"),
        Link("complaints", "投诉", "Complaints"),
        Link("refusal_inbox", "拒绝核对", "Refusals heard"),
        Link("suspensions", "暂停", "Suspensions"),
        Link("daily_reports", "日报", "Daily reports"),
    ),
)
RULEBOOK = Group("规则", "Rulebook", (Link("rulebook", "规则集", "Rulebook"),))
AUDIT = Group(
    "审计",
    "Audit",
    (Link("audit", "审计日志", "Audit trail"), Link("wire", "线路对账", "Wire = permits")),
)
ADMINISTRATION = Group(
    "管理",
    "Administration",
    (
        Link("health", "运行状况", "Health"),
        Link("consents", "同意", "Consents"),
        Link("imports", "导入", "Imports"),
        Link("samples", "同意抽样", "Samples"),
        Link("external_lists", "外部名单", "Do-not-call lists"),
        Link("parties", "主体与许可", "Parties"),
        Link("deadlines", "到期与时限", "Deadlines"),
        Link("retention", "留存与保全", "Retention"),
        Link("api_document", "接口", "API"),
    ),
)

OWN = Group(
    "办理",
    "To do",
    (
        Link("approvals", "待复核", "Approvals"),
        Link("jobs", "后台任务", "Jobs"),
        Link("factors", "第二因素", "Second factors"),
    ),
)

GROUPS = (CALL_CENTRE, DESK, OFFICER, RULEBOOK, AUDIT, ADMINISTRATION, OWN)
# The first of these that the role may open is its home.
FIRST_PAGES = ("today", "live", "seat", "decisions")
