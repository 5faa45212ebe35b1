"""manage.py edge_config --out FOLDER: the production edge's files, from the records."""

import json
import socket
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.curve_keys import curve_public_key
from audit.keys import KeyFileError, public_pem
from compliance.numbers import Words
from compliance.passport import KEY
from dialer.edge.configuration import (
    EdgeConfigError,
    EdgePlace,
    EdgeTrunk,
    rendered,
    sources,
)
from dialer.line_process.trunk_config import trunk_config
from dialer.models import TrunkEndpoint

TEMPLATES = Path(__file__).parents[3] / "deploy" / "edge"
RENDERED = (
    "kamailio.cfg",
    "redis.conf",
    "nftables.conf",
    "yunhu-edge.service",
    "yunhu-edge-store.service",
)
NO_TRUNK = Words(
    "没有一条线路经过边界：请先运行 manage.py trunk_endpoint set … --edge-host。",
    "No trunk is behind an edge: run manage.py trunk_endpoint set … --edge-host first.",
)
WHICH = Words(
    "线路经过的边界不止一个：请用 --edge 指明 {edges} 之一。",
    "Trunks are behind more than one edge: name one of {edges} with --edge.",
)
NO_ADDRESS = Words(
    "线路 {trunk}：{host} 没有地址（{why}）。",
    "Trunk {trunk}: {host} has no address ({why}).",
)
BY_SRV = Words(
    "线路 {trunk} 的地址由 SRV 记录决定（端口 0），边界不会查询：请改用固定的主机与端口。",
    "Trunk {trunk} is found by SRV records (port 0), which the edge does not ask for: give it a "
    "host and a port.",
)
SHARED = Words(
    "线路 {one} 与 {other} 同在运营商 {host}:{port}，却由不同主机使用：边界分不清，"
    "请各用一个边界。",
    "Trunks {one} and {other} are at the same carrier, {host}:{port}, and used by different "
    "hosts: an edge cannot tell them apart, so give each an edge of its own.",
)
ONE_OF_SEVERAL = Words(
    "线路 {trunk}：{host} 有 {count} 个地址，经边界只拨往第一个 {first}；它停了，呼叫就不通。",
    "Trunk {trunk}: {host} has {count} addresses, and through the edge calls go to the first one, "
    "{first}, alone; while it is down no call goes through.",
)
WRITTEN = Words("已写入 {folder}：{files}", "Written to {folder}: {files}")


class Command(BaseCommand):
    """Write the configuration; nothing of it is secret, and no key but the public one is in it."""

    help = "生成边界（Kamailio）的配置 / Write the configuration of the edge (Kamailio)"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take where to write, which edge, and what only its machine knows."""
        parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
        parser.add_argument(
            "--edge", default="", metavar="HOST:PORT", help="哪一个边界 / which one"
        )
        parser.add_argument(
            "--outer-host",
            default="",
            metavar="ADDRESS",
            help="运营商所见地址 / as carriers see it",
        )
        parser.add_argument(
            "--folder", default="/etc/yunhu-edge", help="边界机器上的目录 / on the edge's machine"
        )
        parser.add_argument("--redis", default="127.0.0.1:6390", metavar="HOST:PORT")
        parser.add_argument("--modules", default="/usr/lib/x86_64-linux-gnu/kamailio/modules/")
        parser.add_argument("--children", type=int, default=8)
        parser.add_argument("--log-stderr", action="store_true")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, out: Path, **options: Any) -> None:
        """Write every file."""
        try:
            host, port, endpoints = _behind(options["edge"])
            trunks = [_trunk(endpoint) for endpoint in endpoints]
            _can_be_told_apart(trunks)
            redis_host, _, redis_port = options["redis"].rpartition(":")
            place = EdgePlace(
                host=host,
                port=port,
                outer_host=options["outer_host"],
                redis_host=redis_host,
                redis_port=int(redis_port),
                folder=options["folder"],
                modules=options["modules"],
                children=options["children"],
            )
            curve_public_key(KEY)  # it is what it should be
            files = _files(place, trunks, log_stderr=options["log_stderr"])
        except (EdgeConfigError, KeyFileError, ValueError) as error:
            raise CommandError(str(error)) from error
        for trunk in trunks:
            if len(trunk.carrier_addresses) > 1:
                self.stderr.write(str(_one_of_several(trunk)))
        out.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (out / name).write_text(text, encoding="utf-8")
        names = ", ".join(files)
        self.stdout.write(str(WRITTEN.filled(folder=out, files=names)))
        if options["json"]:
            codes = [trunk.code for trunk in trunks]
            self.stdout.write(json.dumps({"files": list(files), "trunks": codes}))


def _behind(wanted: str) -> tuple[str, int, list[TrunkEndpoint]]:
    """Return the edge's host and port, and the endpoints of the trunks behind it."""
    rows = TrunkEndpoint.objects.select_related("trunk").exclude(edge_host="").order_by("pk")
    by_edge: dict[str, list[TrunkEndpoint]] = {}
    for row in rows:
        by_edge.setdefault(f"{row.edge_host}:{row.edge_port}", []).append(row)
    if not by_edge:
        raise EdgeConfigError(str(NO_TRUNK))
    if (not wanted and len(by_edge) > 1) or (wanted and wanted not in by_edge):
        raise EdgeConfigError(str(WHICH.filled(edges=", ".join(by_edge))))
    endpoints = by_edge[wanted or next(iter(by_edge))]
    return endpoints[0].edge_host, endpoints[0].edge_port, endpoints


def _trunk(endpoint: TrunkEndpoint) -> EdgeTrunk:
    config = trunk_config(endpoint)
    port = endpoint.port
    if not port:
        raise EdgeConfigError(str(BY_SRV.filled(trunk=endpoint.trunk.code)))
    return EdgeTrunk(
        code=endpoint.trunk.code,
        host=endpoint.host,
        port=port,
        authority=config.authority,
        carrier_addresses=_addresses(endpoint, endpoint.host, port),
        line_addresses=_addresses(endpoint, endpoint.public_host or endpoint.local_host, port),
    )


def _can_be_told_apart(trunks: list[EdgeTrunk]) -> None:
    """Refuse what the edge would confuse: it knows a REGISTER by where it goes and comes from."""
    known: dict[tuple[str, int], EdgeTrunk] = {}
    for one in trunks:
        other = known.setdefault((one.host, one.port), one)
        if one.line_addresses != other.line_addresses:
            words = SHARED.filled(one=other.code, other=one.code, host=one.host, port=one.port)
            raise EdgeConfigError(str(words))


def _one_of_several(trunk: EdgeTrunk) -> Words:
    addresses = trunk.carrier_addresses
    return ONE_OF_SEVERAL.filled(
        trunk=trunk.code, host=trunk.host, count=len(addresses), first=addresses[0]
    )


def _addresses(endpoint: TrunkEndpoint, host: str, port: int) -> tuple[str, ...]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    except OSError as error:
        words = NO_ADDRESS.filled(trunk=endpoint.trunk.code, host=host, why=error.strerror)
        raise EdgeConfigError(str(words)) from error
    return tuple(dict.fromkeys(str(one[4][0]) for one in found))


def _files(place: EdgePlace, trunks: list[EdgeTrunk], *, log_stderr: bool) -> dict[str, str]:
    key = public_pem(KEY).decode()
    files = {
        name: rendered(
            (TEMPLATES / f"{name}.in").read_text(encoding="utf-8"),
            place=place,
            trunks=trunks,
            public_key=key,
            log_stderr=log_stderr,
        )
        for name in RENDERED
    }
    files["sources.list"] = sources(trunks)
    files["permits.lua"] = (TEMPLATES / "permits.lua").read_text(encoding="utf-8")
    files["passport.pub"] = key
    return files
