"""All steps of a trunk's check, in the order in which a call would need them."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

from compliance.models import Trunk
from dialer import streams
from dialer.line_process.trunk_config import trunk_config
from dialer.lines.sip.config import TrunkConfig
from dialer.lines.sip.digest import Credentials
from dialer.models import TrunkEndpoint
from dialer.trunk_check.answers import (
    clock_found,
    codecs_found,
    nat_found,
    reach_found,
    register_found,
)
from dialer.trunk_check.finding import (
    CLOCK,
    CODECS,
    NAME,
    NAT,
    REACH,
    REGISTER,
    ROUTE,
    RTP,
    Finding,
    Grade,
    fine,
    note,
    skipped,
)
from dialer.trunk_check.house import edge_finding, keys_finding, recorder_finding
from dialer.trunk_check.ledger import deployment_finding, ledger_findings, process_finding
from dialer.trunk_check.place import name_found, route_found, rtp_found
from dialer.trunk_check.talk import Talk

NETWORK = (ROUTE, REACH, REGISTER, NAT, CLOCK, CODECS, RTP)


def trunk_check(
    trunk: Trunk, *, recordings: Path, keys: Path, now: datetime, host_now: datetime
) -> list[Finding]:
    """Return what every step found; nothing is changed anywhere, and nobody is called.

    `recordings` and `keys` are folders, `now` the ledger's instant, `host_now` the host's own,
    which the wire goes by.
    """
    steps = trunk_steps(trunk, recordings=recordings, keys=keys, now=now, host_now=host_now)
    return list(steps)


def trunk_steps(
    trunk: Trunk, *, recordings: Path, keys: Path, now: datetime, host_now: datetime
) -> Iterator[Finding]:
    """Yield what each step found as soon as it was made, for whoever waits for it.

    Exhaust it: it holds a socket in between. The arguments are as of `trunk_check`.
    """
    beat = streams.heartbeat_of(trunk.code)
    live = 0 if beat is None else beat.live
    endpoint = TrunkEndpoint.objects.select_related("trunk").filter(trunk=trunk).first()
    edge = edge_finding(endpoint)
    yield from ledger_findings(trunk, now=now)
    yield deployment_finding(now=now)
    yield keys_finding(keys)
    yield process_finding(trunk)
    if endpoint is not None and edge.grade is not Grade.BROKEN:
        yield from _network(trunk_config(endpoint), host_now, live=live)
    else:
        yield from map(skipped, (NAME, *NETWORK))
    yield recorder_finding(recordings, calls=live)
    yield edge


def _network(config: TrunkConfig, host_now: datetime, *, live: int) -> Iterator[Finding]:
    named, peer = name_found(config)
    yield named
    if peer is None:
        yield from map(skipped, NETWORK)
        return
    route = route_found(config, peer)
    yield route
    if route.grade is Grade.BROKEN:
        yield from map(skipped, NETWORK[1:])
        return
    with closing(Talk(config, peer)) as talk:
        yield from _answers(config, talk, host_now)
    yield rtp_found(config, live=live)


def _answers(config: TrunkConfig, talk: Talk, host_now: datetime) -> Iterator[Finding]:
    asked = talk.options()
    reply = asked.reply
    yield reach_found(asked)
    yield _registration(config, talk, reached=reply is not None)
    if reply is None:
        yield from map(skipped, (NAT, CLOCK, CODECS))
        return
    yield nat_found(reply, local=talk.local, public=config.public_host)
    yield clock_found(reply, now=host_now)
    yield codecs_found(reply)


def _registration(config: TrunkConfig, talk: Talk, *, reached: bool) -> Finding:
    """Try the password; a carrier that answers no OPTIONS may still answer a REGISTER."""
    if config.username is None or config.password is None:
        return fine(
            REGISTER, "该线路按 IP 接入，不注册。", "The trunk goes by address: none is needed."
        )
    if not config.register:
        return note(
            REGISTER,
            "该线路不注册；密码只在 INVITE 被质询时使用，本检查从不发 INVITE。",
            "The trunk does not register; its password is used when an INVITE is challenged, "
            "and this check never sends one.",
        )
    asked = talk.register(Credentials(username=config.username, password=config.password))
    if asked.reply is None and not reached:
        return skipped(REGISTER)
    return register_found(asked, username=config.username)
