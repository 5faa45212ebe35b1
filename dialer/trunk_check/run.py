"""All steps of a trunk's check, in the order in which a call would need them."""

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
    beat = streams.heartbeat_of(trunk.code)
    live = 0 if beat is None else beat.live
    endpoint = TrunkEndpoint.objects.select_related("trunk").filter(trunk=trunk).first()
    edge = edge_finding(endpoint)
    found = [
        *ledger_findings(trunk, now=now),
        deployment_finding(now=now),
        keys_finding(keys),
        process_finding(trunk),
    ]
    if endpoint is not None and edge.grade is not Grade.BROKEN:
        found += _network(trunk_config(endpoint), host_now, live=live)
    else:
        found += map(skipped, (NAME, *NETWORK))
    return [*found, recorder_finding(recordings, calls=live), edge]


def _network(config: TrunkConfig, host_now: datetime, *, live: int) -> list[Finding]:
    named, peer = name_found(config)
    if peer is None:
        return [named, *map(skipped, NETWORK)]
    route = route_found(config, peer)
    if route.grade is Grade.BROKEN:
        return [named, route, *map(skipped, NETWORK[1:])]
    with closing(Talk(config, peer)) as talk:
        answers = _answers(config, talk, host_now)
    return [named, route, *answers, rtp_found(config, live=live)]


def _answers(config: TrunkConfig, talk: Talk, host_now: datetime) -> list[Finding]:
    asked = talk.options()
    reach, reply = reach_found(asked), asked.reply
    registration = _registration(config, talk, reached=reply is not None)
    if reply is None:
        return [reach, registration, *map(skipped, (NAT, CLOCK, CODECS))]
    return [
        reach,
        registration,
        nat_found(reply, local=talk.local, public=config.public_host),
        clock_found(reply, now=host_now),
        codecs_found(reply),
    ]


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
