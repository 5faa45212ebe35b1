"""What the law's side of the house stands on: the rulebook, papers, lists, days, and stops."""

from collections.abc import Iterator
from datetime import datetime

from compliance.editions import book_at, edition_in_force
from compliance.numbers import Words
from compliance.rulebook.bound import PackError
from compliance.selectors.calendar_alarm import calendar_alarms
from compliance.services.deployment_check import NotDeployedError, deployment_check
from console.health.part import Face, Part, State
from console.selectors.administration.external_lists import external_lists_shown
from console.selectors.administration.stops import stops_in_force, whom_of
from console.selectors.call_centre.today import stopping_clocks

OWN_ROWS = frozenset({"sealing"})  # a row of its own
STOPS = Face(
    code="stops",
    name=Words("停呼开关", "Kill switch"),
    means=Words("停呼范围内不发出任何新呼叫。", "Within its reach no new call leaves."),
    do=Words("查明原因后，两人解除。", "Once people know why, two of them let calls go on."),
    url="stop",
    stops=True,
)
RULEBOOK = Face(
    code="rulebook",
    name=Words("规则集", "Rulebook in force"),
    means=Words("规则集不可用即停呼。", "Without a usable rulebook no call leaves."),
    do=Words("查看版本与下限，另行提请新版本。", "Look at the edition; propose one that holds."),
    url="rulebook_editions",
    stops=True,
)
DEPLOYMENT = Face(
    code="deployment",
    name=Words("部署合规包", "Deployment pack"),
    means=Words("没有有效部署包，线路进程不启动。", "Without a signed one no line starts."),
    do=Words("运行 deployment show，重新声明。", "Run deployment show, and declare it anew."),
    stops=True,
)
LISTS = Face(
    code="lists",
    name=Words("外部谢绝来电名单", "Do-not-call lists of others"),
    means=Words("名单过期的行业一律停呼。", "A kind of business with a stale list is not called."),
    do=Words("读入新版名单。", "Read a new edition."),
    url="external_lists",
    stops=True,
)
CLOCKS = Face(
    code="clocks",
    name=Words("证照与期限", "Certificates and licences"),
    means=Words("逾期的证照、备案、合同所及的呼叫不放行。", "Calls that rest on it stop."),
    do=Words("按到期清单补办。", "See to what the list of deadlines names."),
    url="deadlines",
)
CALENDAR = Face(
    code="calendar",
    name=Words("节假日安排", "Public holidays"),
    means=Words(
        "未载入的年份每天按休息日处理。", "Each day of a year that is not on record is a day off."
    ),
    do=Words(
        "运行 calendar_propose 与 calendar_approve。", "Run calendar_propose and approve it."
    ),
)


def stops(now: datetime) -> Iterator[Part]:
    """Yield the switches that are thrown."""
    thrown = stops_in_force()
    if not thrown:
        yield STOPS.seen(State.FINE, Words("未启用", "not engaged"))
        return
    whom = whom_of(thrown, now=now)
    said = Words("、".join(one.zh for one in whom), ", ".join(one.en for one in whom))
    yield STOPS.seen(State.BROKEN, said, since=min(one.engaged_at for one in thrown))


def rulebook(now: datetime) -> Iterator[Part]:
    """Yield which edition decides now."""
    try:
        book = book_at(now)
    except PackError as error:
        unusable = Words("不可用：{why}", "not usable: {why}").filled(why=error)
        yield RULEBOOK.seen(State.BROKEN, unusable)
        return
    edition = edition_in_force(at=now)
    if edition is None:
        shipped = Words("随版本发布的 {name}", "{name}, as shipped").filled(name=book.id)
        yield RULEBOOK.seen(State.FINE, shipped)
        return
    said = Words("{name} 第 {version} 版", "{name}, edition {version}")
    yield RULEBOOK.seen(
        State.FINE,
        said.filled(name=edition.pack_id, version=edition.version),
        since=edition.effective_from,
    )


def deployment(now: datetime) -> Iterator[Part]:
    """Yield whether the installation is what its signed pack says."""
    try:
        deployment_check(now=now)
    except NotDeployedError as error:
        yield DEPLOYMENT.seen(State.BROKEN, error.words)
        return
    yield DEPLOYMENT.seen(State.FINE, Words("签名有效，与登记一致", "signed, and as on record"))


def lists(now: datetime) -> Iterator[Part]:
    """Yield the lists of others that are older than the rulebook lets them be."""
    shown, _ = external_lists_shown(now=now)
    stale = [one for one in shown if not one.fresh]
    if not shown:
        yield LISTS.seen(State.ABSENT, Words("未登记外部名单", "no list of others is registered"))
    elif stale:
        names = "、".join(one.external.name for one in stale)
        old = Words("逾期：{names}", "stale: {names}").filled(names=names)
        yield LISTS.seen(State.BROKEN, old)
    else:
        fresh = Words("{count} 份均新鲜", "{count} fresh").filled(count=len(shown))
        yield LISTS.seen(State.FINE, fresh)


def clocks(now: datetime) -> Iterator[Part]:
    """Yield the papers whose last good day is over, or will be within thirty days."""
    seen = stopping_clocks(now=now)
    over = [due for due in seen.overdue if due.clock not in OWN_ROWS]
    soon = [due for due in seen.soon if due.clock not in OWN_ROWS]
    first = next(iter([*over, *soon]), None)
    if first is None:
        yield CLOCKS.seen(State.FINE, Words("三十日内无到期", "none falls due in thirty days"))
        return
    said = Words("{over} 项已过期，{soon} 项将到期：{zh}", "{over} overdue, {soon} soon: {en}")
    yield CLOCKS.seen(
        State.BROKEN if over else State.LATE,
        said.filled(over=len(over), soon=len(soon), zh=first.words.zh, en=first.words.en),
        stops=bool(over),
    )


def calendar(now: datetime) -> Iterator[Part]:
    """Yield the years whose holidays nobody has put on record."""
    found = calendar_alarms(now=now)
    if not found:
        yield CALENDAR.seen(State.FINE, Words("已载入", "on record"))
    for one in found:
        yield CALENDAR.seen(State.LATE, one.words, of=str(one.year))
