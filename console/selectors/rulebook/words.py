"""The families of the rules, in words."""

from compliance.books import book
from console.selectors.explained import reader_language
from console.templatetags.either import either
from console.words import family_of

FAMILIES: dict[str, tuple[str, str]] = {
    "GOV": ("系统与紧急停呼", "system and kill switch"),
    "LIC": ("许可与备案", "licence and filing"),
    "IND": ("行业资质", "industries"),
    "NUM": ("主叫号码", "caller numbers"),
    "CON": ("同意", "consent"),
    "REF": ("拒绝", "refusals"),
    "TIM": ("呼叫时段", "calling hours"),
    "FRQ": ("呼叫频次", "how often"),
    "DIA": ("坐席与线路限额", "caps of seats and lines"),
    "SCR": ("话术", "scripts"),
    "LST": ("名单来源", "lists"),
    "AGT": ("话务员行为", "conduct of agents"),
    "CMP": ("投诉", "complaints"),
    "SEC": ("信息安全", "security of data"),
    "REC": ("存证", "on the record"),
}
HOLDS = {
    "callee": ("该被叫等待", "the callee waits"),
    "seat": ("该坐席等待", "the seat waits"),
    "campaign": ("整个任务等待", "the campaign waits"),
    "platform": ("全平台停呼", "the platform stops"),
}
STAGES = {
    "REG": ("任务登记时", "when a campaign is registered"),
    "PRE": ("每次拨号前", "before every call"),
}
BOUNDS = {
    "at_most": ("至多", "at most"),
    "at_least": ("至少", "at least"),
    "equals": ("须为", "exactly"),
    "subset_of": ("不得超出", "nothing beyond"),
    "superset_of": ("须包含", "everything of"),
    "within": ("须在此时段内", "within"),
}

STEPS = {
    "h24": ("24 小时内", "in 24 hours"),
    "d7": ("7 天内", "in 7 days"),
    "d30": ("30 天内", "in 30 days"),
    "hour": ("每小时", "an hour"),
    "day": ("每天", "a day"),
}


def path_word(path: str) -> str:
    """Say what a number's dotted path means, as far as there are words for its steps."""
    purposes = book().words("purpose")
    said = [
        purposes[step][reader_language()]
        if step in purposes
        else either(*STEPS.get(step, ("", "")))
        for step in path.split(".")
    ]
    return " · ".join(filter(None, said))


def family_word(code: str) -> str:
    """Say a family."""
    return either(*FAMILIES.get(code, (code, code)))


def family(rule_id: str) -> str:
    """Return the code of a rule's family; a rule without one stands by itself."""
    return family_of(rule_id) or rule_id


def bound_word(bound: dict[str, object]) -> str:
    """Say one floor."""
    ((kind, limit),) = bound.items()
    text = ", ".join(map(str, limit)) if isinstance(limit, list) else str(limit)
    return f"{either(*BOUNDS[kind])} {text}"
