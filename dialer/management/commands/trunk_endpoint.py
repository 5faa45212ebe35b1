"""manage.py trunk_endpoint: how to reach a trunk that the ledger has, or what is kept of it."""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from django.db.models import QuerySet

from compliance.models import Trunk
from compliance.verbs import (
    Options,
    Told,
    Verb,
    VerbCommand,
    account,
    by_argument,
    one,
    read_bytes,
    show,
)
from dialer.models import TrunkEndpoint
from dialer.services.endpoint_set import (
    LoopbackElsewhereError,
    NotAnAdministratorError,
    Reach,
    RegistrarThereError,
    endpoint_set,
)
from dialer.services.line_pause import NotAnAdministratorError as NotYoursToResumeError
from dialer.services.line_pause import NotPausedError, line_resume

SIP = 5060


def _set_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE")
    parser.add_argument("--host", required=True, help="运营商 SBC / the carrier's")
    parser.add_argument("--port", type=int, default=SIP, help="0: SRV")
    parser.add_argument("--local-host", default="127.0.0.1", help="本机地址 / of this machine")
    parser.add_argument(
        "--public-host",
        default="",
        help="NAT 外的地址 / of this machine, seen from outside",
    )
    parser.add_argument("--edge-host", default="", help="边界地址 / of the edge")
    parser.add_argument("--edge-port", type=int, default=SIP)
    parser.add_argument("--username", default="", metavar="NAME", help="SIP 账号 / SIP account")
    parser.add_argument(
        "--password-file", type=Path, metavar="PATH", help="密码文件 / no history keeps a file"
    )
    parser.add_argument("--registers", action="store_true", help="需注册 / it has to register")
    parser.add_argument("--calls-per-second", type=int, help="合同限速 / by the contract")
    by_argument(parser)


def _set(options: Options, now: datetime) -> Told:
    path: Path | None = options["password_file"]
    endpoint = endpoint_set(
        trunk=one(Trunk, code=options["code"]),
        reach=Reach(
            host=options["host"],
            port=options["port"],
            local_host=options["local_host"],
            public_host=options["public_host"],
            edge_host=options["edge_host"],
            edge_port=options["edge_port"],
            username=options["username"],
            password="" if path is None else read_bytes(path).decode().strip(),
            registers=options["registers"],
            calls_per_second=options["calls_per_second"],
        ),
        by=account(options["by"]),
        now=now,
    )
    return _told(endpoint)


def _resume_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE")
    by_argument(parser)


def _resume(options: Options, now: datetime) -> Told:
    trunk = one(Trunk, code=options["code"])
    line_resume(trunk=trunk, by=account(options["by"]), now=now)
    return {"trunk": trunk.code, "paused": False}


def _told(endpoint: TrunkEndpoint) -> Told:
    return {
        "trunk": endpoint.trunk.code,
        "kind": endpoint.trunk.kind,
        "host": endpoint.host,
        "port": endpoint.port,
        "local_host": endpoint.local_host,
        "public_host": endpoint.public_host,
        "edge": f"{endpoint.edge_host}:{endpoint.edge_port}" if endpoint.edge_host else "",
        "registers": endpoint.registers,
        "password": bool(endpoint.password_sealed),
        "calls_per_second": endpoint.calls_per_second,
    }


def _endpoints() -> QuerySet[TrunkEndpoint]:
    return TrunkEndpoint.objects.select_related("trunk").order_by("pk")


class Command(VerbCommand):
    """Set or show how trunks are reached; `run_lines CODE` then serves one."""

    help = "线路接入点 / How to reach a trunk"
    refusals = MappingProxyType(
        {
            NotAnAdministratorError: "线路接入点由管理员设置",
            NotYoursToResumeError: "暂停的线路由管理员恢复",
            NotPausedError: "该线路没有暂停",
            LoopbackElsewhereError: "回环线路不得指向其他机器",
            RegistrarThereError: "运营商线路不得与话机注册服务器同址",
            UnicodeDecodeError: "文件不是 UTF-8 文本",
        }
    )
    verbs = (
        Verb(name="set", help="设置 / set", arguments=_set_arguments, run=_set),
        Verb(
            name="resume",
            help="恢复已暂停的线路 / let a paused line take calls again",
            arguments=_resume_arguments,
            run=_resume,
        ),
        show("endpoints", _endpoints, _told),
    )
