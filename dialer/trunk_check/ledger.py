"""May this trunk be used at all: the ledger, the numbers and the campaigns filed on it."""

from datetime import datetime

from compliance.call_answer import findings_data
from compliance.editions import book_at
from compliance.models import CallerNumber, CampaignFiling, DemoClock, Trunk
from compliance.numbers import Words
from compliance.rulebook.bound import PackError
from compliance.rulebook.engine import judge_filing
from compliance.selectors.clock_due import local_day
from compliance.selectors.filing_facts import filing_facts
from compliance.services.deployment_check import NotDeployedError, deployment_check
from dialer import streams
from dialer.line_process.process import is_loopback
from dialer.models import TrunkEndpoint
from dialer.trunk_check.finding import DEPLOYMENT, LEDGER, PROCESS, Finding, broken, fine, note

ENDPOINT_HOW = (
    "用 manage.py trunk_endpoint set 设置接入点。",
    "Set it by manage.py trunk_endpoint set.",
)


def ledger_findings(trunk: Trunk, *, now: datetime) -> list[Finding]:
    """Return what the ledger has against the trunk, or that it has nothing."""
    found = [*_trunk(trunk), *_endpoint(trunk), *_numbers(trunk, now), *_filings(trunk, now)]
    return found or [
        fine(
            LEDGER,
            f"台账齐备：{trunk.carrier}，合同 {trunk.contract_number}。",
            f"The ledger has what it takes: {trunk.carrier}, contract {trunk.contract_number}.",
        )
    ]


def _trunk(trunk: Trunk) -> list[Finding]:
    if trunk.active:
        return []
    return [
        broken(
            LEDGER,
            "台账上该线路已关闭。",
            "The ledger has closed the trunk.",
            do=(
                "不得使用；如有新合同，用 manage.py trunks record 登记新线路。",
                "It may not be used; record a new one by manage.py trunks record.",
            ),
        )
    ]


def _endpoint(trunk: Trunk) -> list[Finding]:
    endpoint = TrunkEndpoint.objects.filter(trunk=trunk).first()
    if endpoint is None:
        return [broken(LEDGER, "线路没有接入点。", "The trunk has no endpoint.", do=ENDPOINT_HOW)]
    loopback = trunk.kind == Trunk.Kind.LOOPBACK
    if loopback and not is_loopback(endpoint.host):
        return [
            broken(
                LEDGER,
                f"台账称回环线路，接入点却是 {endpoint.host}。",
                f"The ledger says loopback, the endpoint says {endpoint.host}.",
                do=ENDPOINT_HOW,
            )
        ]
    if DemoClock.objects.exists() and (not loopback or Trunk.objects.count() != 1):
        return [
            broken(
                LEDGER,
                "演示时钟只能配唯一的回环线路。",
                "A demo clock goes with a single loopback trunk only.",
                do=("真实线路不得用演示库。", "Use no demo database for a real trunk."),
            )
        ]
    return []


def _numbers(trunk: Trunk, now: datetime) -> list[Finding]:
    today = local_day(now)
    filed = CallerNumber.objects.filter(
        trunks=trunk, callout_opened=True, valid_from__lte=today, certificate_until__gte=today
    )
    if filed.exists():
        return []
    return [
        broken(
            LEDGER,
            "该线路上没有当日有效、已开通呼出的备案主叫号码。",
            "No filed caller number that is valid today and opened for calling out is on it.",
            do=(
                "用 manage.py caller_numbers file 或 renew 备案。",
                "File one by manage.py caller_numbers file, or renew it.",
            ),
        )
    ]


def _filings(trunk: Trunk, now: datetime) -> list[Finding]:
    """Ask the rules of the registration stage about every active campaign of the trunk."""
    active = CampaignFiling.objects.filter(trunk=trunk, state=CampaignFiling.State.ACTIVE)
    filings = list(active.select_related("principal", "caller_number", "trunk", "script"))
    if not filings:
        return [
            note(
                LEDGER,
                "没有已启用的外呼任务使用该线路。",
                "No active campaign uses the trunk.",
                do=("用 manage.py campaigns register 登记。", "See manage.py campaigns register."),
            )
        ]
    book = book_at(now)
    found = []
    for filing in filings:
        decision = judge_filing(filing_facts(filing=filing, now=now), book)
        for row in findings_data(decision.objections, book=book):
            said = row["reason"]
            found.append(
                broken(
                    LEDGER,
                    f"任务 {filing.code}：{row['rule']} {said['zh']}",
                    f"Campaign {filing.code}: {row['rule']} {said['en']}",
                    do=(
                        f"manage.py rules_show {row['rule']} 说明该规则。",
                        f"manage.py rules_show {row['rule']} explains the rule.",
                    ),
                )
            )
    return found


def deployment_finding(*, now: datetime) -> Finding:
    """Return whether a line process may start here."""
    try:
        deployment_check(now=now)
    except NotDeployedError as error:
        words: Words = error.words
    except PackError as error:
        words = Words(f"规则包不能使用：{error}", str(error))
    else:
        return fine(DEPLOYMENT, "部署包已签署。", "A signed deployment pack is in force.")
    return broken(
        DEPLOYMENT,
        words.zh,
        words.en,
        do=("用 manage.py deployment declare 申报。", "See manage.py deployment declare."),
    )


def process_finding(trunk: Trunk) -> Finding:
    """Return whether a line process serves the trunk."""
    beat = streams.heartbeat_of(trunk.code)
    if beat is None:
        return note(
            PROCESS,
            "没有线路进程在用该线路。",
            "No line process serves the trunk.",
            do=(
                f"用 manage.py run_lines {trunk.code} 启动。",
                f"Start one: manage.py run_lines {trunk.code}.",
            ),
        )
    if not beat.up:
        return broken(
            PROCESS,
            f"线路进程在运行，但认为线路不通：{beat.reason}",
            f"A line process serves the trunk and holds it for down: {beat.reason}",
            do=("见下面的步骤和进程日志。", "See the steps below, and the process's log."),
        )
    return fine(
        PROCESS,
        f"线路进程在运行：{beat.live}/{beat.max_calls} 路；本检查另用端口，不打扰它。",
        f"A line process serves it: {beat.live} of {beat.max_calls} calls; this check uses "
        "another port and does not disturb it.",
    )
