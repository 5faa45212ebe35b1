"""The processes: the schedule, the workers, the lines, the player of recordings."""

import socket
from collections.abc import Iterator
from datetime import datetime

import redis
from django.conf import settings

from compliance import clock
from compliance.models import Trunk
from compliance.numbers import Words
from console.health import pulse
from console.health.part import Face, Part, State
from dialer import streams

PATIENCE_SECONDS = 0.5
SCHEDULE = Face(
    code="schedule",
    name=Words("调度", "Schedule"),
    means=Words(
        "停止时不再自动发起外呼，清扫、日报与锚定也停下；拒绝照常生效。",
        "Without it no campaign dials, and sweeps, reports and anchors rest; refusals hold.",
    ),
    do=Words("启动 celery -A config.beat beat。", "Start celery -A config.beat beat."),
)
WORKER = Face(
    code="worker",
    name=Words("任务进程", "Worker"),
    means=Words(
        "停止时不再自动发起外呼，后台任务不前进；拒绝照常生效。",
        "Without one no campaign dials and no job goes on; refusals hold as ever.",
    ),
    do=Words("启动 celery -A config worker。", "Start celery -A config worker."),
    url="jobs",
)
LINE = Face(
    code="line",
    name=Words("线路进程", "Line process"),
    means=Words("该线路不发出任何呼叫。", "Nothing leaves by this trunk."),
    do=Words(
        "运行 trunk_check，按步骤排查；确认 run_lines 在运行。",
        "Run trunk_check and follow its steps; see that run_lines runs.",
    ),
    url="trunks",
    stops=True,
)
PLAYER = Face(
    code="player",
    name=Words("录音播放进程", "Player of recordings"),
    means=Words("不停呼；录音暂时不能收听。", "Stops no call; recordings cannot be heard."),
    do=Words("启动 recording_player。", "Start recording_player."),
)
TICKS = Words("{seconds} 秒前有节拍", "a tick {seconds} s ago")


def schedule(_now: datetime) -> Iterator[Part]:
    """Yield whether the schedule sends, and whether a worker takes what it sends."""
    now, beat = clock.host_now(), pulse.last_beat()
    if beat is not None and now - beat <= pulse.FRESH:
        said = TICKS.filled(seconds=max(0, round((now - beat).total_seconds())))
        yield SCHEDULE.seen(State.FINE, said)
        yield WORKER.seen(State.FINE, said)
        return
    sent = pulse.last_sent()
    if sent is not None and now - sent <= pulse.FRESH:
        yield SCHEDULE.seen(State.FINE, Words("仍在发出节拍", "goes on sending ticks"))
        silent = Words("节拍无人处理", "nobody takes the ticks")
        yield WORKER.seen(State.BROKEN, silent, since=beat)
        return
    yield SCHEDULE.seen(State.BROKEN, Words("没有节拍", "sends no tick"), since=beat)
    unknown = Words("没有节拍可以证明其在运行", "without ticks nobody can tell whether it runs")
    yield WORKER.seen(State.UNKNOWN, unknown, since=beat)


def lines(_now: datetime) -> Iterator[Part]:
    """Yield each trunk that is in use, as its line process last described it."""
    codes = list(Trunk.objects.filter(active=True).order_by("code").values_list("code", flat=True))
    if not codes:
        yield LINE.seen(State.ABSENT, Words("未登记线路", "no trunk is on record"))
    for code in codes:
        yield _line(code)


def _line(code: str) -> Part:
    try:
        beat = streams.heartbeat_of(code)
    except redis.RedisError:
        silent = Words("消息存储无应答", "the message store does not answer")
        return LINE.seen(State.UNKNOWN, silent, of=code)
    if beat is None:
        return LINE.seen(State.BROKEN, Words("没有心跳", "no heartbeat"), of=code)
    if not beat.up:
        down = Words("线路不通：{why}", "the line is down: {why}").filled(why=beat.reason or "—")
        return LINE.seen(State.BROKEN, down, of=code)
    calls = Words("通话 {live}/{most}", "{live} of {most} calls")
    return LINE.seen(State.FINE, calls.filled(live=beat.live, most=beat.max_calls), of=code)


def player(_now: datetime) -> Iterator[Part]:
    """Yield whether the player of recordings takes a connection."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(PATIENCE_SECONDS)
            line.connect(str(settings.RECORDING_PLAYER))
    except OSError as error:
        why = Words("无应答（{why}）", "does not answer ({why})").filled(why=type(error).__name__)
        yield PLAYER.seen(State.BROKEN, why)
        return
    yield PLAYER.seen(State.FINE, Words("有应答", "answers"))
